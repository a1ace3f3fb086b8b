//! `migration/step-failed`: an old file that a migration step cannot bring forward.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain migration/step-failed` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::MigrationStepFailed,
    what: "A migration step met a value that it does not know, or a member that it should add and that is there \
           with another value. The file is untouched; the message names the step and the key.",
    why: "Guessing here would change what your game gets. All files of the project migrate together or none does, \
           so this one holds up the others.",
    example: r#"assets/ui/atlas/asset.json, "schema_version": 2:
  "type": "font_bank""#,
    repair: "Correct the named key in the old file, in the words of its own version: `type` `image_bank`, \
           `tile_bank`, `glyph_bank` or `sound_bank`, `output.format` `TILES/indexed_v1` or a current one, \
           `output.codec` `RAW` or `NONE`. Then run `{program} migrate` again.",
};
