//! `journal/malformed`: a journal that cannot be believed.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain journal/malformed` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::JournalMalformed,
    what: "The journal of an interrupted change cannot be read, or it names files that the packer never changes: \
           outside `assets/`, or outside `build/` for a build; or the originals that it names are not there, or not \
           what was saved. Nothing was done.",
    why: "A journal says which files to replace. One that is damaged or forged must not be obeyed.",
    example: r#"assets/.prometeu/txn/<id>/journal.json names "../../.bashrc"."#,
    repair: "If the project came from somebody else, be wary of it. Look with `git status` whether its files are \
           as they should be, and bring back those that are not. Then move the folder that the message names out \
           of the project, but keep it: it may hold originals. A build's leftovers below `build/` may simply be \
           deleted.",
};
