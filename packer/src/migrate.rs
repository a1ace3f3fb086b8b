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
use std::ops::Range;
use std::sync::{Arc, LazyLock, OnceLock};

/// The warning for files of one version. A hundred thousand of them share its texts.
struct Pending {
    /// The first step that they need.
    step: &'static Step,
    /// Without the file.
    finding: Diagnostic,
    /// The line with the version in the first of them; in nearly all of them.
    line: OnceLock<Arc<str>>,
}

static PENDING: LazyLock<Vec<Pending>> = LazyLock::new(|| {
    let pending = |step: &'static Step| {
        let (name, from, to) = (step.artifact.name(), step.from, step.artifact.written());
        let message = format!("{name} has version {from}; it was read as version {to}");
        let finding = Diagnostic::new(Code::MigrationPending, message)
            .help_to_run("run `{program} migrate` to see what changes, and `{program} migrate --apply` to write it")
            .number("from", from)
            .number("to", to);
        Pending { step, finding, line: OnceLock::new() }
    };
    steps::ALL.iter().map(pending).collect()
});

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
    /// What kind of file it is.
    #[must_use]
    pub fn artifact(&self) -> Artifact {
        self.artifact
    }

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
        let first = self.steps.first()?;
        let pending = PENDING.iter().find(|pending| std::ptr::eq(pending.step, *first))?;
        let finding = pending.finding.clone().at(&self.path);
        let Some(version) = self.tree.root().member("schema_version") else { return Some(finding) };
        let mut place = version.place();
        let line = pending.line.get_or_init(|| Arc::clone(&place.line_text));
        if *line == place.line_text {
            place.line_text = Arc::clone(line);
        }
        Some(finding.on(place))
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
    let steps: Vec<_> = steps_through(artifact, from..version).collect();
    let mut tree = envelope.into_tree();
    for step in &steps {
        tree = take(step, tree, known).map_err(|fault| fault.diagnostic(step, &path))?;
    }
    Ok(Migrated { artifact, path, tree, from, steps })
}

/// Brings a text of version `from` forward for which [`to_current`] did it before, with the same `known`.
pub(crate) fn again(text: &str, artifact: Artifact, from: u16, known: &Known) -> Tree {
    let tree = Tree::known_to_parse(text.to_owned());
    let taken = steps_through(artifact, from..artifact.written()).try_fold(tree, |tree, step| take(step, tree, known));
    // Whatever came in the way now would have come in the way then.
    taken.unwrap_or_else(|_| Tree::known_to_parse(text.to_owned()))
}

/// The steps for the files of one kind that lead on from `versions`, oldest first.
pub fn steps_through(artifact: Artifact, versions: Range<u16>) -> impl Iterator<Item = &'static Step> {
    steps::ALL.iter().filter(move |step| step.artifact == artifact && versions.contains(&step.from))
}

/// What one step makes of a file.
fn take(step: &Step, tree: Tree, known: &Known) -> Result<Tree, StepFault> {
    let edits = (step.run)(&tree, known)?;
    let stamped = tree.root().member("schema_version").map(|node| node.range());
    let stamp = stamped.map(|range| Edit { range, text: (step.from + 1).to_string() });
    Ok(edit::apply(tree, edits.into_iter().chain(stamp).collect()))
}
