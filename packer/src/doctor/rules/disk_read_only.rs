//! `disk/read-only`: a place that cannot be written.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain disk/read-only` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::DiskReadOnly,
    what: "The packer had to write, and the disk or folder does not let it: it is mounted read-only, or you may \
           not write there.",
    why: "Nothing was changed, so nothing is lost; but the command could not do its work.",
    example: "$ {program} build        in a container that mounts the project read-only",
    repair: "Make the project writable (its mount, its permissions, its owner), or copy it to where it is. \
           Commands that only look, such as `{program} doctor` and `{program} build --check`, work without.",
};
