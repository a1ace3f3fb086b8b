//! `trust/too-deep`: folders nested deeper than the limit.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain trust/too-deep` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::TrustTooDeep,
    what: "A folder lies deeper than 16 levels, counted from the project folder. Nothing in it was looked at.",
    why: "Very deep trees break other tools, and a tree without an end (a copy of a copy of a copy) would keep the \
           packer walking.",
    example: "assets/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/",
    repair: "Move the folder further up and delete accidental copies of folders inside themselves. Deep structure \
           seldom helps: an asset is found by its name or id, not by its folder.",
};
