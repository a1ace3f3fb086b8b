//! `plan/consent-missing`: a deletion whose name was not typed.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain plan/consent-missing` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::PlanConsentMissing,
    what: "Applying `remove` needs the asset's name after `--confirm`, and it was not there or was another one. \
           Nothing was changed.",
    why: "`remove` deletes the asset's folder with your source files. Typing the name is the moment to notice a \
           mix-up.",
    example: "$ {program} remove 7 --apply",
    repair: "Read the preview of `{program} remove ASSET`, then run `{program} remove ASSET --confirm NAME \
           --apply`. To take the asset out of the build without deleting anything, use `{program} exclude ASSET` \
           or `{program} quarantine ASSET`.",
};
