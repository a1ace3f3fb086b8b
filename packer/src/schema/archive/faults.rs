//! Collects what is wrong with one archive. Places in an archive are byte offsets; it has no lines.

use super::PRELUDE_BYTES;
use crate::diagnostic::{Code, Diagnostic};
use crate::envelope::Node;

/// So many findings about one archive are listed; a hostile header could hold a fault every hundred bytes.
const LISTED_MAX: usize = 1000;

/// What to do about nearly every fault.
pub(super) const REBUILD: &str = "build the project again; archives are made anew, never repaired";

/// The findings about one archive.
pub(super) struct Faults<'a> {
    path: &'a str,
    findings: &'a mut Vec<Diagnostic>,
    listed: usize,
    /// Where the text that nodes are places in begins, in bytes from the start of the header.
    pub(super) base: u64,
}

impl<'a> Faults<'a> {
    pub(super) fn new(path: &'a str, findings: &'a mut Vec<Diagnostic>) -> Faults<'a> {
        Faults { path, findings, listed: 0, base: 0 }
    }

    /// Collects findings about the same archive elsewhere.
    pub(super) fn beside<'b>(&self, findings: &'b mut Vec<Diagnostic>) -> Faults<'b>
    where
        'a: 'b,
    {
        Faults { path: self.path, findings, listed: 0, base: 0 }
    }

    /// Notes a fault at a byte of the file.
    pub(super) fn note(&mut self, code: Code, offset: u64, message: impl AsRef<str>) {
        self.push(Diagnostic::new(code, message).help(REBUILD).number("offset", offset));
    }

    /// Notes a fault at a value of the header.
    pub(super) fn note_node(&mut self, code: Code, node: Node<'_>, message: impl AsRef<str>) {
        self.note(code, self.offset_of(node), message);
    }

    /// Notes a fault that needs other help than [`REBUILD`].
    pub(super) fn push(&mut self, finding: Diagnostic) {
        if !self.is_full() {
            self.listed += 1;
            self.findings.push(finding.at(self.path));
        }
    }

    /// Where a value stands, in bytes from the start of the file.
    pub(super) fn offset_of(&self, node: Node<'_>) -> u64 {
        PRELUDE_BYTES as u64 + self.base + node.range().start as u64
    }

    pub(super) fn any(&self) -> bool {
        self.listed > 0
    }

    /// Whether there is no point in looking further.
    pub(super) fn is_full(&self) -> bool {
        self.listed == LISTED_MAX
    }

    /// Says on the last finding that the list was cut, if it was.
    pub(super) fn finish(self) {
        if self.is_full()
            && let Some(last) = self.findings.pop()
        {
            self.findings.push(last.number("listed_max", LISTED_MAX as u64));
        }
    }
}
