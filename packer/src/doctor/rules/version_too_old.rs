//! `version/too-old`: a version older than this packer still reads.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain version/too-old` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::VersionTooOld,
    what: "The file has a version below the oldest one that this packer reads.",
    why: "It was written long ago, and this packer no longer knows how to bring it forward without losing something.",
    example: r#"assets/ui/atlas/asset.json has "schema_version": 1,
and `{program} window` says that asset.json is read from 2 on."#,
    repair: "Go in two hops: install an older release of the packer whose `window` still holds this version, run \
           its `migrate --apply`, commit, then come back to this one. An old archive is simply built again: \
           `{program} build`.",
};
