//! The cache as the commands meet it: what is known, and one note where it cannot be used. It never stands in the way of
//! anything.

use super::Context;
use crate::bank::{Recalled, recall};
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::{DiskErrorKind, Kind};
use crate::path::PortablePath;
use crate::trust::{Limit, Stream, admit_stream, refusal};
use crate::workspace::Workspace;

/// Whether a command believes what the last build learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Belief {
    /// As far as it still holds.
    Cache,
    /// Not at all.
    Nothing,
}

/// What is known of the workspace, and why the cache is not used, if one is there. Writes nothing.
pub(super) fn look(context: &Context<'_>, workspace: &Workspace, belief: Belief) -> (Recalled, Option<Diagnostic>) {
    let opened = match belief {
        Belief::Cache if workspace.registry.is_some() => open(context),
        _ => Ok(None),
    };
    let (stream, refused) = match opened {
        Ok(stream) => (stream, None),
        Err(why) => (None, Some(why)),
    };
    let (recalled, why) = recall(workspace, context.disk, &context.limits, &context.windows, stream);
    let note = match refused.or(why) {
        Some(why) => Some(dropped(&current(), &why)),
        None if belief == Belief::Nothing || workspace.registry.is_none() => None,
        None => first_is_there(context).then(|| dropped(&first(), "it is of version 1")),
    };
    (recalled, note)
}

fn open(context: &Context<'_>) -> Result<Option<Stream>, String> {
    match context.disk.open(&current()) {
        Ok(file) => admit_stream(file, Limit::CacheBytes, &context.limits)
            .map(Some)
            .map_err(|finding| finding.message.to_string()),
        Err(error) if error.kind == DiskErrorKind::NotFound => Ok(None),
        Err(error) => Err(refusal(&error).message.to_string()),
    }
}

/// Whether there is one, of whatever worth.
pub(super) fn is_there(context: &Context<'_>) -> bool {
    context.disk.metadata(&current()).is_ok()
}

fn first_is_there(context: &Context<'_>) -> bool {
    context.disk.metadata(&first()).is_ok()
}

fn dropped(path: &PortablePath, why: &str) -> Diagnostic {
    Diagnostic::new(Code::CacheDropped, format!("the cache cannot be used and is dropped: {why}"))
        .at(path.as_str())
        .help("nothing has to be done; without it a build takes longer and gives the same")
}

/// Removes the first version's file, where it is one: a build writes the current one over what it cannot use. What cannot
/// be removed now is noted again by the next command.
pub(super) fn discard(context: &Context<'_>, findings: &[Diagnostic]) {
    if !findings.iter().any(|finding| finding.code == Code::CacheDropped) {
        return;
    }
    let is_file = context.disk.metadata(&first()).is_ok_and(|found| found.kind == Kind::File);
    if let Some(folder) = first().parent().filter(|_| is_file && context.disk.remove_file(&first()).is_ok()) {
        // Fails where something else lies in it, as it should.
        let _ = context.disk.remove_dir(&folder);
    }
}

fn current() -> PortablePath {
    PortablePath::control().own("cache.json")
}

/// Where version 1 lay.
fn first() -> PortablePath {
    PortablePath::control().own("cache").own("fingerprints.json")
}
