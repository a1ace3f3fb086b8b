//! `glyph/size-not-multiple`: a picture that cannot be cut into whole tiles.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain glyph/size-not-multiple` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::GlyphSizeNotMultiple,
    what: "A picture's width or height is not a multiple of the bank's `tile_size`.",
    why: "The last column or row would be a part of a tile, and the packer neither crops nor pads your art.",
    example: r#"assets/ui/atlas/a.png is 100 × 64 pixels, with "tile_size": 16."#,
    repair: "Enlarge or crop the canvas to a multiple (here 112 or 96 wide), or correct `tile_size`. Usual causes: \
           a border line, margins between tiles, an export at another scale.",
};
