//! `plan/conflict`: an undo that would overwrite later work.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain plan/conflict` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::PlanConflict,
    what: "Undoing or rolling back a change would touch a registry entry or a file that was changed after it. \
           Nothing was changed.",
    why: "Going back would silently throw away the later work.",
    example: "$ {program} rename ui_atlas hud --apply               transaction A
$ {program} relocate hud menu/hud --apply             transaction B, the same entry
$ {program} undo A --apply",
    repair: "Run `{program} history`, and undo what came later first, newest before oldest. If the later change \
           was made by hand, put that aside (a commit or a stash), or make the change back by hand, too.",
};
