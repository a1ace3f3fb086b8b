//! `declaration/name-invalid`: an asset name outside the allowed letters.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain declaration/name-invalid` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::DeclarationNameInvalid,
    what: "`name` has to be 1 to 64 characters of `a-z`, `0-9`, `_` and `-`, and begin with a letter.",
    why: "The name goes into the archive, into file names and onto command lines. Plain names work in all of them.",
    example: r#"assets/ui/atlas/asset.json:
  "name": "UI Atlas""#,
    repair: "Write a plain name, such as `ui_atlas`, into `asset.json`, and into your game's code where it \
           finds the asset by name. `{program} doctor --fix --only declaration/name-invalid` shows the \
           nearest legal name that nobody has; add `--apply` to write it.",
};
