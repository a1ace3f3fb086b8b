//! `sound/malformed`: a WAV that is damaged, or encoded in a way that is not read.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain sound/malformed` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::SoundMalformed,
    what: "A WAV breaks its own format (lengths beyond the file, no channels, an impossible rate or block align, \
           no `fmt ` before `data`, a sample that is not a number), or its encoding is not one of PCM 8, 16, 24, \
           32 bit and float 32 bit.",
    why: "Guessing at damaged sound gives noise in the player's ears.",
    example: "assets/sfx/ui/click.wav is encoded as ADPCM.",
    repair: "Export the sound again as 16 bit PCM WAV, for instance `ffmpeg -i old.wav -c:a pcm_s16le new.wav`. \
           Listen to the result once: a cut recording stays cut.",
};
