//! What a transaction did to files and folders, turned round: the last change first, each only where the project is still
//! as that change left it.

use super::super::scene::root_of;
use super::super::{Scene, blocker};
use super::with_ids_used;
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::Digest;
use crate::disk::DiskErrorKind;
use crate::emit::{TransactionFolder, read_control_file};
use crate::path::PortablePath;
use crate::plan::{Content, MutationPlan, Replacement, Step};
use crate::schema::journal::{Change, Original};
use crate::trust::refusal;

/// A plan as it turns changes round.
pub(super) struct Inverse<'a, 's> {
    pub(super) scene: &'a Scene<'s>,
    /// The transaction that is undone.
    pub(super) folder: &'a TransactionFolder,
    /// The transaction that will undo it.
    pub(super) own: TransactionFolder,
    pub(super) plan: MutationPlan,
    /// Whether the registry is as the transaction left it, so that it comes back whole, roots inside roots and all.
    pub(super) is_untouched: bool,
}

pub(super) fn conflict(path: &PortablePath, message: impl AsRef<str>) -> Diagnostic {
    blocker(Code::PlanConflict, message, path.as_str(), "undo the later change first, or leave both as they are")
}

fn is_kept(path: &PortablePath) -> bool {
    path.below(&PortablePath::control().own("txn")).is_some()
}

impl Inverse<'_, '_> {
    /// Turns round the change that was number `at`.
    pub(super) fn add(&mut self, at: usize, change: &Change) -> Result<(), Diagnostic> {
        match change {
            Change::File { path, before, after } => self.file(path, before.as_ref(), *after),
            Change::Move { from, to } => self.moved(at, from, to),
            Change::MakeFolder(path) => self.made_folder(path),
            Change::RemoveFolder(path) => {
                if !self.scene.is_there(path)? {
                    self.plan.note("create", path, "folder");
                    self.plan.steps.push(Step::MakeFolder(path.clone()));
                }
                Ok(())
            }
        }
    }

    fn conflict(&mut self, path: &PortablePath, message: impl AsRef<str>) {
        self.plan.findings.push(conflict(path, message));
    }

    fn file(
        &mut self,
        path: &PortablePath,
        before: Option<&Original>,
        after: Option<Digest>,
    ) -> Result<(), Diagnostic> {
        let disk = self.scene.context.disk;
        let found = read_control_file(disk, path, &self.scene.context.limits)?;
        if found.as_deref().map(Digest::of) != after {
            self.conflict(path, format!("the file was changed after {}", self.folder.id()));
            return Ok(());
        }
        let mut original = match before {
            Some(Original::Slice { digest, offset, bytes }) => {
                Some(self.folder.original(disk, *digest, *offset, *bytes)?)
            }
            _ => None,
        };
        if *path == PortablePath::control().own("index.json") {
            original = original.map(|bytes| with_ids_used(self.scene, bytes));
        }
        if original == found {
            return Ok(());
        }
        let verb = match (&original, after) {
            (None, _) => "delete",
            (Some(_), None) => "create",
            (Some(_), Some(_)) => "rewrite",
        };
        self.plan.note(verb, path, "as it was before");
        self.plan.steps.push(Step::Replace(Replacement {
            path: path.clone(),
            before: after,
            after: original.map(Content::from),
        }));
        Ok(())
    }

    fn moved(&mut self, at: usize, from: &PortablePath, to: &PortablePath) -> Result<(), Diagnostic> {
        let scene = self.scene;
        if !scene.is_there(to)? {
            self.conflict(to, format!("what {} moved is not there any more", self.folder.id()));
            return Ok(());
        }
        if is_kept(from) {
            // It was kept by a transaction that is over; now this one keeps it.
            return scene.move_root(&mut self.plan, "delete", to, self.own.kept_root(at));
        }
        if scene.is_there(from)? {
            // A build has made another cache since, which is as good as the one that could not be used.
            let is_cache = from.below(&PortablePath::control()).is_some_and(|name| name.starts_with("cache"));
            if !is_cache {
                self.conflict(from, "something else lies there now");
            }
            return Ok(());
        }
        let may_nest = |finding: &Diagnostic| self.is_untouched && finding.code == Code::RegistryNestedRoot;
        if let Some(root) = root_of(from)
            && let Err(finding) = (scene.root(root, root_of(to)).map(|_| ()))
                .or_else(|finding| if may_nest(&finding) { Ok(()) } else { Err(finding) })
                .and_then(|()| scene.make_way(&mut self.plan, from))
        {
            self.conflict(from, finding.message);
            return Ok(());
        }
        scene.move_root(&mut self.plan, if is_kept(to) { "create" } else { "move" }, to, from.clone())
    }

    /// A folder that is in use by now stays.
    fn made_folder(&mut self, path: &PortablePath) -> Result<(), Diagnostic> {
        let entries = match self.scene.context.disk.read_dir(path) {
            Ok(entries) => entries,
            Err(error) if error.kind == DiskErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(refusal(&error)),
        };
        if entries.iter().all(|entry| entry.name.as_deref().is_ok_and(|name| self.takes_away(&path.own(name)))) {
            self.plan.note("delete", path, "folder");
            self.plan.steps.push(Step::RemoveFolder(path.clone()));
        }
        Ok(())
    }

    fn takes_away(&self, path: &PortablePath) -> bool {
        self.plan.steps.iter().any(|step| match step {
            Step::Move { from, .. } => from == path,
            Step::Replace(Replacement { path: gone, after: None, .. }) | Step::RemoveFolder(gone) => gone == path,
            _ => false,
        })
    }
}
