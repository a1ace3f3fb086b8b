//! `plan/stale`: a preview that is no longer true.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain plan/stale` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::PlanStale,
    what: "The project has changed since the preview whose id you gave, or the id belongs to another change. \
           Nothing was changed.",
    why: "What you agreed to is not what would happen now.",
    example: "$ {program} relocate ui_atlas menu/atlas              shows a preview and its id
$ git pull
$ {program} relocate ui_atlas menu/atlas --apply ID",
    repair: "Run the command without `--apply`, read the new preview, and apply that one's id. `--apply` without \
           an id does whatever is true at that moment.",
};
