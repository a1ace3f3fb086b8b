//! `usage/arguments`: a command line that cannot be understood.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain usage/arguments` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::UsageArguments,
    what: "The command, an option or a value is not known, is missing, or does not go with the others. Nothing was \
           done.",
    why: "The packer rather asks than does something that you did not mean.",
    example: "$ {program} relocate ui/atlas        without the new root",
    repair: "Run `{program} --help` for all commands, or add `--help` to the command for its options.",
};
