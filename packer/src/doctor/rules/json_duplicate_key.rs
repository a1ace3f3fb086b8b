//! `json/duplicate-key`: one member twice in an object.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain json/duplicate-key` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::JsonDuplicateKey,
    what: "An object has the same member twice. It counts also when one is spelled with escapes (`n\\u0061me` is \
           `name`), and inside members that the packer does not know.",
    why: "Readers disagree on which of the two counts, so what you see in the editor may not be what gets built. \
           Merges leave this behind without a conflict.",
    example: r#"assets/ui/atlas/asset.json:
  "name": "ui_atlas",
  "name": "ui_atlas_old","#,
    repair: "Decide which of the two is right, and delete the other. If a merge made it, look at both branches for \
           what else differs.",
};
