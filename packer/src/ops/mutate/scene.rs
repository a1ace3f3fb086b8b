//! What a mutation is planned from: the loaded workspace, its registry, and looks at the disk.

mod moving;
mod places;

use super::blocker;
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::DiskErrorKind;
use crate::envelope::{self, Artifact, Envelope};
use crate::ops::Context;
use crate::ops::fix::highest_known_id;
use crate::ops::show::find;
use crate::path::PortablePath;
use crate::plan::MutationPlan;
use crate::schema::journal::EntryChange;
use crate::schema::{Entry, Registry, identity_of};
use crate::trust::{self, Limit, refusal};
use crate::workspace::{Asset, Lookup, Roots, State, Workspace, keeps_registry};
pub(super) use moving::root_of;
use std::cell::OnceCell;

/// A loaded project that a mutation is planned for.
pub(in crate::ops) struct Scene<'a> {
    pub(in crate::ops) context: &'a Context<'a>,
    pub(in crate::ops) workspace: &'a Workspace,
    pub(in crate::ops) registry: &'a Registry,
    roots: OnceCell<Roots<'a>>,
    /// The assets by name, root and uuid.
    pub(in crate::ops) lookup: Lookup<'a>,
}

impl<'a> Scene<'a> {
    /// # Errors
    /// The registry could not be read, or somebody asked to stop.
    pub(in crate::ops) fn open(context: &'a Context<'a>, workspace: &'a Workspace) -> Result<Scene<'a>, Diagnostic> {
        // What was loaded after a request to stop is not the project.
        context.go_on()?;
        match &workspace.registry {
            Some(registry) => {
                let lookup = Lookup::of(&workspace.assets);
                Ok(Scene { context, workspace, registry, roots: OnceCell::new(), lookup })
            }
            None => {
                let why = workspace.findings.iter().find(|finding| finding.blocking);
                Err(why.cloned().unwrap_or_else(|| Diagnostic::new(Code::RegistryMissing, "there is no registry")))
            }
        }
    }

    /// The roots of the registry.
    fn roots(&self) -> &Roots<'a> {
        self.roots.get_or_init(|| Roots::of(self.registry.entries.iter().map(|entry| &*entry.root)))
    }

    pub(super) fn asset(&self, wanted: &str) -> Result<&'a Asset, Diagnostic> {
        find(&self.lookup, wanted)
    }

    /// The entry of a registered asset.
    pub(super) fn entry(&self, asset: &Asset) -> Option<&'a Entry> {
        let is_it = |entry: &&Entry| {
            Some(entry.asset_id) == asset.asset_id()
                && Some(entry.asset_uuid) == asset.asset_uuid
                && *entry.root == *asset.reference.root
        };
        self.registry.entries.iter().rev().find(is_it).filter(|_| asset.state == State::Registered)
    }

    /// The entry's text, or that the asset has none.
    pub(super) fn line(&self, asset: &Asset) -> Result<String, Diagnostic> {
        let line = self.entry(asset).and_then(|entry| self.registry.draft().line_of(entry));
        line.ok_or_else(|| {
            let message = format!("`{}` is not registered", asset.reference.root);
            blocker(Code::PlanBlocked, message, &self.path_of(asset), "register it first, or adopt it")
        })
    }

    /// Whether something lies at `path`.
    ///
    /// # Errors
    /// It cannot be looked for; it may be there.
    pub(super) fn is_there(&self, path: &PortablePath) -> Result<bool, Diagnostic> {
        match self.context.disk.metadata(path) {
            Ok(_) => Ok(true),
            Err(error) if error.kind == DiskErrorKind::NotFound => Ok(false),
            Err(error) => Err(refusal(&error)),
        }
    }

    /// The folder of an asset, if it is there.
    pub(super) fn folder_of<'s>(&self, asset: &'s Asset) -> Result<Option<&'s PortablePath>, Diagnostic> {
        match &asset.folder {
            Some(folder) if self.is_there(folder)? => Ok(Some(folder)),
            _ => Ok(None),
        }
    }

    pub(super) fn path_of(&self, asset: &Asset) -> String {
        asset.folder.as_ref().map_or_else(|| asset.reference.root.to_string(), ToString::to_string)
    }

    /// Rewrites the registry, if it can be.
    pub(in crate::ops) fn edit_registry(&self, plan: &mut MutationPlan, entries: Vec<EntryChange>, next: Option<u64>) {
        let index = PortablePath::control().own("index.json");
        if self.registry.from < Artifact::Registry.written() {
            let message = format!("the registry has version {} and would have to be rewritten", self.registry.from);
            let help = "bring the project forward first: `{program} migrate`";
            plan.findings.push(blocker(Code::MigrationPending, message, index.as_str(), help));
        }
        plan.findings.extend(self.workspace.findings.iter().filter(|finding| keeps_registry(finding)).cloned());
        let name_at = |root: &str| self.lookup.at_root(root).next()?.reference.name.as_deref().map(str::to_owned);
        // An entry that comes back may have an id that the allocator does not know of.
        let ids = entries.iter().filter_map(|change| identity_of(change.after.as_deref()?)).map(|(id, ..)| id);
        let above = ids.max().map(|id| u64::from(id) + 1);
        let behind = above.filter(|above| self.registry.next_asset_id.is_some_and(|next| u64::from(next) < *above));
        plan.edit_registry(self.registry, entries, next.max(behind), &name_at);
    }

    /// The id that the next asset gets, and what `next_asset_id` becomes.
    pub(super) fn next_id(&self, plan: &mut MutationPlan) -> (u32, u64) {
        let behind = self.workspace.findings.iter().find(|finding| finding.code == Code::RegistryAllocatorBehind);
        plan.findings.extend(behind.cloned());
        let mut next = self.registry.next_asset_id.unwrap_or(1);
        if self.registry.entries.is_empty() {
            // It may have lost them, and what it handed out with them.
            let (known, seen) = highest_known_id(self.context);
            next = next.max(known.saturating_add(1));
            plan.depends.extend(seen);
        }
        if next > crate::schema::registry::ASSET_ID_MAX {
            let message = "every asset id was handed out";
            let path = PortablePath::control().own("index.json");
            let help = "ids are never reused; start a new registry for new assets";
            plan.findings.push(blocker(Code::RegistryAllocatorExhausted, message, path.as_str(), help));
        }
        (next, u64::from(next) + 1)
    }

    /// Opens a declaration that is about to be rewritten.
    pub(in crate::ops) fn declaration(&self, asset: &Asset) -> Result<(PortablePath, Envelope), Diagnostic> {
        let path = asset.declaration_path().ok_or_else(|| {
            blocker(Code::PlanBlocked, "its folder cannot be named", &asset.reference.root, "correct the root")
        })?;
        let file = self.context.disk.open(&path).map_err(|error| refusal(&error))?;
        let admitted = trust::admit(file, Limit::DeclarationBytes, &self.context.limits)?;
        let envelope = envelope::open(admitted, Artifact::Declaration, &self.context.windows)?;
        if envelope.version() < Artifact::Declaration.written() {
            let message = format!("the declaration has version {} and would have to be rewritten", envelope.version());
            let help = "bring the project forward first: `{program} migrate`";
            return Err(blocker(Code::MigrationPending, message, path.as_str(), help));
        }
        Ok((path, envelope))
    }
}
