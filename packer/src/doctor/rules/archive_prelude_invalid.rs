//! `archive/prelude-invalid`: a broken prelude, the first 32 bytes.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain archive/prelude-invalid` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::ArchivePreludeInvalid,
    what: "The first 32 bytes hold values that no writer makes: `payload_offset` is not 32 plus `header_len`, \
           `flags` or `reserved` are not 0, or a length cannot be.",
    why: "All other positions depend on these bytes. The file is damaged, or another tool wrote it.",
    example: "assets.pa: a bit of `flags` (byte 20) is set.",
    repair: "Build it again with `{program} build`, or copy it again. `{program} verify FILE --explain-bytes` \
           shows where it went wrong.",
};
