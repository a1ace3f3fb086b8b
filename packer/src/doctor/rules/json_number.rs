//! `json/number`: a number that is not the plain integer it has to be.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain json/number` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::JsonNumber,
    what: "A member that the packer knows must be a plain integer, and this one has a fraction or an exponent, is \
           `-0`, or is out of range.",
    why: "`1.0`, `1e0` and numbers over 2^53 become different values in different readers. An asset's id must be \
           the same number everywhere.",
    example: r#"assets/.prometeu/index.json:
  {"asset_id":1.0,"asset_uuid":"6f0f7f0e-5b0c-4b54-9c1f-0d5f4f3f9c55","included_in_build":true,"root":"ui/atlas"}"#,
    repair: "Write the number as plain digits: `1`, not `1.0`, `1e0` or `\"1\"`. If a script wrote it, make that \
           write integers.",
};
