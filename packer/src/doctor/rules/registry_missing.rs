//! `registry/missing`: a project without a registry.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain registry/missing` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::RegistryMissing,
    what: "There is no `assets/.prometeu/index.json`, or no `assets/` at all, so no asset is registered.",
    why: "The registry alone says which folders are assets and which id each has in the game. Without it there is \
           nothing to build.",
    example: "$ rm assets/.prometeu/index.json",
    repair: "In a new project, run `{program} init`. If there was a registry, bring it back first (`git \
           checkout -- assets/.prometeu/index.json`): it holds the ids that your game and its saves use. If \
           it is lost for good, `{program} doctor --fix --only registry/missing` previews one that is rebuilt \
           from the declarations, with the ids that the last archive and kept transactions know; `--apply \
           PREVIEW_ID` writes it.",
};
