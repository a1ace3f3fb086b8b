//! `archive/metadata-invalid`: archive metadata that does not fit the format.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain archive/metadata-invalid` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::ArchiveMetadataInvalid,
    what: "An entry's `metadata` lacks something that its format adds, or has a value that cannot be: a \
           `tile_size` other than 8, 16 or 32, a range in `samples` outside the payload, a fraction or `null`.",
    why: "The runtime reads these values without asking again.",
    example: r#"assets.pa: a GLYPH entry without "palette_count": 64."#,
    repair: "Build it again with `{program} build`; if the packer itself wrote this very file, report it as a bug.",
};
