//! `hygiene/not-canonical`: a declaration in another layout than the packer writes.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain hygiene/not-canonical` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::HygieneNotCanonical,
    what: "`asset.json` or the registry is right, but it is not laid out as the packer writes it. A declaration: members \
           in the usual order and one a line, two spaces of indentation, LF line ends, one line feed at the end; a list \
           or an object inside may stand on one line. The registry: one entry a line, by id.",
    why: "One layout keeps differences in version control small. It does not change the build.",
    example: r#"{"schema_version":3,"asset_uuid":"6f0f7f0e-5b0c-4b54-9c1f-0d5f4f3f9c55","name":"ui_atlas", …}"#,
    repair: "Run `{program} doctor --fix --only hygiene/not-canonical` to see the change; add `--apply` to \
           write it. No value changes.",
};
