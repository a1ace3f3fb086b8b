//! `usage/unknown-transaction`: no kept transaction has the id that was asked for.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// An id that history does not hold.
pub(crate) const RULE: Rule = Rule {
    code: Code::UsageUnknownTransaction,
    what: "The command names a transaction that the project does not keep: it never was, it was forgotten, or ten newer \
           ones came after it.",
    why: "Rolling back needs the originals that a transaction saved. Where they are gone, the packer says so at once.",
    example: "{program} migrate --rollback 20260101T000000Z-00000000",
    repair: "Run `{program} history` and name one of the transactions it lists. Older states may still be in version control.",
};
