//! `archive/trailing-bytes`: bytes after the end of an archive.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain archive/trailing-bytes` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::ArchiveTrailingBytes,
    what: "The file goes on after the last payload.",
    why: "One content is one archive, byte for byte. More bytes come from a tool that appended something, or from \
           one that wrote over a longer file.",
    example: "$ echo hello >> build/assets.pa",
    repair: "Build it again with `{program} build`, and look which step of your release process adds to it.",
};
