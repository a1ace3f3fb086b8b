//! `archive/unreadable`: an archive file that cannot be read.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain archive/unreadable` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::ArchiveUnreadable,
    what: "The file to verify cannot be opened or read: it is not there, is not a file, may not be read, or the \
           disk failed.",
    why: "Nothing can be said about the archive.",
    example: "$ {program} verify build/asset.pa",
    repair: "Check the path; a build writes `build/assets.pa`. If there is none yet, run `{program} build`. If it \
           is there, check its permissions.",
};
