//! The answer of an operation: what was found, what came out, and how it ended. A report is not printed here.

mod result;

pub use result::{
    ArchiveFile, AssetDetails, BuildResult, DoctorResult, FixResult, FixRow, InputFile, MigrateResult, MutationResult,
    OperationResult, PackRow, PackedAsset, Quarantined, TransactionRow, VerifyResult,
};

use crate::diagnostic::{self, Code, Diagnostic, Severity};
use crate::doctor::rules;

/// How an operation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Done; warnings may exist.
    Ok,
    /// The project, or its state, stands in the way.
    Blocked,
    /// The call, the disk or the packer itself failed.
    Failed,
}

/// How many findings of each severity there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Errors, blocking or not.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notes.
    pub notes: usize,
}

/// The answer of one operation.
#[derive(Clone, Debug)]
pub struct Report {
    /// The command's name.
    pub operation: String,
    /// One sentence.
    pub summary: String,
    /// Sorted by path, place and code.
    pub findings: Vec<Diagnostic>,
    /// What could be determined.
    pub result: OperationResult,
    exit: u8,
}

impl Report {
    /// A report whose exit code follows from its blocking findings. `program` is the name that messages show.
    #[must_use]
    pub fn new(
        operation: &str,
        program: &str,
        summary: impl Into<String>,
        findings: Vec<Diagnostic>,
        result: OperationResult,
    ) -> Report {
        let exit = findings
            .iter()
            .filter(|finding| finding.blocking)
            // A warning that stands in the way of this very operation blocks it like any other finding.
            .map(|finding| exit_code(finding.code).max(1))
            .max()
            .unwrap_or(0);
        Report::with_exit(operation, program, summary, findings, result, exit)
    }

    /// The report of a check that found old files: at least exit code 1, though each of them is only a warning.
    #[must_use]
    pub fn pending(
        operation: &str,
        program: &str,
        summary: impl Into<String>,
        findings: Vec<Diagnostic>,
        result: OperationResult,
    ) -> Report {
        let mut report = Report::new(operation, program, summary, findings, result);
        report.exit = report.exit.max(1);
        report
    }

    /// A report of an inspection: it succeeded, whatever is wrong with single assets.
    #[must_use]
    pub fn inspection(
        operation: &str,
        program: &str,
        summary: impl Into<String>,
        findings: Vec<Diagnostic>,
        result: OperationResult,
    ) -> Report {
        let interrupted = findings.iter().find(|finding| finding.code == Code::UsageInterrupted);
        let exit = interrupted.map_or(0, |finding| exit_code(finding.code));
        Report::with_exit(operation, program, summary, findings, result, exit)
    }

    fn with_exit(
        operation: &str,
        program: &str,
        summary: impl Into<String>,
        mut findings: Vec<Diagnostic>,
        mut result: OperationResult,
        exit: u8,
    ) -> Report {
        diagnostic::sort(&mut findings);
        diagnostic::name_program(findings.iter_mut().chain(result.findings_mut()), program);
        Report { operation: operation.to_owned(), summary: summary.into(), findings, result, exit }
    }

    /// The report of a fault of the packer itself.
    #[must_use]
    pub fn fault(operation: &str, program: &str, summary: impl Into<String>) -> Report {
        Report::with_exit(operation, program, summary, Vec::new(), OperationResult::Nothing, 70)
    }

    /// The exit code of the program.
    #[must_use]
    pub fn exit(&self) -> u8 {
        self.exit
    }

    /// How it ended, as the exit code tells.
    #[must_use]
    pub fn status(&self) -> Status {
        match self.exit {
            0 => Status::Ok,
            1 | 3 | 4 | 5 => Status::Blocked,
            _ => Status::Failed,
        }
    }

    /// How many findings there are.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for finding in &self.findings {
            match finding.severity() {
                Severity::Error => counts.errors += 1,
                Severity::Warning => counts.warnings += 1,
                Severity::Note => counts.notes += 1,
            }
        }
        counts
    }
}

/// The exit code of the family of a blocking finding.
#[must_use]
pub fn exit_code(code: Code) -> u8 {
    rules::rule(code).exit()
}
