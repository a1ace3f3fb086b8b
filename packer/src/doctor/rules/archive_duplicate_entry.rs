//! `archive/duplicate-entry`: an asset twice in an archive.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain archive/duplicate-entry` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::ArchiveDuplicateEntry,
    what: "Two entries of `asset_table` are for the same asset.",
    why: "The runtime would load whichever it meets first.",
    example: "assets.pa: asset_table holds the ids 1, 2, 2.",
    repair: "Build it again with `{program} build`; the packer never writes such a table.",
};
