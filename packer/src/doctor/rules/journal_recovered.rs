//! `journal/recovered`: an interrupted change that was settled.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain journal/recovered` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::JournalRecovered,
    what: "An earlier command was interrupted. This one settled it first: the project is now exactly as before \
           that change, or exactly as after it.",
    why: "Work that you started may not be done. Nothing is lost and nothing is half.",
    example: "The machine lost power during `{program} migrate --apply`; the next call is `{program} list`.",
    repair: "Look with `{program} history` what became of it, and run the interrupted command again if it was \
           undone.",
};
