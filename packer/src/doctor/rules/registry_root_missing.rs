//! `registry/root-missing`: a registered folder that is not there.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain registry/root-missing` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::RegistryRootMissing,
    what: "The registry names a root, and there is no such folder below `assets/`.",
    why: "The asset cannot be built. Its id stays taken, so nothing else gets it meanwhile.",
    example: r#"$ mv assets/ui/atlas assets/ui/atlas_new        with "root":"ui/atlas" in the registry"#,
    repair: "If it was moved by hand, `{program} doctor --fix --only registry/root-missing` previews an entry \
           that follows it; apply that with `--apply PREVIEW_ID`. If it is missing after a checkout, bring it \
           back from version control; look for differences in upper and lower case. If it is gone for good, \
           the same command, or `{program} forget ASSET`, drops the entry.",
};
