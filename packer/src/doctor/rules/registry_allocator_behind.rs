//! `registry/allocator-behind`: an allocator that would hand out a used id.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain registry/allocator-behind` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::RegistryAllocatorBehind,
    what: "`next_asset_id` is not above every id in the registry.",
    why: "The next asset would get an id that another one has. A merge that kept the lower number of two branches \
           does this.",
    example: r#"assets/.prometeu/index.json:
  "next_asset_id": 3, with an entry {"asset_id":7, …}"#,
    repair: "Set `next_asset_id` in `assets/.prometeu/index.json` to one more than the highest id that was ever \
           handed out. Look into its history (`git log -p -- assets/.prometeu/index.json`) for a higher number \
           than those that are there now, and never lower it: ids of removed assets stay used.",
};
