//! `file/conflict-markers`: a merge conflict that nobody resolved.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain file/conflict-markers` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::FileConflictMarkers,
    what: "The file holds the markers of a merge conflict: `<<<<<<<`, `=======`, `>>>>>>>`.",
    why: "Two versions of the file stand in one, and only you can say which lines belong.",
    example: r#"assets/.prometeu/index.json:
  <<<<<<< HEAD
  {"asset_id":3,"asset_uuid":"0c6e8a5e-3c0e-4f57-8d0b-6f4f0a4f7f11","included_in_build":true,"root":"sfx/ui"}
  =======
  {"asset_id":3,"asset_uuid":"d3b1c5a2-94a0-4a1d-8a57-1f7c0f6d2b90","included_in_build":true,"root":"sfx/menu"}
  >>>>>>> menu-sounds"#,
    repair: "Resolve the conflict and delete the marker lines. In the registry keep the entries of both sides, \
           with a comma between them, and the higher `next_asset_id`; then run `{program} doctor`, which \
           names an id that both branches handed out and offers a way out. `{program} doctor --fix --only \
           file/conflict-markers` previews a registry with the entries of both sides whose folders are there.",
};
