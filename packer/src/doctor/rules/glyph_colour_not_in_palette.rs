//! `glyph/colour-not-in-palette`: a tile with a colour that its palettes lack.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain glyph/colour-not-in-palette` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::GlyphColourNotInPalette,
    what: "No single palette of the bank holds all colours of a tile. The message names the tile, the pixel and \
           the colour. Entry 0 never counts: it stands for transparent.",
    why: "A tile is drawn with one palette. The packer does not replace colours by similar ones.",
    example: "assets/ui/atlas/a.png uses #ff00ff, and ui.gpl does not have it among its entries 1 to 15.",
    repair: "Add the colour to a palette that has the tile's other colours, or repaint the pixel with a colour of \
           the palette. A tile with more than 15 colours has to lose some. Single stray pixels often come from \
           scaling or from a JPEG on the way.",
};
