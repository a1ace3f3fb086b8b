//! `hygiene/name`: a name that is not portable, on a file that the build does not need.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain hygiene/name` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::HygieneName,
    what: "A file or folder below `assets/` has a name that the packer refuses. The build does not need it, so it \
           was not opened and blocks nothing.",
    why: "It cannot be checked out or copied on some systems, and it can never become an input.",
    example: "assets/ui/atlas/old version?.png",
    repair: "Rename it with plain letters, digits, `-` and `_`, or delete it. `{program} explain \
           trust/name-not-portable` lists what is refused.",
};
