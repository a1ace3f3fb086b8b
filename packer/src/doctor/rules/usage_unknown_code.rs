//! `usage/unknown-code`: a code that does not exist.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain usage/unknown-code` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::UsageUnknownCode,
    what: "The word is none of the packer's codes.",
    why: "Codes are a closed list, so this is a slip, or a code of another release.",
    example: "$ {program} explain trust/symlink",
    repair: "Copy the code from the message, in full: a family, a slash and a name, such as `trust/link`. The page \
           `docs/codes.md` lists all of them.",
};
