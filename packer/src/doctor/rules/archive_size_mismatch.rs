//! `archive/size-mismatch`: archive sizes that do not fit the format.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain archive/size-mismatch` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::ArchiveSizeMismatch,
    what: "An entry's `size` or `decoded_size` is not what its format has: 34816 and 67584 for a glyph bank; whole \
           16-bit samples, and both alike, for a sound bank.",
    why: "A runtime reserves memory by these numbers.",
    example: r#"assets.pa: a GLYPH entry with "size": 32768."#,
    repair: "Build it again with `{program} build`; the packer never writes such an entry.",
};
