//! `image/malformed`: a PNG that is damaged.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain image/malformed` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::ImageMalformed,
    what: "A PNG breaks its own format: a wrong checksum, a missing end, parts out of order, too much or too \
           little picture data, a missing palette, or a pixel that points beyond it.",
    why: "Viewers often show a damaged picture anyway, each its own way. The packer packs only what is certain.",
    example: "$ truncate -s -20 assets/ui/atlas/a.png",
    repair: "Open the picture, look whether it is complete, and export it again; or bring it back from version \
           control. If many are damaged at once, something treated them as text: put `*.png binary` into \
           `.gitattributes`.",
};
