//! `trust/name-collision`: two names that are one name on another system.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain trust/name-collision` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::TrustNameCollision,
    what: "Two names in one folder are equal when upper and lower case and Unicode form are ignored, or one name \
           serves both as a file and as a folder of inputs.",
    why: "Windows and macOS can keep only one of the two. A checkout there silently loses the other, and the bank \
           is built from the wrong picture.",
    example: "assets/ui/atlas/Tile.png
assets/ui/atlas/tile.png",
    repair: "Rename one of the two, and correct `inputs` if it is named there. Where your system shows only one of \
           them, `git ls-files` lists both.",
};
