//! `sound/not-mono`: a sound with several channels.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain sound/not-mono` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::SoundNotMono,
    what: "A sound has more than one channel, and the declaration does not say how to mix them.",
    why: "A bank holds mono samples. Taking the left channel or the average are different sounds, so you decide.",
    example: "assets/sfx/ui/click.wav is stereo.",
    repair: "Export it as mono, or write `\"build\": { \"channel_mix\": \"average\" }` into `asset.json`: the \
           channels are averaged at each build and your file stays as it is.",
};
