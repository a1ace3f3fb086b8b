//! `trust/changed-while-reading`: a file that changed between check and use.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain trust/changed-while-reading` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::TrustChangedWhileReading,
    what: "A file was replaced or rewritten while the packer was reading it, or the registry kept changing for 5 \
           seconds.",
    why: "Half an old and half a new picture would be packed as if it were one. The packer rather stops than \
           builds from bytes that nobody ever saved.",
    example: "Your paint program exports to assets/ui/atlas/a.png while `{program} build` runs.",
    repair: "Wait until the export, checkout or synchronisation is done, and run the command again. If it comes \
           back, look for a program that keeps writing below `assets/`: a file synchroniser, an auto-export, a \
           second checkout of the same folder.",
};
