//! `hygiene/link`: a link that the build does not need.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain hygiene/link` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::HygieneLink,
    what: "A symbolic link, junction or reparse point lies below `assets/`. The build does not need it, so it was \
           not followed and blocks nothing.",
    why: "The packer never reads through links, so nothing behind it can be packed. On other machines it may be \
           broken.",
    example: "$ ln -s /mnt/art assets/scratch/art",
    repair: "Delete it, or replace it by what it points at if that belongs to the project.",
};
