//! `declaration/unknown-format`: an output format that does not exist for this type.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain declaration/unknown-format` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::DeclarationUnknownFormat,
    what: "`output.format` is not a format of the asset's type: `GLYPH/indexed_v1` for a `glyph_bank`, \
           `SOUNDS/pcm16le_v1` for a `sound_bank`.",
    why: "The format fixes every byte that the game reads. A word that is nearly right is not right.",
    example: r#"assets/ui/atlas/asset.json, "schema_version": 3:
  "format": "TILES/indexed_v1""#,
    repair: "Write the format of the asset's type, spelled exactly so. `TILES/indexed_v1` is the older word for \
           `GLYPH/indexed_v1`: if only the version was changed by hand, bring the older file back and run \
           `{program} migrate`.",
};
