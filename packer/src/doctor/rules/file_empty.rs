//! `file/empty`: a file without content.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain file/empty` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::FileEmpty,
    what: "A file that the packer has to understand holds nothing.",
    why: "It is mostly the trace of an editor or a copy that stopped half-way, so its content is lost, not intended.",
    example: "$ : > assets/ui/atlas/asset.json",
    repair: "Bring the file back from version control (`git checkout -- FILE`) or a backup. If the declaration \
           never had content, delete it and run `{program} register ROOT`. A registry that is lost \
           for good is rebuilt by `{program} doctor --fix --only file/empty`, which previews it.",
};
