//! `usage/unknown-asset`: a word that means no asset.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain usage/unknown-asset` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::UsageUnknownAsset,
    what: "No asset has this id, uuid, name or root.",
    why: "Nothing could be done.",
    example: "$ {program} show ui_altas",
    repair: "Run `{program} list` to see all assets. A number is taken as an id, a word with `/` as a root \
           relative to `assets/` (without `assets/` in front), any other word as a name, then as a root. An \
           unregistered folder has to be adopted first: `{program} adopt ROOT`.",
};
