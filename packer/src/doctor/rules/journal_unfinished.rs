//! `journal/unfinished`: an interrupted change that this command may not settle.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain journal/unfinished` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::JournalUnfinished,
    what: "An earlier command was interrupted, and its journal is still open below `assets/.prometeu/txn/` or \
           `build/.staging/`. This command never writes, or the project cannot be written, so it was not settled. Or the \
           change was made just now, and the disk would neither confirm it nor let it be taken back.",
    why: "Files may be half before and half after that change. Nothing read now can be relied on.",
    example: "$ {program} migrate --apply        killed half-way
$ {program} build --check",
    repair: "Run `{program} recover`, which settles it, where the project can \
           be written. Other commands that may write do so by themselves. Then run this command again.",
};
