//! `trust/unreadable`: a file or folder that may not be read.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain trust/unreadable` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::TrustUnreadable,
    what: "The system denies access to a file or folder that the packer needs.",
    why: "The packer cannot check or pack what it cannot read, and it does not guess.",
    example: "$ chmod 000 assets/ui/atlas/a.png",
    repair: "Give yourself the right to read it: `chmod u+r FILE`, for a folder `chmod u+rx FOLDER`. If somebody \
           else owns it (often made in a container or by `sudo`), take it over with `chown`. On Windows, close the \
           program that holds it open and look at the file's security properties.",
};
