//! `hygiene/copied-identity`: an unregistered copy of a registered asset.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain hygiene/copied-identity` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::HygieneCopiedIdentity,
    what: "An unregistered folder's `asset.json` has the uuid of a registered asset, or of another such folder: one was \
           copied from the other.",
    why: "The copy cannot be registered as it is, since one identity is one asset. The original is not affected.",
    example: "$ cp -r assets/ui/atlas assets/ui/atlas2",
    repair: "To use the copy as an asset of its own, run `{program} adopt ROOT --new-identity` (a preview; add \
           `--apply` to do it): it gets a fresh uuid, and a free name. `{program} doctor --fix --only \
           hygiene/copied-identity` previews that for all copies at once. If it is a backup, move it out of \
           `assets/`.",
};
