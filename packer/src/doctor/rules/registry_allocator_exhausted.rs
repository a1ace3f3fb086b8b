//! `registry/allocator-exhausted`: no asset id left to hand out.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain registry/allocator-exhausted` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::RegistryAllocatorExhausted,
    what: "`next_asset_id` is past 2147483647, the last id, so no asset can be registered any more.",
    why: "Ids are never used twice. Nobody registers two thousand million assets, so this number was most likely \
           typed or scripted.",
    example: r#"assets/.prometeu/index.json:
  "next_asset_id": 2147483648"#,
    repair: "Look into the file's history for the last sensible number (`git log -p -- \
           assets/.prometeu/index.json`), and set `next_asset_id` to one more than the highest id that was ever \
           handed out.",
};
