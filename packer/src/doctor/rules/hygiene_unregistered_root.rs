//! `hygiene/unregistered-root`: a folder with a declaration that the registry does not know.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain hygiene/unregistered-root` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::HygieneUnregisteredRoot,
    what: "A folder has an `asset.json`, but it is not registered. It is not built. Where nothing at all is registered, \
           `init`, `build` and `doctor` say so without `--workspace`, of all such folders together.",
    why: "If you expected it in the game, it is missing. It may be left from a branch, or be a colleague's work in \
           progress.",
    example: r#"assets/ui/logo/asset.json exists, and no entry of the registry has "root":"ui/logo"."#,
    repair: "To use it, run `{program} adopt ROOT` (a preview; add `--apply` to do it); `{program} doctor --fix \
           --only hygiene/unregistered-root` previews it for all such folders at once. If it is not wanted, \
           delete the folder, or move it out of `assets/`.",
};
