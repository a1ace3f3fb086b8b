//! `usage/configuration`: `doctor.toml` is not right.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain usage/configuration` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::UsageConfiguration,
    what: "`assets/.prometeu/doctor.toml` is no TOML, or one of its entries is not right: a member that is missing or \
           unknown, a code that cannot be allowed, a path or a date that is none. That entry allows nothing.",
    why: "What is allowed is not reported any more, so it has to be clear what that is. Only hygiene can be allowed; \
          what is refused, unsupported or contradictory has to be repaired.",
    example: "[[allow]]\ncode = \"trust/link\"\npath = \"scratch\"\nreason = \"it works on my machine\"\nuntil = 2026-12-31",
    repair: "Correct or delete the entry that the message points at. Each needs `code`, `path`, `reason` and `until`. \
             Builds do not read this file.",
};
