//! `declaration/unknown-field`: a member that this version does not know.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain declaration/unknown-field` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::DeclarationUnknownField,
    what: "`asset.json` has a member that its version does not know. It is kept as it is through every rewrite, \
           and it has no effect.",
    why: "Most often it is a slip of spelling, and the setting that you meant is not in force.",
    example: r#"assets/ui/atlas/asset.json:
  "biuld": { "alpha_threshold": 128 }"#,
    repair: "Correct the spelling, or move the member to where it belongs: data for your game into \
           `output.metadata`, hints for your own tools into `output.pipeline`, how bytes are made into `build`. A \
           note that you want to keep may stay; this never blocks a build.",
};
