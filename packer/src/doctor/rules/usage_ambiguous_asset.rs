//! `usage/ambiguous-asset`: a word that means two assets.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain usage/ambiguous-asset` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::UsageAmbiguousAsset,
    what: "The word that you gave for ASSET fits more than one asset: the name of one and the root of another, or \
           something that two entries share.",
    why: "The packer does not choose for you which asset to change.",
    example: "$ {program} show menu        one asset has the name menu, another the root menu",
    repair: "Name the asset by its id, or by its uuid: `{program} list` shows them.",
};
