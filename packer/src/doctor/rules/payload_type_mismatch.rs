//! `payload/type-mismatch`: a file that is something else than its extension says.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain payload/type-mismatch` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::PayloadTypeMismatch,
    what: "A file's content is not what its extension says; the message names what it really is.",
    why: "Renaming a file does not convert it, and a JPEG called `.png` has lost its exact colours, too. Sometimes \
           the content never came: an LFS pointer, a file of zeros, a PNG that was sent as text.",
    example: "$ mv photo.jpg assets/ui/atlas/a.png",
    repair: "Convert the file with a picture or sound editor instead of renaming it, or give it the extension that \
           fits its content and write that into `inputs`. Sprites are PNG, sounds are WAV, palettes are `.gpl`, \
           `.pal` or `.hex`. For an LFS pointer run `git lfs pull`; a damaged file comes back from version control.",
};
