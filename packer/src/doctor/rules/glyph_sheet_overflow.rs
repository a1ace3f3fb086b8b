//! `glyph/sheet-overflow`: more tiles than a bank holds.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain glyph/sheet-overflow` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::GlyphSheetOverflow,
    what: "The sprites of a glyph bank make more tiles than its 256 × 256 sheet holds: 1024 at `tile_size` 8, 256 \
           at 16, 64 at 32.",
    why: "Tile ids beyond the sheet do not exist in the game.",
    example: r#"assets/ui/atlas/asset.json, "tile_size": 32, with one sheet of 256 × 288 pixels: 72 tiles."#,
    repair: "Move some pictures into a second asset, crop empty rows from sheets, or use a smaller `tile_size` if \
           the art allows. Tile ids follow the order of `sprites`: what you take out moves the later ones up.",
};
