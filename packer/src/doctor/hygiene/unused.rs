//! Files in registered roots that no declaration names.

use super::sieve::Sieve;
use super::walk::RootFile;
use super::warning;
use crate::diagnostic::{Code, Diagnostic};
use crate::workspace::{Asset, Workspace};
use std::collections::HashSet;

/// From this size on a file is large, in bytes: what everybody who clones the project notices.
const LARGE_BYTES: u64 = 1024 * 1024;

/// Looks at roots of which it is known what they need; `findings` are those of loading.
pub(super) fn check(workspace: &Workspace, files: &[RootFile], findings: &[Diagnostic], sieve: &mut Sieve<'_>) {
    let in_doubt: HashSet<&str> =
        findings.iter().filter(|finding| hides_inputs(finding.code)).filter_map(path).collect();
    let is_understood = |asset: &Asset| {
        let path = asset.declaration_path();
        asset.declaration.is_some() && path.is_some_and(|path| !in_doubt.contains(path.as_str()))
    };
    let understood: Vec<bool> = workspace.assets.iter().map(is_understood).collect();
    for file in files.iter().filter(|file| !file.is_input && understood[file.asset]) {
        let asset = &workspace.assets[file.asset].reference;
        let (code, message) = match file.is_regular {
            true if file.bytes >= LARGE_BYTES => {
                (Code::HygieneLargeUnusedFile, format!("{} bytes, and no declaration names this file", file.bytes))
            }
            true => (Code::HygieneUnusedFile, "no declaration names this file".to_owned()),
            false => (Code::HygieneUnusedFile, "no regular file, and no declaration names it".to_owned()),
        };
        sieve.take(code, file.path.as_str(), || {
            warning(code, file.path.as_str(), &message)
                .of(asset)
                .help("add it to `inputs`, delete it, or allow it in `assets/.prometeu/doctor.toml`")
                .number("bytes", file.bytes)
        });
    }
}

fn path(finding: &Diagnostic) -> Option<&str> {
    finding.path.as_deref()
}

/// Whether a declaration with such a finding may name inputs that were not understood.
fn hides_inputs(code: Code) -> bool {
    let about_members = [Code::DeclarationInvalid, Code::DeclarationUnknownType, Code::DeclarationUnknownRole];
    about_members.contains(&code) || code.family() == "trust"
}
