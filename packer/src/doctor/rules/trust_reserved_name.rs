//! `trust/reserved-name`: a name that belongs to the packer or to version control.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain trust/reserved-name` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::TrustReservedName,
    what: "A path uses a name that is not an asset's to use: `.prometeu` or `.git` in any mix of cases, a short \
           Windows alias of them such as `GIT~1`, or `asset.json` as an input.",
    why: "Some systems take `.GIT` and `.git` for one folder. An asset that reached it could read or overwrite \
           your repository or the registry.",
    example: r#"assets/ui/atlas/asset.json:
  "inputs": { "payload": [".Git/config"] }"#,
    repair: "Give the file or folder another name and write that into the declaration. A declaration is never an \
           input: leave `asset.json` out of `inputs`.",
};
