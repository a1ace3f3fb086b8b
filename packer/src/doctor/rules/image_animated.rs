//! `image/animated`: an animated PNG of which only the still picture is used.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain image/animated` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::ImageAnimated,
    what: "The PNG is animated. Its still picture, the one that plain viewers show, is packed; the other frames \
           are not.",
    why: "If you expected the frames as tiles, they are missing.",
    example: "assets/hero/walk.png is an APNG with 8 frames.",
    repair: "If the still picture is what you want, do nothing. For the frames, export them as a sheet side by \
           side, or as single files listed in `sprites`.",
};
