//! `registry/invalid`: a registry whose content does not fit its version.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain registry/invalid` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::RegistryInvalid,
    what: "The registry is JSON of a known version, but a member is missing, has the wrong type, or has a value \
           that cannot be: an id outside 1 to 2147483647, a uuid that is nil or not in lower-case text form, a \
           `requires_packer` that is no version requirement.",
    why: "Ids and uuids are an asset's identity. The packer does not guess them.",
    example: r#"assets/.prometeu/index.json:
  {"asset_id":"7","asset_uuid":"6F0F7F0E-5B0C-4B54-9C1F-0D5F4F3F9C55","included_in_build":1,"root":"ui/atlas"}"#,
    repair: "Go to the line of the message and compare it with its neighbours: an entry has `asset_id` (an \
           integer), `asset_uuid` (lower case), `included_in_build` (true or false) and `root`. If more is broken, \
           bring the file back from version control. Use commands such as `{program} register` and `{program} \
           relocate` rather than editing this file.",
};
