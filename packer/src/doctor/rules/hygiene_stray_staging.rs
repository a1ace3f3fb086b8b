//! `hygiene/stray-staging`: leftovers of a build that did not end.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain hygiene/stray-staging` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::HygieneStrayStaging,
    what: "A folder below `build/.staging/` belongs to no running build.",
    why: "It only takes space. A build that was killed leaves it behind.",
    example: "build/.staging/<id>/ is there, and no build is running.",
    repair: "Delete the folder that the message names. The whole of `build/` may be deleted at any time, and \
           `{program} build` makes it anew.",
};
