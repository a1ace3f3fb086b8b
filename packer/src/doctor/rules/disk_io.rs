//! `disk/io`: the disk or the system failed.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain disk/io` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::DiskIo,
    what: "Reading or writing failed for a reason that is not the project's: a disk error, a lost network drive, \
           an output that could not be written. What had been begun was undone or finished first.",
    why: "A disk that fails once may fail again; look before you go on.",
    example: "The network drive with the project goes away during `{program} build`.",
    repair: "Check the drive, the cable, the network, and the system's log. Then run `{program} doctor`: it \
           settles what may have been left open and shows the project's state. If it comes back, save your work \
           elsewhere first.",
};
