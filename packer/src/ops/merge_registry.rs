//! `merge-registry`: merges a registry for version control, which calls it with three files and takes the second one as
//! the result. It knows no project: the files lie wherever version control put them.

use crate::diagnostic::{Code, Diagnostic};
use crate::disk::{DiskError, DiskErrorKind, RawFile};
use crate::emit::writing;
use crate::envelope::{Artifact, Envelope, Tree, Windows};
use crate::migrate::{self, Known};
use crate::report::{OperationResult, Report};
use crate::schema::{Claim, Merged, merge_registries};
use crate::trust::{self, Admitted, Limit, Limits, refusal};
use crate::workspace::admit_registry;

/// The three files, opened wherever they lie.
pub struct Versions {
    /// What both branches began with; empty where each made a registry of its own.
    pub base: Result<RawFile, DiskError>,
    /// This branch's; the result goes there.
    pub ours: Result<RawFile, DiskError>,
    /// The other branch's.
    pub theirs: Result<RawFile, DiskError>,
}

/// Merges, and hands the text that is to stand in the place of this branch's file to `write`. What cannot be merged is
/// left there between marks, so that nothing of either side is lost and nobody takes it for a registry.
#[must_use]
pub fn merge_registry(
    versions: Versions,
    write: &dyn Fn(&[u8]) -> Result<(), DiskError>,
    limits: &Limits,
    windows: &Windows,
    program: &str,
) -> Report {
    let report = |summary: &str, findings: Vec<Diagnostic>| {
        Report::new("merge-registry", program, summary, findings, OperationResult::Nothing)
    };
    let unread = "nothing was merged: a file could not be read";
    let sides =
        [("the common ancestor", versions.base), ("this branch", versions.ours), ("the other branch", versions.theirs)];
    let mut admitted = Vec::new();
    for (side, file) in sides {
        let read = file.map_err(|error| unopened(&error));
        match read.and_then(|file| trust::admit(file, Limit::ControlFileBytes, limits)) {
            Ok(file) => admitted.push((side, file)),
            Err(finding) => return report(unread, vec![of(side, finding)]),
        }
    }
    let [base, ours, theirs]: [(&str, Admitted); 3] = admitted.try_into().expect("three were read");
    let whole = beside(ours.1.bytes(), theirs.1.bytes());
    match merge([base, ours, theirs], windows) {
        Ok(merged) => {
            if let Err(error) = write(merged.text.as_bytes()) {
                return report("the result could not be written", vec![writing(&error)]);
            }
            match merged.conflicts.len() {
                0 if merged.contested.is_empty() => report("the registry is merged", Vec::new()),
                0 => report("the registry is merged, and entries of both branches claim the same", contested(&merged)),
                _ => report("the registry is merged but for what both branches changed", conflicts(&merged)),
            }
        }
        Err(finding) => match write(&whole) {
            Ok(()) => report("nothing could be merged; both registries stand between marks", vec![finding]),
            Err(error) => report("nothing could be merged or written", vec![finding, writing(&error)]),
        },
    }
}

/// Takes the files through their stages and merges them. Where one branch has a newer version, the others are brought
/// there in memory; two old ones stay old, for only a migration writes upgraded files.
fn merge(files: [(&'static str, Admitted); 3], windows: &Windows) -> Result<Merged, Diagnostic> {
    let [(base_side, base), ours, theirs] = files;
    let open = |(side, file): (&'static str, Admitted)| {
        admit_registry(file, windows).map(|opened| (side, opened)).map_err(|finding| of(side, finding))
    };
    let (ours, theirs) = (open(ours)?, open(theirs)?);
    let base = if base.bytes().is_empty() { None } else { Some(open((base_side, base))?) };
    let is_old = ours.1.version() == theirs.1.version() && ours.1.version() < Artifact::Registry.written();
    let tree = |(side, file): (&'static str, Envelope)| -> Result<Tree, Diagnostic> {
        if is_old {
            return Ok(file.into_tree());
        }
        let migrated = migrate::to_current(file, &Known::default()).map_err(|finding| of(side, finding))?;
        Ok(migrated.into_tree())
    };
    let (base, ours, theirs) = (base.map(tree).transpose()?, tree(ours)?, tree(theirs)?);
    merge_registries(base.as_ref(), &ours, &theirs).map_err(|side| {
        let message = format!("the registry of {side} has no list `assets`");
        Diagnostic::new(Code::RegistryInvalid, message).help("repair it there, and merge again")
    })
}

/// A file that was never there was not named right.
fn unopened(error: &DiskError) -> Diagnostic {
    match error.kind {
        DiskErrorKind::NotFound => Diagnostic::new(Code::UsageArguments, "there is no such file")
            .at(&error.path)
            .help("give the three files in the order BASE OURS THEIRS; version control makes them"),
        _ => refusal(error),
    }
}

/// Says whose file it is: its name is one that version control made up.
fn of(side: &str, mut finding: Diagnostic) -> Diagnostic {
    finding.message = format!("in the registry of {side}: {}", finding.message).into();
    finding
}

fn conflicts(merged: &Merged) -> Vec<Diagnostic> {
    let finding = |what: &String| {
        let help = "choose between the marks in the file, then look at it with `{program} doctor`";
        Diagnostic::new(Code::RegistryInvalid, format!("both branches changed {what}")).help_to_run(help)
    };
    merged.conflicts.iter().map(finding).chain(contested(merged)).collect()
}

/// The merge itself is done; `doctor` blocks until somebody decides.
fn contested(merged: &Merged) -> Vec<Diagnostic> {
    let finding = |(claim, value, claimants): &(Claim, String, Vec<String>)| {
        let (code, what) = match claim {
            Claim::Id => (Code::RegistryDuplicateId, "id"),
            Claim::Uuid => (Code::RegistryDuplicateUuid, "uuid"),
            Claim::Root => (Code::RegistryDuplicateRoot, "root"),
        };
        let message = format!("the assets {} claim the {what} {value}", claimants.join(" and "));
        let mut finding = Diagnostic::new(code, message);
        finding.blocking = false;
        finding.help_to_run("both entries are kept; `{program} doctor` says what to do")
    };
    merged.contested.iter().map(finding).collect()
}

/// Both files whole, as git leaves what it cannot merge.
fn beside(ours: &[u8], theirs: &[u8]) -> Vec<u8> {
    let mut text = b"<<<<<<< ours\n".to_vec();
    for (content, end) in [(ours, &b"=======\n"[..]), (theirs, b">>>>>>> theirs\n")] {
        text.extend_from_slice(content);
        if !content.is_empty() && !content.ends_with(b"\n") {
            text.push(b'\n');
        }
        text.extend_from_slice(end);
    }
    text
}
