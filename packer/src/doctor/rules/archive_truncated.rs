//! `archive/truncated`: an archive that ends too early.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain archive/truncated` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::ArchiveTruncated,
    what: "The file ends before everything that its own lengths promise.",
    why: "The copy or download stopped early, so assets at the end are missing.",
    example: "$ head -c 4096 build/assets.pa > short.pa
$ {program} verify short.pa",
    repair: "Copy or download it again and compare sizes, or build it again with `{program} build`. A full disk is \
           a usual cause.",
};
