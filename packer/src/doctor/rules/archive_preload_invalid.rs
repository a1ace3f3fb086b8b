//! `archive/preload-invalid`: an archive's preload list that does not fit its table.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain archive/preload-invalid` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::ArchivePreloadInvalid,
    what: "The preload list names an asset that is not in the archive, is out of order, or its slots do not count \
           up from 0 for each bank type, to 15 at most.",
    why: "The runtime fills its preload slots by this list at the start and would load nothing, or the wrong bank.",
    example: r#"assets.pa: preload holds {"asset_id":9,"slot":0}, and asset_table has no 9."#,
    repair: "Build it again with `{program} build`; the packer never writes such a list.",
};
