//! Brings the body of an old control file to the current version, in memory. What a step does is a list of edits to the
//! text, so that what is read here is exactly what a migration would write. Nothing touches the disk.

pub(crate) mod edit;
mod step;
mod steps;
#[cfg(test)]
mod tests;

pub use edit::Edit;
pub(crate) use edit::add_after;
pub use step::{Known, Step, StepFault};

use crate::diagnostic::{Code, Diagnostic};
use crate::envelope::shape::Shape;
use crate::envelope::{Artifact, Envelope, Tree};

/// Every step, by kind of file, oldest first.
#[must_use]
pub fn all_steps() -> &'static [Step] {
    steps::ALL
}

/// What files of outgoing versions look like, by kind of file, oldest first.
#[must_use]
pub fn outgoing_shapes() -> &'static [&'static Shape] {
    steps::OUTGOING
}

/// A control file whose body is of the current version.
///
/// Nothing but [`to_current`] makes one, and it takes nothing but what was opened:
///
/// ```compile_fail,E0308
/// use prometeu_packer::migrate::{Known, to_current};
/// let _ = to_current("{}".to_owned(), &Known::default());
/// ```
#[derive(Debug)]
pub struct Migrated {
    artifact: Artifact,
    path: String,
    tree: Tree,
    from: u16,
    steps: Vec<&'static Step>,
}

impl Migrated {
    /// Relative to the project.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The current body.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The version on disk.
    #[must_use]
    pub fn from(&self) -> u16 {
        self.from
    }

    /// The steps taken, oldest first; none when the file is current.
    #[must_use]
    pub fn steps(&self) -> &[&'static Step] {
        &self.steps
    }

    /// The warning that the file on disk is old, if it is.
    #[must_use]
    pub fn pending(&self) -> Option<Diagnostic> {
        if self.steps.is_empty() {
            return None;
        }
        let (name, written) = (self.artifact.name(), self.artifact.written());
        let message = format!("{name} has version {}; it was read as version {written}", self.from);
        let place = self.tree.root().member("schema_version").map(|node| node.place());
        let finding = Diagnostic::new(Code::MigrationPending, message)
            .at(&self.path)
            .help_to_run("run `{program} migrate` to see what changes, and `{program} migrate --apply` to write it")
            .number("from", self.from)
            .number("to", written);
        Some(match place {
            Some(place) => finding.on(place),
            None => finding,
        })
    }

    pub(crate) fn into_tree(self) -> Tree {
        self.tree
    }
}

/// Takes every step from the file's version to the current one.
///
/// # Errors
/// `migration/step-failed` with the step and the member that it could not bring forward.
pub fn to_current(envelope: Envelope, known: &Known) -> Result<Migrated, Diagnostic> {
    let written = envelope.artifact().written();
    to_version(envelope, written, known)
}

/// Takes every step from the file's version to `version`.
fn to_version(envelope: Envelope, version: u16, known: &Known) -> Result<Migrated, Diagnostic> {
    let (artifact, from, path) = (envelope.artifact(), envelope.version(), envelope.path().to_owned());
    let mut tree = envelope.into_tree();
    let mut taken = Vec::new();
    for step in steps::ALL.iter().filter(|step| step.artifact == artifact && (from..version).contains(&step.from)) {
        match (step.run)(&tree, known) {
            Ok(edits) => {
                let stamped = tree.root().member("schema_version").map(|node| node.range());
                let stamp = stamped.map(|range| Edit { range, text: (step.from + 1).to_string() });
                tree = edit::apply(tree, edits.into_iter().chain(stamp).collect());
                taken.push(step);
            }
            Err(fault) => return Err(fault.diagnostic(step, &path)),
        }
    }
    Ok(Migrated { artifact, path, tree, from, steps: taken })
}
