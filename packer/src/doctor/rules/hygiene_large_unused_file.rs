//! `hygiene/large-unused-file`: a large file in an asset's folder that nothing names.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain hygiene/large-unused-file` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::HygieneLargeUnusedFile,
    what: "A file of 1 MiB or more lies in an asset's folder, and no declaration names it. Smaller ones are \
           `hygiene/unused-file`.",
    why: "It is not packed, but everybody who clones the project carries it around.",
    example: "assets/ui/atlas/atlas_backup.psd, 300 MiB",
    repair: "Move it out of the project, or into Git LFS if the team needs it, or delete it. To keep it where it \
           is, allow it in `assets/.prometeu/doctor.toml`, with a reason and an end date.",
};
