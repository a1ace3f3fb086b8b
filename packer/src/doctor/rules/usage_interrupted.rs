//! `usage/interrupted`: Ctrl-C.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain usage/interrupted` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::UsageInterrupted,
    what: "You stopped the command with Ctrl-C, or something sent it that signal. The exit code is 130.",
    why: "Nothing is half done: everything is as it was before the command.",
    example: "$ {program} build
^C",
    repair: "Run the command again when you like.",
};
