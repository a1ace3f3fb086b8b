//! Lets through what is neither allowed nor too much: suppressions are applied here, and a project with a million untidy
//! files does not become a million findings.

use super::{suppressions_path, warning};
use crate::diagnostic::{Code, Diagnostic, escape};
use crate::schema::suppressions::{Allowed, Date};
use std::collections::BTreeMap;

/// So many findings of one code are given; the rest is counted.
const FINDINGS_MAX: u64 = 10_000;

/// Collects findings in the order in which they are offered.
pub(super) struct Sieve<'a> {
    allowed: &'a [Allowed],
    today: Date,
    used: Vec<bool>,
    met: BTreeMap<Code, u64>,
    suppressed: u64,
    findings: Vec<Diagnostic>,
}

impl<'a> Sieve<'a> {
    pub(super) fn new(allowed: &'a [Allowed], today: Date) -> Sieve<'a> {
        let used = vec![false; allowed.len()];
        Sieve { allowed, today, used, met: BTreeMap::new(), suppressed: 0, findings: Vec::new() }
    }

    /// Takes what was found at `path`, unless it is allowed there.
    pub(super) fn take(&mut self, code: Code, path: &str, finding: impl FnOnce() -> Diagnostic) {
        if self.is_allowed(code, path) {
            self.suppress();
        } else {
            self.give(code, finding);
        }
    }

    /// Takes what nothing allows.
    pub(super) fn give(&mut self, code: Code, finding: impl FnOnce() -> Diagnostic) {
        let met = self.met.entry(code).or_default();
        *met += 1;
        if *met <= FINDINGS_MAX {
            self.findings.push(finding());
        }
    }

    /// Counts a finding that is not given.
    pub(super) fn suppress(&mut self) {
        self.suppressed += 1;
    }

    /// Whether an entry that still holds allows `code` at `path`. Every one that does counts as used.
    pub(super) fn is_allowed(&mut self, code: Code, path: &str) -> bool {
        if self.allowed.is_empty() {
            return false;
        }
        let (mut is_allowed, path) = (false, escape(path));
        for (entry, used) in self.allowed.iter().zip(&mut self.used) {
            if entry.code == code && entry.until >= self.today && entry.pattern.covers(&path) {
                (is_allowed, *used) = (true, true);
            }
        }
        is_allowed
    }

    /// Gives everything that was let through, with what is wrong with the suppressions themselves, and says how many
    /// findings were suppressed. After a look that was cut short nothing is called unused.
    pub(super) fn finish(mut self, is_complete: bool, findings: &mut Vec<Diagnostic>) -> u64 {
        let path = suppressions_path();
        for (entry, used) in self.allowed.iter().zip(std::mem::take(&mut self.used)) {
            let what = entry.code.as_str();
            if entry.until < self.today {
                self.give(Code::HygieneSuppressionExpired, || {
                    let message = format!("allowing {what} here ended on {}: {}", entry.until, entry.reason);
                    warning(Code::HygieneSuppressionExpired, path.as_str(), message)
                        .on(entry.place.clone())
                        .help("do what was put off, and delete the entry; or give it a later date")
                        .text("code", what)
                        .text("until", entry.until.to_string())
                });
            } else if is_complete && !used {
                self.give(Code::HygieneSuppressionUnused, || {
                    let message = format!("there is no {what} here to allow");
                    warning(Code::HygieneSuppressionUnused, path.as_str(), message)
                        .on(entry.place.clone())
                        .help("delete the entry, or correct its path")
                        .text("code", what)
                });
            }
        }
        for (code, met) in self.met {
            if let Some(more) = met.checked_sub(FINDINGS_MAX).filter(|&more| more > 0) {
                let message =
                    format!("and {more} more of {}, beyond the {FINDINGS_MAX} that are listed", code.as_str());
                let finding = Diagnostic::new(code, message).help("tidy up what is listed, and look again");
                self.findings.push(finding.number("more", more));
            }
        }
        findings.append(&mut self.findings);
        self.suppressed
    }
}
