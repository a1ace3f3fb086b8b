//! `plan/blocked`: a change that cannot be made because of what the project is like now.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain plan/blocked` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::PlanBlocked,
    what: "The change was planned, and something stands in its way. The preview lists it under blockers; nothing \
           was changed.",
    why: "The packer rather refuses the whole change than makes a half one.",
    example: "$ {program} rename ui_atlas sfx_ui        and another asset has the name sfx_ui",
    repair: "Solve what the preview lists as blockers, then run the command again. `{program} doctor` shows \
           everything that is wrong in the project, and `{program} explain CODE` says what to do about each.",
};
