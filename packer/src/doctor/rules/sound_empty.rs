//! `sound/empty`: a sound without samples.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain sound/empty` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::SoundEmpty,
    what: "A WAV holds no samples. It keeps its id in the bank, with length 0.",
    why: "The game will play silence. Perhaps it is a placeholder, perhaps the export went wrong.",
    example: "assets/sfx/ui/click.wav: 44 bytes of headers, no sound data.",
    repair: "Export the sound again. If it is a placeholder, leave it: ids of the other sounds stay as they are, \
           and this never blocks a build.",
};
