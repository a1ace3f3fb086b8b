//! `trust/too-many`: more things than a count limit allows.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain trust/too-many` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::TrustTooMany,
    what: "There are more of something than a limit allows: 100 000 registered assets, 4 096 inputs of one asset, \
           or 2 000 000 files met while walking the project.",
    why: "Limits keep time and memory bounded, whatever a project holds. Counts like these mostly come from a \
           script that ran away, or from a cache folder that strayed into `assets/`.",
    example: r#"assets/tiles/asset.json:
  "inputs": { "sprites": ["0001.png", "0002.png", … "4097.png"] }"#,
    repair: "Move out of `assets/` what does not belong there; join many small pictures into sheets; split one \
           huge asset into several. If the number is meant, raise the limit that the message names, for one call, \
           with `--limit NAME=VALUE`; `{program} limits` lists all of them.",
};
