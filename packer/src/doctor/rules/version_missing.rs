//! `version/missing`: a file that does not say its version.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain version/missing` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::VersionMissing,
    what: "The file has no `schema_version`.",
    why: "The version says how everything else in the file is meant; the packer never guesses it. Files of the \
           draft before version 1 had none, and hand-written ones tend to forget it.",
    example: r#"assets/ui/atlas/asset.json:
  { "name": "ui_atlas", "type": "glyph_bank" }"#,
    repair: "If the line got lost, bring the file back from version control. If you wrote the file by hand in the \
           current layout, add the current version as its first member, in `asset.json` for instance \
           `\"schema_version\": 3`; `{program} window` lists the current versions. A file of the old draft has to \
           be written anew: put it aside and run `{program} register ROOT`.",
};
