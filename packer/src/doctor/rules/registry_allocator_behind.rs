//! `registry/allocator-behind`: an allocator that would hand out a used id.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain registry/allocator-behind` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::RegistryAllocatorBehind,
    what: "`next_asset_id` is not above every id in the registry. So it is where no entry is left in it, \
           folders are declared, and anything else knows that the next id was handed out before.",
    why: "The next asset would get an id that another one has. A merge that kept the lower number of two branches \
           does this.",
    example: r#"assets/.prometeu/index.json:
  "next_asset_id": 3, with an entry {"asset_id":7, …}"#,
    repair: "Look into the registry's history (`git log -p -- assets/.prometeu/index.json`) for the highest id \
           that was ever handed out: ids of removed assets stay used. `{program} doctor --fix --only \
           registry/allocator-behind` previews a `next_asset_id` above all that the registry, kept \
           transactions, the quarantine and the last archive know, and with `--apply PREVIEW_ID` writes it. \
           If the history knows a higher one, write one more than that by hand. It is never lowered again. Where \
           no entry is left, `{program} doctor --fix --only hygiene/unregistered-root` brings them back with the \
           ids that are still known.",
};
