//! `glyph/too-many-palettes`: more than 64 palettes in one bank.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain glyph/too-many-palettes` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::GlyphTooManyPalettes,
    what: "`palettes` names more than 64 files; a glyph bank has room for 64 palettes.",
    why: "The sheet's format has 64 slots, and a tile cannot name a later one.",
    example: r#"assets/ui/atlas/asset.json:
  "palettes": ["p00.gpl", "p01.gpl", … "p64.gpl"]"#,
    repair: "Join small palettes: one holds 16 colours, of which 15 can be drawn with. Drop unused ones, or split \
           the bank into two assets.",
};
