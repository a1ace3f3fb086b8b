//! `declaration/invalid`: a declaration whose content does not fit its version.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain declaration/invalid` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::DeclarationInvalid,
    what: "`asset.json` is JSON of a known version, but a required member is missing, has the wrong type, or has a \
           value that cannot be: an empty list of inputs, a uuid that is nil or not in lower-case text form.",
    why: "The packer does not fill gaps with guesses: what the game gets has to stand in the file.",
    example: r#"assets/ui/atlas/asset.json:
  "preload": { "enabled": "yes" }"#,
    repair: "Go to the place that the message names and write the value that it asks for; here `true` or `false`. \
           A healthy declaration to compare with: `{program} show ASSET` prints one of another asset.",
};
