//! `glyph/tile-size`: a tile size that is missing or not allowed.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain glyph/tile-size` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::GlyphTileSize,
    what: "A glyph bank needs `output.metadata.tile_size`, and it has to be 8, 16 or 32.",
    why: "It says how pictures are cut into tiles and how the game addresses them.",
    example: r#"assets/ui/atlas/asset.json:
  "metadata": { "tile_size": 24 }"#,
    repair: "Write 8, 16 or 32, whichever your art is drawn in. Art on another grid has to be padded to the next \
           size.",
};
