//! `trust/outside-root`: a path that leaves the folder it belongs to.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain trust/outside-root` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::TrustOutsideRoot,
    what: "A path is absolute, or it holds `..`. Both are refused in every system's spelling (`/x`, `C:\\x`, \
           `\\\\server\\x`), and `..` also where it would come back inside.",
    why: "A project has to build the same on every machine, and a project that you downloaded must never make the \
           packer read or write your other files.",
    example: r#"assets/ui/atlas/asset.json:
  "inputs": { "sprites": ["../shared/tiles.png"] }"#,
    repair: "Copy the file into the asset's own folder and name it from there, for instance `tiles/a.png`. Inputs \
           are written relative to the asset's folder, ROOT relative to `assets/`; `~` and `$HOME` are never \
           expanded.",
};
