//! `registry/nested-root`: an asset's folder inside another asset's folder.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain registry/nested-root` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::RegistryNestedRoot,
    what: "One registered root lies inside another.",
    why: "A file in the inner folder would belong to two assets, and moving or removing the outer one would take \
           the inner one along.",
    example: r#"assets/.prometeu/index.json:
  … "root":"ui"
  … "root":"ui/atlas""#,
    repair: "Move one of the two out: `{program} relocate ASSET ROOT` (a preview; add `--apply` to do it). The \
           asset keeps its id and uuid. `{program} doctor --fix --only registry/nested-root` previews just that, to a \
           free place beside the outer folder, and with `--apply PREVIEW_ID` does it. If the outer asset uses files of the inner one, give it inputs of its own first.",
};
