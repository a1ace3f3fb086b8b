//! `hygiene/suppression-expired`: a suppression whose end date has passed.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain hygiene/suppression-expired` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::HygieneSuppressionExpired,
    what: "An entry of `assets/.prometeu/doctor.toml` is past its end date and has no effect any more.",
    why: "Somebody put off a decision until that day, and the day has come.",
    example: "doctor.toml allows hygiene/large-unused-file for ui/atlas/atlas_backup.psd until 2026-10-31.",
    repair: "Do what was put off and delete the entry, or give it a later date and a reason that still holds. \
           `{program} doctor --fix --only hygiene/suppression-expired` previews the file without such entries, and with \
           `--apply PREVIEW_ID` writes it.",
};
