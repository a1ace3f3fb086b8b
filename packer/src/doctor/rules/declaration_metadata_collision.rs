//! `declaration/metadata-collision`: metadata that the format writes itself.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain declaration/metadata-collision` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::DeclarationMetadataCollision,
    what: "`output.metadata` has a key that the format adds by itself: `width`, `height`, `palette_count`, \
           `palette_authored` for glyph banks; `sample_rate`, `channels`, `samples` for sound banks.",
    why: "The header has room for one value, and the format's is computed from your files. A second, hand-written \
           one would be a lie sooner or later.",
    example: r#"assets/ui/atlas/asset.json:
  "metadata": { "tile_size": 16, "width": 128 }"#,
    repair: "Delete the key, or give your own value another name, such as `level_width`. With a raw \
           `inputs.payload` the packer computes less: there you declare `tile_size` and `palette_authored`, or \
           `sample_rate`, `channels` and `samples`, and no other key of the format.",
};
