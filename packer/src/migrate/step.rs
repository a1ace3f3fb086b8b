//! What a migration step is: one version forward, for one kind of file.

use super::Edit;
use crate::diagnostic::{Code, Diagnostic};
use crate::envelope::{Artifact, Tree};
use crate::span::Place;

/// One version forward.
#[derive(Debug)]
pub struct Step {
    /// Which kind of file.
    pub artifact: Artifact,
    /// The version before; the step leads to the next one.
    pub from: u16,
    /// The stable name.
    pub name: &'static str,
    /// What it changes, as a sentence for the user.
    pub text: &'static str,
    /// Finds the edits. It must not change `schema_version`; that is done for every step alike.
    pub run: fn(&Tree, &Known) -> Result<Vec<Edit>, StepFault>,
}

/// What a step may know beyond the file itself.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The uuid that the registry holds for a declaration's root, in its text form.
    pub asset_uuid: Option<String>,
}

/// Why a step could not be taken; the file stays as it is.
#[derive(Debug)]
pub struct StepFault {
    /// The member, as `output.codec`.
    pub key: &'static str,
    /// What is wrong with it.
    pub why: String,
    /// Where it stands.
    pub place: Place,
}

impl StepFault {
    pub(super) fn diagnostic(self, step: &Step, path: &str) -> Diagnostic {
        let message = format!("step `{}` cannot bring `{}` forward: {}", step.name, self.key, self.why);
        Diagnostic::new(Code::MigrationStepFailed, message)
            .at(path)
            .on(self.place)
            .help("correct this member by hand; the file was left as it is")
            .text("step", step.name)
            .text("key", self.key)
    }
}
