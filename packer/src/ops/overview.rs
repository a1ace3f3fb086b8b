//! `overview`: all that a page about a project shows. The findings of the doctor, the archive that was published last,
//! verified before anything in it is believed, and how the project differs from it by now.

mod changes;
#[cfg(test)]
mod tests;

use super::doctor;
use super::{Context, Scope};
use crate::bank::Recalled;
use crate::diagnostic::Diagnostic;
use crate::disk::DiskErrorKind;
use crate::path::PortablePath;
use crate::report::Report;
use crate::schema::archive::Contents;
use crate::trust::refusal;
use crate::workspace::Workspace;
pub use changes::{Altered, Change, ChangeKind};

/// What is known of a project and of its archive.
pub struct Overview {
    /// What [`doctor`](super::doctor()) says of what is registered.
    pub doctor: Report,
    /// Whether the registry could be read and nothing was left unsettled, so that only single assets may be wrong.
    pub is_readable: bool,
    /// The archive.
    pub archive: Published,
    /// How the project differs from the archive, ascending by id; `None` where one of them cannot be read.
    pub changes: Option<Vec<Change>>,
}

/// The archive of a project, `build/assets.pa`.
pub enum Published {
    /// There is none.
    Missing,
    /// Something else lies there, or an archive that no build could have written: what `verify` finds.
    Refused(Vec<Diagnostic>),
    /// Nothing is wrong with it.
    Whole(Box<Contents>),
}

/// Examines the project as the doctor does, verifies its archive, and compares the two. Writes nothing but to settle what
/// was cut short.
#[must_use]
pub fn overview(context: &Context<'_>) -> Overview {
    let (mut archive, mut changes) = (Published::Missing, None);
    let mut has_registry = false;
    let mut compare = |workspace: &Workspace, recalled: &Recalled| {
        has_registry = workspace.registry.is_some();
        archive = published(context);
        changes = match &mut archive {
            Published::Whole(contents) if has_registry => {
                Some(changes::since(context, changes::Looked { workspace, recalled }, contents))
            }
            _ => None,
        };
    };
    let (doctor, is_settled) = doctor::examined(context, Scope::Registered, Some(&mut compare));
    Overview { doctor, is_readable: has_registry && is_settled, archive, changes }
}

fn published(context: &Context<'_>) -> Published {
    let file = match context.disk.open(&PortablePath::build().own("assets.pa")) {
        Ok(file) => file,
        Err(error) if error.kind == DiskErrorKind::NotFound => return Published::Missing,
        Err(error) => return Published::Refused(vec![refusal(&error)]),
    };
    let mut findings = Vec::new();
    match Contents::open(file, &context.limits, &context.windows, &mut findings) {
        Some(contents) => Published::Whole(Box::new(contents)),
        None => Published::Refused(findings),
    }
}
