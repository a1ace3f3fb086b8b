//! `declaration/unknown-type`: an asset type that does not exist.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain declaration/unknown-type` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::DeclarationUnknownType,
    what: "`type` is neither `glyph_bank` nor `sound_bank`.",
    why: "The type decides how the inputs are read and what the game gets.",
    example: r#"assets/ui/atlas/asset.json, "schema_version": 3:
  "type": "tile_bank""#,
    repair: "Write `glyph_bank` for tiles and sprites, `sound_bank` for sounds. `image_bank` and `tile_bank` are \
           words of older versions: in a file that says it is current they are unknown. If the file is really an \
           older one whose version was changed by hand, bring it back and run `{program} migrate`.",
};
