//! `declaration/unknown-role`: an input role that the format does not have.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain declaration/unknown-role` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::DeclarationUnknownRole,
    what: "`inputs` has a role that the asset's type does not use. A `glyph_bank` has `sprites` and `palettes`, a \
           `sound_bank` has `sources`; either may have `payload` alone instead.",
    why: "The files under that role would silently not be packed.",
    example: r#"assets/ui/atlas/asset.json, a glyph_bank:
  "inputs": { "sprite": ["a.png"], "palettes": ["ui.gpl"] }"#,
    repair: "Correct the role's name, here `sprites`. Take files out that are not packed: they may stay in the \
           folder without being named.",
};
