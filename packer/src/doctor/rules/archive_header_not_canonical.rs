//! `archive/header-not-canonical`: an archive header in another spelling than the one canonical form.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain archive/header-not-canonical` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::ArchiveHeaderNotCanonical,
    what: "The header is right in meaning but not in spelling: spaces, another order of keys, or another way of \
           writing a text or number than RFC 8785 gives.",
    why: "One content is one archive, byte for byte, so that builds can be compared. Some tool rewrote this one.",
    example: r#"assets.pa whose header begins with { "asset_table": [ instead of {"asset_table":["#,
    repair: "Build it again with `{program} build`, and do not edit archives with other tools.",
};
