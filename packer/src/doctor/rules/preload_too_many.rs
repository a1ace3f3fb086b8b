//! `preload/too-many`: more preloaded assets than slots.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain preload/too-many` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::PreloadTooMany,
    what: "More than 16 assets of one bank type are in the build with `preload.enabled` true.",
    why: "The runtime has 16 preload slots for glyph banks and 16 for sound banks.",
    example: r#"17 glyph banks in the build with "preload": { "enabled": true }."#,
    repair: "Set `preload.enabled` to false in those that are not needed at the start; `{program} list` shows who \
           preloads. Slots are given in the order of ids.",
};
