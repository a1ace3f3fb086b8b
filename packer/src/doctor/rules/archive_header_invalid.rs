//! `archive/header-invalid`: an archive header that is no table of assets.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain archive/header-invalid` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::ArchiveHeaderInvalid,
    what: "The header is not the JSON that it has to be: it cannot be read, or a member is missing, unknown or of \
           the wrong type.",
    why: "Without its table nothing in the archive can be found.",
    example: "assets.pa: an entry of `asset_table` without `size`.",
    repair: "Build it again with `{program} build`. If that very archive comes from a build of yours, the file was \
           damaged afterwards.",
};
