//! `version/malformed`: a version that is not a small integer.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain version/malformed` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::VersionMalformed,
    what: "`schema_version` is there, but it is not an integer from 1 to 65535.",
    why: "The version decides how the rest of the file is read, so it has to be beyond doubt. `\"3\"` and `3.0` \
           are not.",
    example: r#"assets/ui/atlas/asset.json:
  "schema_version": "3""#,
    repair: "Write the number in plain digits, without quotes or fraction: `\"schema_version\": 3`. If you are not \
           sure which version the file has, look into its history; do not try numbers until it fits.",
};
