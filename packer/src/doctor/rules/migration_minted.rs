//! `migration/minted`: an unregistered folder that got a fresh uuid.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain migration/minted` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::MigrationMinted,
    what: "A declaration of version 1 has no `asset_uuid`, and its folder is not registered, so the migration gave \
           it a fresh one.",
    why: "Identity is made only once. You should know that it happened, and commit it before somebody else's \
           migration makes another.",
    example: r#"assets/old/logo/asset.json has "schema_version": 1, and the registry does not know assets/old/logo.
$ {program} migrate --apply"#,
    repair: "Commit the changed file. To use the asset, run `{program} adopt ROOT` (a preview; add `--apply` to do \
           it). If the folder ought to have been registered, bring back the registry that knows it, before you \
           migrate.",
};
