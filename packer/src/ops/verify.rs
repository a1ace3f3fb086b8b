//! `verify`: is this file exactly what a build could have written?

use super::counted;
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::{DiskError, RawFile};
use crate::envelope::Windows;
use crate::report::{OperationResult, Report, VerifyResult};
use crate::schema::archive;
use crate::trust::Limits;

/// Verifies an archive that was opened wherever it lies.
#[must_use]
pub fn verify(
    file: Result<RawFile, DiskError>,
    explain_bytes: bool,
    limits: &Limits,
    windows: &Windows,
    program: &str,
) -> Report {
    let file = match file {
        Ok(file) => file,
        Err(error) => {
            let message = format!("could not open the archive: {}", error.source);
            let finding = Diagnostic::new(Code::ArchiveUnreadable, message)
                .at(&error.path)
                .help("name an archive that exists and may be read");
            return Report::new(
                "verify",
                program,
                "the archive could not be read",
                vec![finding],
                OperationResult::Nothing,
            );
        }
    };
    let mut findings = Vec::new();
    let verified = archive::verify(file, archive::Keep::Metadata, limits, windows, &mut findings);
    let summary = match findings.iter().any(|finding| finding.blocking) {
        false => format!("a valid archive of {}, {} bytes", counted(verified.entries.len(), "asset"), verified.bytes),
        true => "not an archive that a build could have written".to_owned(),
    };
    let regions = if explain_bytes { verified.regions() } else { Vec::new() };
    let result = VerifyResult {
        bytes: verified.bytes,
        sha256: verified.sha256,
        schema_version: verified.schema_version,
        entries: verified.entries,
        has_metadata: verified.has_metadata,
        regions,
    };
    Report::new("verify", program, summary, findings, OperationResult::Verify(result))
}
