//! `glyph/fragile-index`: tiles whose indices depend on the order of palettes.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain glyph/fragile-index` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::GlyphFragileIndex,
    what: "Some tiles could use several palettes of the bank, in which their colours stand at different indices. \
           The first such palette is used.",
    why: "It works now; but if somebody reorders or edits palettes, these tiles get other indices, and palette \
           swaps in the game change with them.",
    example: "a.gpl: black, red, blue      b.gpl: black, blue, red      a tile that is red and blue",
    repair: "Nothing has to be done. To be safe, put shared colours at the same indices in all palettes, or keep \
           the order in `palettes` fixed and let new ones only be appended.",
};
