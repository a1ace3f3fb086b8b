//! The cache as the commands meet it: what is known, and one note where it cannot be used. It never stands in the way of
//! anything.

use super::Context;
use crate::bank::{Recalled, circumstances, learn, recall};
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::{DiskErrorKind, Kind};
use crate::path::PortablePath;
use crate::schema::cache::{Assets, Facts, Roots};
use crate::trust::{Limit, Stream, admit_stream, refusal};
use crate::workspace::{Remembered, Workspace};

/// Whether a command believes what the last build learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Belief {
    /// As far as it still holds.
    Cache,
    /// Not at all.
    Nothing,
}

/// The cache of a project, as far as it was read.
pub(super) struct Cache {
    belief: Belief,
    /// Whether a file is there, of whatever worth.
    pub(super) is_there: bool,
    left: Left,
    refused: Option<String>,
}

/// What is left to be read.
enum Left {
    Roots(Roots),
    Assets(Assets),
    Facts(Facts),
    Nothing,
}

impl Cache {
    /// Opens it, if it is to be believed. Writes nothing.
    pub(super) fn open(context: &Context<'_>, belief: Belief) -> Cache {
        let opened = match belief {
            Belief::Cache => open(context),
            Belief::Nothing => Ok(None),
        };
        let mut cache = Cache { belief, is_there: !matches!(opened, Ok(None)), left: Left::Nothing, refused: None };
        let of = circumstances(&context.limits, &context.windows);
        let read = |stream| Roots::open(stream, &context.windows, &of);
        let roots = opened.and_then(|stream| stream.map_or(Ok(None), read));
        if let Some(Some(roots)) = cache.or_refuse(roots) {
            cache.left = Left::Roots(roots);
        }
        cache
    }

    /// What it knows of the roots; to be asked first.
    pub(super) fn roots(&mut self) -> Remembered {
        let mut remembered = Remembered::default();
        let Left::Roots(roots) = self.take() else { return remembered };
        let read = roots.read(|root| remembered.keep(root));
        match self.or_refuse(read) {
            Some(assets) => self.left = Left::Assets(assets),
            None => remembered = Remembered::default(),
        }
        remembered
    }

    /// What it knows of the assets of this workspace; to be asked then.
    pub(super) fn assets(&mut self, context: &Context<'_>, workspace: &Workspace) -> Recalled {
        let Left::Assets(assets) = self.take() else { return Recalled::default() };
        let read = recall(workspace, context.disk, &context.limits, assets);
        let Some((recalled, facts)) = self.or_refuse(read) else { return Recalled::default() };
        self.left = Left::Facts(facts);
        recalled
    }

    /// Adds what it knows of what was made of their inputs; where that cannot be read nothing is known but the keys.
    pub(super) fn facts(&mut self, context: &Context<'_>, workspace: &Workspace, recalled: &mut Recalled) {
        let Left::Facts(facts) = self.take() else { return };
        let read = learn(recalled, workspace, context.disk, &context.limits, facts);
        if self.or_refuse(read).is_none() {
            *recalled = Recalled { keys: std::mem::take(&mut recalled.keys), ..Recalled::default() };
        }
    }

    /// Why it is not used, if it cannot be.
    pub(super) fn note(&self, context: &Context<'_>, workspace: &Workspace) -> Option<Diagnostic> {
        if self.belief == Belief::Nothing || workspace.registry.is_none() {
            return None;
        }
        match &self.refused {
            Some(why) => Some(dropped(&current(), why)),
            None => first_is_there(context).then(|| dropped(&first(), "it is of version 1")),
        }
    }

    fn take(&mut self) -> Left {
        std::mem::replace(&mut self.left, Left::Nothing)
    }

    fn or_refuse<T>(&mut self, read: Result<T, String>) -> Option<T> {
        read.map_err(|why| self.refused = Some(why)).ok()
    }
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
