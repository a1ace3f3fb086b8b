//! `sound/partial-frame`: a last sample that is cut off.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain sound/partial-frame` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::SoundPartialFrame,
    what: "The sound data ends in the middle of a frame. The incomplete rest, a few bytes, was dropped.",
    why: "It is not audible, but it shows that a tool or a copy stopped early; more may be missing.",
    example: "assets/sfx/ui/click.wav: 16 bit mono, with 4 411 bytes of sound data.",
    repair: "Listen to the end of the sound. If it is complete, export it again to be rid of the warning; if not, \
           export it from its source.",
};
