//! `sound/mixed-sample-rate`: sounds of different rates in one bank.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain sound/mixed-sample-rate` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::SoundMixedSampleRate,
    what: "The sounds of one bank have different sample rates.",
    why: "A bank has one rate. The others would play too fast or too slow, and the packer does not resample.",
    example: "assets/sfx/ui: click.wav has 44100 samples a second, open.wav has 22050.",
    repair: "Bring all to one rate, for instance `ffmpeg -i old.wav -ar 44100 -c:a pcm_s16le new.wav`, or put \
           those of another rate into a bank of their own.",
};
