//! `journal/edited`: files that were edited after an interrupted change.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain journal/edited` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::JournalEdited,
    what: "A change was interrupted, and since then some of its files were edited: they are neither as before the \
           change nor as after it. Nothing was touched; the message names the files.",
    why: "Going back or forward would overwrite your edits, and the packer does not decide that. Until it is \
           settled only `doctor`, `history`, `recover`, `window` and `explain` run.",
    example: "`{program} migrate --apply` is killed, then assets/ui/atlas/asset.json is edited by hand.",
    repair: "Copy the named files to a safe place. Run `{program} recover` to see what is open, then `{program} \
           recover --keep-edited --apply`: it settles the rest and leaves your edits as they are. Check with \
           `{program} doctor` and `git diff`.",
};
