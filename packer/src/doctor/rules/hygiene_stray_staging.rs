//! `hygiene/stray-staging`: something lies where the packer prepares its changes, and it is not the packer's.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain hygiene/stray-staging` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::HygieneStrayStaging,
    what: "A file or folder below `build/.staging/` or `assets/.prometeu/txn/` is not named as the packer names its \
           own, or a control file that was being made was left half-way.",
    why: "The packer clears up after its own commands, also after those that were killed. What it does not know it \
          leaves alone, and there it only takes space.",
    example: "build/.staging/old/ is there, made by hand or by another tool.",
    repair: "Delete what the message names, once you have made sure that nobody needs it. The whole of `build/` may be \
             deleted at any time, and `{program} build` makes it anew; `assets/.prometeu/` may not.",
};
