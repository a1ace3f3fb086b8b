//! `image/too-large`: a picture with more pixels than the limit.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain image/too-large` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::ImageTooLarge,
    what: "A picture is wider or higher than 16 384 pixels, has more than 64 Mpx in all, or would take more than 8 \
           MiB of memory to decode. It was not decoded.",
    why: "A small file can claim a giant picture and take all memory of the machine.",
    example: "assets/ui/atlas/a.png is 30 000 × 30 000 pixels.",
    repair: "Look whether it is the right file: a whole glyph bank has 256 × 256 pixels, so this is mostly a \
           source picture or a screenshot. Crop or scale it. `{program} limits` lists the limits, and `--limit \
           NAME=VALUE` raises one for one call.",
};
