//! `migration/pending`: a file at an older version, which reads well and waits for migration.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain migration/pending` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::MigrationPending,
    what: "A file has an older version that this packer reads. It was brought forward in memory; the file itself \
           was not touched.",
    why: "Building works. Commands that would have to rewrite this file do not, and a future packer may no longer \
           read this version. `{program} migrate --check` ends with exit code 1 while anything is pending.",
    example: r#"assets/ui/atlas/asset.json has "schema_version": 2; version 3 is current."#,
    repair: "Run `{program} migrate` to see each change, then `{program} migrate --apply`, and commit the result. \
           `{program} migrate --rollback ID --apply` takes it back, byte for byte.",
};
