//! `registry/duplicate-id`: two entries with one id, as a clean merge makes them.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain registry/duplicate-id` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::RegistryDuplicateId,
    what: "Two entries have the same `asset_id`. Both are contested: neither is built, and the packer picks none.",
    why: "Your game finds assets by id. This happens when two branches each registered an asset, got the same next \
           id and merged without a conflict.",
    example: r#"assets/.prometeu/index.json:
  {"asset_id":3,"asset_uuid":"0c6e8a5e-3c0e-4f57-8d0b-6f4f0a4f7f11","included_in_build":true,"root":"sfx/ui"},
  {"asset_id":3,"asset_uuid":"d3b1c5a2-94a0-4a1d-8a57-1f7c0f6d2b90","included_in_build":true,"root":"sfx/menu"}"#,
    repair: "Run `{program} doctor --fix --only registry/duplicate-id`: it previews a new id for the entry that \
           stands second; `--keep UUID` lets that one keep the id instead. Apply it with the same command and \
           `--apply PREVIEW_ID`, then change the old id in your game's code where it means the asset that moved.",
};
