//! `registry/duplicate-root`: two entries for one folder.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain registry/duplicate-root` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::RegistryDuplicateRoot,
    what: "Two entries have the same `root`. Both are contested: neither is built, and the packer picks none.",
    why: "One folder would be in the archive twice, under two ids, and a later move or removal would not know \
           which entry it is about.",
    example: r#"assets/.prometeu/index.json:
  {"asset_id":1,"asset_uuid":"6f0f7f0e-5b0c-4b54-9c1f-0d5f4f3f9c55","included_in_build":true,"root":"ui/atlas"},
  {"asset_id":4,"asset_uuid":"d3b1c5a2-94a0-4a1d-8a57-1f7c0f6d2b90","included_in_build":true,"root":"ui/atlas"}"#,
    repair: "Keep the entry whose `asset_uuid` stands in the folder's `asset.json`; if both do, the one whose \
           id your game uses. `{program} doctor --fix --only registry/duplicate-root` previews just that, and \
           with `--apply PREVIEW_ID` does it; or drop the other by its id: `{program} forget ID`. No file is \
           touched.",
};
