//! `trust/link`: a link where a file or a folder is needed.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain trust/link` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::TrustLink,
    what: "A symbolic link, or on Windows a junction or other reparse point, stands where the packer needs a file \
           or folder. It is refused even if its target lies inside the project, and it was not followed.",
    why: "A link can lead anywhere and can be turned elsewhere in the middle of a build. Links also arrive as \
           small text files, or not at all, on machines that do not support them.",
    example: "$ ln -s ../../shared/a.png assets/ui/atlas/a.png",
    repair: "Delete the link and put a real copy of its target in its place. If `assets` or `build` itself is the \
           link, make it a real folder, and copy the archive to where you want it after the build.",
};
