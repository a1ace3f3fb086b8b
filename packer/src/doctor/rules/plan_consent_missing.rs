//! `plan/consent-missing`: a deletion whose name was not typed.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain plan/consent-missing` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::PlanConsentMissing,
    what: "Applying `remove` needs the asset's name after `--confirm`, and it was not there or was another one; or \
           a repair that decides something was to be applied without the id of its preview. Nothing was changed.",
    why: "`remove` deletes the asset's folder with your source files, and a repair may change an id that a game \
           knows. Typing the name, or the id of what was read, is the moment to notice a mix-up.",
    example: "$ {program} remove 7 --apply",
    repair: "Read the preview. `{program} remove ASSET --confirm NAME --apply` removes an asset whose name was \
           typed; to take it out of the build without deleting anything, use `{program} exclude ASSET` or \
           `{program} quarantine ASSET`. A repair that is not safe is made with the id that its preview \
           shows, such as `{program} doctor --fix --only registry/duplicate-id --apply PREVIEW_ID`.",
};
