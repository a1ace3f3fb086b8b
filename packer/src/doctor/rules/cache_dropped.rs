//! `cache/dropped`: a cache that was thrown away.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain cache/dropped` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::CacheDropped,
    what: "`assets/.prometeu/cache.json` was of another version, damaged or not to be trusted, and was ignored. \
           The next build writes it anew.",
    why: "Nothing is lost: the cache only saves time. This run is slower, and its result is the same.",
    example: "$ echo garbage > assets/.prometeu/cache.json",
    repair: "Nothing has to be done; `{program} doctor --fix --only cache/dropped --apply` takes the file away. \
           If it happens each time, two releases of the packer take turns on this project, or the cache is \
           under version control: `assets/.prometeu/.gitignore` should name `cache.json`.",
};
