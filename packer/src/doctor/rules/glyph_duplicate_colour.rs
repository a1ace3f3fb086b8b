//! `glyph/duplicate-colour`: one colour at two indices of a palette.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain glyph/duplicate-colour` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::GlyphDuplicateColour,
    what: "Two entries of one palette are the same colour in the RGB565 precision that the game uses. Pixels of \
           that colour get the lower index.",
    why: "The higher index is never drawn. That surprises when the game swaps palettes and expects both to be used.",
    example: "assets/ui/atlas/ui.hex:
  000000
  5d275d
  5d275e",
    repair: "Change one of the two until the game can tell them apart (by 9 in red or blue, or 5 in green), or \
           delete it if nothing relies on the order. If it is on purpose, leave it: this never blocks a build.",
};
