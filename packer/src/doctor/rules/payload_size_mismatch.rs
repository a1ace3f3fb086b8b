//! `payload/size-mismatch`: raw bytes that do not fit the format.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain payload/size-mismatch` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::PayloadSizeMismatch,
    what: "The file under `inputs.payload` does not have the size of the format: exactly 34 816 bytes for \
           `GLYPH/indexed_v1`, an even number for `SOUNDS/pcm16le_v1`. Or a range in the declared `samples` is \
           odd, or ends beyond the file.",
    why: "Raw bytes go into the game as they are. A size that does not fit shows that they are not what the \
           declaration says.",
    example: "assets/ui/atlas/sheet.bin has 32 768 bytes: the pixels, without the 2 048 bytes of palettes.",
    repair: "Make the file again with all parts of the format, or correct the ranges in `output.metadata.samples`: \
           `offset` and `length` are bytes, two a sample. Or name pictures and sounds instead, and let the packer \
           make the bytes.",
};
