//! `file/zeroed`: a file of nothing but zero bytes, as a power loss leaves it.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain file/zeroed` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::FileZeroed,
    what: "The file has a length, but every byte of it is zero.",
    why: "A power loss or a crash of the system leaves this behind: the name and size were saved, the content was \
           not.",
    example: "$ head -c 420 /dev/zero > assets/ui/atlas/asset.json",
    repair: "Bring the file back from version control (`git checkout -- FILE`) or a backup. Then look at the \
           other files that were saved at that time: run `{program} doctor`, and `git status` for the rest. A \
           registry that is lost for good is rebuilt by `{program} doctor --fix --only file/zeroed`, which \
           previews it.",
};
