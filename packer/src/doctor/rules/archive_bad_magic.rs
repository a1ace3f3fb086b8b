//! `archive/bad-magic`: a file that is no archive.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain archive/bad-magic` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::ArchiveBadMagic,
    what: "The file does not begin with the four bytes `ASPA`.",
    why: "It is something else: another file, an archive of another tool, a compressed download that was not \
           unpacked.",
    example: "$ {program} verify build/asset_table.json",
    repair: "Name the archive itself, `build/assets.pa`. If this is it, build it again with `{program} build`.",
};
