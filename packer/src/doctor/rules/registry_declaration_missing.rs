//! `registry/declaration-missing`: a registered folder without `asset.json`.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain registry/declaration-missing` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::RegistryDeclarationMissing,
    what: "A registered root is there, but it holds no `asset.json`.",
    why: "The declaration says which files are packed and how. Without it the folder is only a folder.",
    example: "$ rm assets/ui/atlas/asset.json",
    repair: "Bring the file back from version control or a backup: then the asset keeps its identity. If there is \
           none, `{program} forget ASSET --apply` and then `{program} register ROOT --apply` make a new \
           asset of the folder, with a new id that your game's code has to follow.",
};
