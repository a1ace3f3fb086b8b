//! `lock/held`: another writer at work.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain lock/held` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::LockHeld,
    what: "Another process is changing this project, and it did not finish while this one waited (5 seconds, or \
           what `--wait` says).",
    why: "Two writers at once would spoil each other's work.",
    example: "Two terminals, each with `{program} build` on the same project.",
    repair: "Wait for the other one, or give this one more time with `--wait`. Look for a build in another \
           terminal, a CI job on the same folder, or an open Studio. Deleting `assets/.prometeu/lock` does not \
           help: the system holds the lock, not the file, and frees it when its owner ends.",
};
