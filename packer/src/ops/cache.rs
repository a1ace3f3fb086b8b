//! The cache, as far as it cannot be used: it is dropped with one note and never stands in the way of anything.

use super::Context;
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::{DiskErrorKind, Kind};
use crate::path::PortablePath;
use crate::schema::cache;
use crate::trust::{Limit, admit_stream, refusal};

/// Why the cache is not used, if one is there. Writes nothing.
pub(super) fn look(context: &Context<'_>) -> Option<Diagnostic> {
    let dropped = |path: &PortablePath, why: &str| {
        Diagnostic::new(Code::CacheDropped, format!("the cache cannot be used and is dropped: {why}"))
            .at(path.as_str())
            .help("nothing has to be done; without it a build takes longer and gives the same")
    };
    let path = current();
    let usable = match context.disk.open(&path) {
        Ok(file) => admit_stream(file, Limit::CacheBytes, &context.limits)
            .map_err(|finding| finding.message)
            .and_then(|stream| cache::check(stream, &context.windows)),
        Err(error) if error.kind == DiskErrorKind::NotFound => Ok(()),
        Err(error) => Err(refusal(&error).message),
    };
    match usable {
        Err(why) => Some(dropped(&path, &why)),
        Ok(()) => context.disk.metadata(&first()).ok().map(|_| dropped(&first(), "it is of version 1")),
    }
}

/// Removes what [`look`] noted, where it is a file. What cannot be removed now is noted again by the next command.
pub(super) fn discard(context: &Context<'_>, findings: &[Diagnostic]) {
    let Some(note) = findings.iter().find(|finding| finding.code == Code::CacheDropped) else { return };
    let remove = |path: &PortablePath| {
        let is_file = context.disk.metadata(path).is_ok_and(|found| found.kind == Kind::File);
        is_file && context.disk.remove_file(path).is_ok()
    };
    if note.path.as_deref() == Some(current().as_str()) {
        remove(&current());
    }
    if let Some(folder) = first().parent().filter(|_| remove(&first())) {
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
