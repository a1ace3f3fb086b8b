//! `json/too-deep`: JSON nested deeper than the limit.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain json/too-deep` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::JsonTooDeep,
    what: "Objects and lists are nested more than 32 levels deep.",
    why: "Depth costs stack and time in every reader. No file that the packer writes comes near the limit.",
    example: r#"assets/ui/atlas/asset.json:
  "notes": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[ … ]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"#,
    repair: "Flatten the data at the place that the message names, or keep it in a file of its own. \
           `output.metadata` may have 16 levels. `{program} limits` lists all limits.",
};
