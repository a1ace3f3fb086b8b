//! `registry/duplicate-uuid`: two entries with one uuid, mostly from a copied folder.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain registry/duplicate-uuid` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::RegistryDuplicateUuid,
    what: "Two entries have the same `asset_uuid`. Both are contested: neither is built, and the packer picks none.",
    why: "The uuid is what stays when an asset is renamed or moved. Two folders with one identity cannot be told \
           apart; usually one is a copy of the other.",
    example: r#"assets/.prometeu/index.json:
  {"asset_id":1,"asset_uuid":"6f0f7f0e-5b0c-4b54-9c1f-0d5f4f3f9c55","included_in_build":true,"root":"ui/atlas"},
  {"asset_id":4,"asset_uuid":"6f0f7f0e-5b0c-4b54-9c1f-0d5f4f3f9c55","included_in_build":true,"root":"ui/atlas2"}"#,
    repair: "Decide which one is the original. `{program} doctor --fix --only registry/duplicate-uuid` previews \
           a fresh uuid for the one that stands second, in its entry and in its `asset.json`; where that file \
           has another uuid already, the entry gets that one. Ids stay. Apply it with the same command and \
           `--apply PREVIEW_ID`. If the second one is the original, `{program} forget ID` drops the entry of \
           the first, and `{program} adopt ROOT --new-identity` registers it anew.",
};
