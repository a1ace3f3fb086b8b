//! `hygiene/suppression-unused`: a suppression that matches nothing.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain hygiene/suppression-unused` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::HygieneSuppressionUnused,
    what: "`assets/.prometeu/doctor.toml` allows something that is not there (any more).",
    why: "It is clutter; and one day it would hide a finding that it was not meant for.",
    example: "doctor.toml allows hygiene/unused-file for ui/atlas/notes.txt, and that file was deleted.",
    repair: "Delete the entry from `assets/.prometeu/doctor.toml`; \
           `{program} doctor --fix --only hygiene/suppression-unused` previews that, and with `--apply PREVIEW_ID` does it. If it should match, compare its code and path \
           with what `{program} doctor --workspace` reports.",
};
