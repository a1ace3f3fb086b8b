//! `registry/uuid-mismatch`: registry and declaration that disagree about identity.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain registry/uuid-mismatch` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::RegistryUuidMismatch,
    what: "The registry's `asset_uuid` for a folder is not the one in the folder's `asset.json`. The message shows \
           both.",
    why: "Either another asset lies in the folder, or somebody edited a uuid. Only you can know which; a wrong \
           guess would give one asset the other's id in the game.",
    example: r#"assets/.prometeu/index.json:
  {"asset_id":1,"asset_uuid":"6f0f7f0e-5b0c-4b54-9c1f-0d5f4f3f9c55","included_in_build":true,"root":"ui/atlas"}
assets/ui/atlas/asset.json:
  "asset_uuid": "0c6e8a5e-3c0e-4f57-8d0b-6f4f0a4f7f11""#,
    repair: "Look who changed what: `git log -p -- FILE` for both files. If it is still the same asset, \
           `{program} doctor --fix --only registry/uuid-mismatch` previews the registry's uuid for `asset.json`, and \
           with `--apply PREVIEW_ID` writes it. If another asset was put there, put the right folder back; to keep \
           the newcomer instead, add `--keep UUID` with the uuid of the declaration: it gets an id of its own.",
};
