//! `disk/full`: no space left on the disk.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain disk/full` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::DiskFull,
    what: "The disk, or your quota on it, is full. What had been begun was undone or finished first; an earlier \
           archive is untouched.",
    why: "A half-written archive or registry would be worse than none.",
    example: "$ {program} build        with 2 MiB left on the disk",
    repair: "Make room and run the command again: `build/` may be deleted at any time, and `{program} migrate \
           --history` lists migrations whose saved originals `{program} migrate --forget ID` frees. Check with \
           `{program} doctor`.",
};
