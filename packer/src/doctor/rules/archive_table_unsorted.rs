//! `archive/table-unsorted`: archive entries out of order.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain archive/table-unsorted` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::ArchiveTableUnsorted,
    what: "The entries of `asset_table` do not ascend by `asset_id`.",
    why: "A writer always sorts them, and a runtime may search by halves: it would miss assets that are there.",
    example: "assets.pa: asset_table holds the ids 1, 3, 2.",
    repair: "Build it again with `{program} build`; the packer never writes such a table.",
};
