//! `sound/sample-rate`: a sample rate outside the allowed range.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain sound/sample-rate` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::SoundSampleRate,
    what: "A sound's rate is below 8000 or above 48000 samples a second.",
    why: "The runtime plays rates in this range only.",
    example: "assets/sfx/ui/click.wav has 96000 samples a second.",
    repair: "Resample it, together with all other sounds of the bank, for instance `ffmpeg -i old.wav -ar 44100 \
           -c:a pcm_s16le new.wav`.",
};
