//! `trust/not-regular`: something else than a file where a file belongs.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain trust/not-regular` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::TrustNotRegular,
    what: "A folder, FIFO, socket or device stands where a file belongs. It was not opened for reading.",
    why: "Reading a FIFO or a device can wait forever or never end, and a folder has no bytes to pack.",
    example: "$ mkfifo assets/sfx/ui/click.wav",
    repair: "Move it out of the way and put the real file there, or take its path out of `inputs`. Inputs name \
           single files: to use a folder of pictures, list its files.",
};
