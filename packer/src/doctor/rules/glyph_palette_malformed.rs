//! `glyph/palette-malformed`: a palette file that cannot be understood.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain glyph/palette-malformed` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::GlyphPaletteMalformed,
    what: "A palette file is not a GIMP `.gpl`, a JASC `.pal` or a `.hex` list, as its extension says; or it has \
           no colour or more than 16, a value that is no colour, or an alpha other than 255 (entry 0 may have 0).",
    why: "Every index of a picture depends on the palette. One line skipped would recolour the whole bank.",
    example: "assets/ui/atlas/ui.hex:
  1a1c2c
  5d275d
  b13e5",
    repair: "Go to the line of the message: a `.gpl` begins with `GIMP Palette` and has three numbers from 0 to \
           255 a line; a `.pal` has `JASC-PAL`, `0100`, the count and then that many lines; a `.hex` has six \
           digits a line. A RIFF `.pal` has to be saved anew in one of these forms. More than 16 colours: split \
           them into several files.",
};
