//! `glyph/no-palette`: a glyph bank without palettes.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain glyph/no-palette` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::GlyphNoPalette,
    what: "A glyph bank names sprites but no `palettes`.",
    why: "Pixels are stored as indices into palettes, and the order of colours is an artist's decision that must \
           not change from build to build.",
    example: r#"assets/ui/atlas/asset.json:
  "inputs": { "sprites": ["a.png"] }"#,
    repair: "Name palette files (`.gpl`, `.pal`, `.hex`) under `palettes`, or let the packer derive them: \
           `{program} doctor --fix --only glyph/no-palette` shows the files that it would write; add `--apply` to \
           write them.",
};
