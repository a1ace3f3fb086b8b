//! `glyph/partial-alpha`: a half-transparent pixel.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain glyph/partial-alpha` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::GlyphPartialAlpha,
    what: "A pixel's alpha is neither 0 nor 255. The message says in which tile, and where.",
    why: "Indexed pixels are either there or not. Soft edges come from anti-aliasing, scaling or a soft brush, and \
           the packer does not decide for you where the edge is.",
    example: "assets/ui/atlas/a.png: a pixel with the colour #ffcc00 and alpha 93.",
    repair: "Export with hard edges, or declare where the edge is: `\"build\": { \"alpha_threshold\": 128 }` in \
           `asset.json` makes alpha below 128 transparent and the rest solid; any value from 1 to 255 will do.",
};
