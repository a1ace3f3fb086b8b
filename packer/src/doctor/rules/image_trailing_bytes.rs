//! `image/trailing-bytes`: bytes after the end of a PNG.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain image/trailing-bytes` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::ImageTrailingBytes,
    what: "After the end of the PNG more bytes follow. They are ignored.",
    why: "The picture is fine. Such bytes are leftovers of a broken tool, or something hidden in your project's \
           files.",
    example: "$ cat notes.txt >> assets/ui/atlas/a.png",
    repair: "Export the picture again to be rid of them. If you do not know where they come from, look at what \
           they are before you publish the sources.",
};
