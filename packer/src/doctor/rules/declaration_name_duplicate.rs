//! `declaration/name-duplicate`: two registered assets with one name.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain declaration/name-duplicate` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::DeclarationNameDuplicate,
    what: "Two registered assets have the same `name`.",
    why: "A game that asks for an asset by name would get whichever comes first.",
    example: r#"assets/ui/atlas/asset.json:      "name": "ui_atlas"
assets/menu/atlas/asset.json:    "name": "ui_atlas""#,
    repair: "Rename one of them: `{program} rename ASSET NAME`, with its id or root as ASSET (a preview; add \
           `--apply` to do it). Id and uuid stay. Or let `{program} doctor --fix --only declaration/name-duplicate` \
           preview a free name for those that stand later in the registry; `--keep UUID` says which asset keeps the name.",
};
