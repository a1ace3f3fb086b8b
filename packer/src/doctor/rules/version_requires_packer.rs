//! `version/requires-packer`: a project that asks for another release of the packer.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain version/requires-packer` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::VersionRequiresPacker,
    what: "The registry's `requires_packer` names releases that this packer is not one of, so it did nothing at all.",
    why: "The maintainers of the project use it to keep everybody on releases that build the same game, as \
           `rust-version` does for code.",
    example: r#"assets/.prometeu/index.json:
  "requires_packer": ">=2.1, <3""#,
    repair: "Install a release that fits the requirement in the message. If you maintain the project and this \
           release is fine, change `requires_packer` in `assets/.prometeu/index.json`, and tell your team.",
};
