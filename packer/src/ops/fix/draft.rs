//! Repairs as they add up: texts that are rewritten, files to come, entries of the registry that change. Several of them
//! may change one file; one plan comes of them all. Nothing is written here.

use super::evidence::Evidence;
use super::patient::{Patient, index};
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::{Digest, Hasher};
use crate::emit::TransactionFolder;
use crate::ops::mutate::{Fresh, Scene, blocker};
use crate::path::PortablePath;
use crate::plan::{Class, MutationPlan, PlannedChange, Replacement, Step};
use crate::schema::journal::EntryChange;
use crate::schema::{Entry, registry::ASSET_ID_MAX};
use crate::trust::{self, Limit, refusal};
use crate::workspace::Asset;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use uuid::Uuid;

/// Repairs, not yet a plan.
pub(super) struct Draft<'p, 'a> {
    pub(super) patient: &'p Patient<'a>,
    pub(super) fresh: &'p Fresh<'p>,
    /// Names, uuids and roots that repairs have given already.
    pub(super) names: BTreeSet<String>,
    pub(super) uuids: BTreeSet<Uuid>,
    pub(super) roots: BTreeSet<String>,
    /// Ids that assets got back.
    ids: BTreeSet<u32>,
    texts: BTreeMap<PortablePath, Rewritten>,
    folders: BTreeSet<PortablePath>,
    /// Files that come, and whatever moves or goes, in this order.
    others: Vec<Step>,
    entries: Vec<EntryChange>,
    next: Option<u64>,
    is_registry_laid_out: bool,
    plan: MutationPlan,
    skipped: Vec<Diagnostic>,
}

/// A declaration that changes.
struct Rewritten {
    before: Digest,
    text: String,
}

impl<'p, 'a> Draft<'p, 'a> {
    pub(super) fn of(patient: &'p Patient<'a>, fresh: &'p Fresh<'p>) -> Draft<'p, 'a> {
        Draft {
            patient,
            fresh,
            names: BTreeSet::new(),
            uuids: BTreeSet::new(),
            roots: BTreeSet::new(),
            ids: BTreeSet::new(),
            texts: BTreeMap::new(),
            folders: BTreeSet::new(),
            others: Vec::new(),
            entries: Vec::new(),
            next: None,
            is_registry_laid_out: false,
            plan: MutationPlan::new("fix", Class::Registry),
            skipped: Vec::new(),
        }
    }

    /// The project with its registry.
    pub(super) fn scene(&self) -> Result<&'p Scene<'a>, Diagnostic> {
        self.patient.scene.as_ref().map_err(Clone::clone)
    }

    /// Whether a name belongs to a registered asset other than the one at `own_root`, or was given by another repair.
    pub(super) fn is_taken(&self, name: &str, own_root: &str) -> bool {
        self.names.contains(name) || self.scene().is_ok_and(|scene| scene.named(name, own_root).is_some())
    }

    /// Path and text of a declaration that is to be rewritten, as other repairs have left it.
    ///
    /// # Errors
    /// It is of an old version, or cannot be read.
    pub(super) fn text(&self, asset: &Asset) -> Result<(PortablePath, String), Diagnostic> {
        if let Some((path, rewritten)) = asset.declaration_path().and_then(|path| self.texts.get_key_value(&path)) {
            return Ok((path.clone(), rewritten.text.clone()));
        }
        let (path, envelope) = self.scene()?.declaration(asset)?;
        Ok((path, envelope.tree().text().to_owned()))
    }

    /// Gives a declaration, whose text is `before`, another one.
    pub(super) fn rewrite(&mut self, path: &PortablePath, before: &str, text: String, detail: impl Into<String>) {
        self.plan.note("rewrite", path, detail);
        self.plan.class = Class::Workspace;
        let fresh = || Rewritten { before: Digest::of(before.as_bytes()), text: String::new() };
        self.texts.entry(path.clone()).or_insert_with(fresh).text = text;
    }

    /// The text of a file as other repairs have left it, if they changed it.
    pub(super) fn rewritten(&self, path: &PortablePath) -> Option<&str> {
        self.texts.get(path).map(|rewritten| rewritten.text.as_str())
    }

    /// Takes over a plan that was made by itself, whole or not at all.
    ///
    /// # Errors
    /// What stands in its way.
    pub(super) fn take(&mut self, mut other: MutationPlan) -> Result<(), Diagnostic> {
        if let Some(at) = other.findings.iter().position(|finding| finding.blocking) {
            return Err(other.findings.swap_remove(at));
        }
        // The registry is rewritten once, for all.
        let is_other = |step: &Step| !matches!(step, Step::Replace(replacement) if replacement.path == index());
        self.others.extend(other.steps.into_iter().filter(is_other));
        self.entries.extend(other.entries);
        self.plan.class = Class::Workspace;
        self.plan.workspace.extend(other.workspace);
        self.plan.depends.extend(other.depends);
        self.plan.findings.extend(other.findings);
        Ok(())
    }

    /// Makes a folder, unless another repair does.
    pub(super) fn make_folder(&mut self, path: PortablePath) {
        if self.folders.insert(path.clone()) {
            self.plan.note("create", &path, "folder");
            self.plan.class = Class::Workspace;
        }
    }

    /// Makes a file.
    pub(super) fn create(&mut self, path: PortablePath, content: Vec<u8>, detail: impl Into<String>) {
        self.plan.note("create", &path, detail);
        self.plan.class = Class::Workspace;
        self.others.push(Step::Replace(Replacement { path, before: None, after: Some(content.into()) }));
    }

    /// Takes a file away. It stays in the transaction, and the plan is stale once it changes.
    pub(super) fn delete(&mut self, path: &PortablePath) -> Result<(), Diagnostic> {
        let metadata = self.patient.context.disk.metadata(path).map_err(|error| refusal(&error))?;
        let seen = format!("{}\0{}", metadata.bytes, metadata.modified_ns);
        self.plan.depends.push((path.clone(), Some(Digest::of(seen.as_bytes()))));
        self.plan.note("delete", path, format!("{} bytes", metadata.bytes));
        self.plan.class = Class::Workspace;
        let to = TransactionFolder::of(self.fresh.id).kept_root(self.others.len());
        self.others.push(Step::Move { from: path.clone(), to });
        Ok(())
    }

    /// Takes a folder away that is empty by then.
    pub(super) fn remove_folder(&mut self, path: PortablePath) {
        self.plan.note("delete", &path, "folder");
        self.others.push(Step::RemoveFolder(path));
    }

    /// Makes the plan stale once a file changes that it was made from.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn depend_on(&mut self, path: &PortablePath) -> Result<(), Diagnostic> {
        let digest = digest(self.patient, path)?;
        self.plan.depends.push((path.clone(), Some(digest)));
        Ok(())
    }

    /// The same of what was read already.
    pub(super) fn depend(&mut self, seen: impl IntoIterator<Item = (PortablePath, Option<Digest>)>) {
        self.plan.depends.extend(seen);
    }

    /// The text of an entry.
    ///
    /// # Errors
    /// It cannot be told from others.
    pub(super) fn line(&self, entry: &Entry) -> Result<String, Diagnostic> {
        let line = self.patient.lines().and_then(|lines| lines.line_of(entry));
        line.ok_or_else(|| {
            let message = format!("the entry of `{}` cannot be told from others", entry.root);
            blocker(Code::PlanBlocked, message, index().as_str(), "correct the registry by hand")
        })
    }

    /// Changes an entry of the registry, adds or drops one.
    pub(super) fn change_entry(&mut self, before: Option<String>, after: Option<String>) {
        self.entries.push(EntryChange { before, after });
    }

    /// The id that the next asset gets.
    ///
    /// # Errors
    /// The registry cannot hand one out.
    pub(super) fn next_id(&mut self) -> Result<u32, Diagnostic> {
        let index = index();
        let scene = self.scene()?;
        // Where there are no entries, what is known of ids says which are free.
        if self.patient.has(Code::RegistryAllocatorBehind) && !scene.registry.entries.is_empty() {
            let message = "`next_asset_id` is behind, so no id can be handed out";
            let help = "repair that first: `{program} doctor --fix --only registry/allocator-behind`";
            return Err(blocker(Code::RegistryAllocatorBehind, message, index.as_str(), help));
        }
        let issued = self.lost().map_or(0, Evidence::highest);
        let first = scene.registry.next_asset_id.unwrap_or(1).max(issued.saturating_add(1));
        let next = self.next.unwrap_or_else(|| first.into());
        let id = u32::try_from(next).ok().filter(|id| *id <= ASSET_ID_MAX);
        let Some(id) = id else {
            let help = "ids are never reused; start a new registry for new assets";
            let message = "every asset id was handed out";
            return Err(blocker(Code::RegistryAllocatorExhausted, message, index.as_str(), help));
        };
        self.next = Some(next + 1);
        Ok(id)
    }

    /// What is known of ids where the registry has lost all that it knew: it has no entry, and the id that it would hand out
    /// next was handed out before.
    fn lost(&self) -> Option<&'p Evidence> {
        let registry = &self.scene().ok()?.registry;
        let evidence = registry.entries.is_empty().then(|| self.patient.evidence())?;
        (registry.next_asset_id.unwrap_or(1) <= evidence.highest()).then_some(evidence)
    }

    /// The id that an asset had in a registry that lost all its entries, and whether it took part in builds; no two get one.
    pub(super) fn lost_id(&mut self, asset: &Asset) -> Option<(u32, bool)> {
        let evidence = self.lost()?;
        let named = || evidence.by_name.get(asset.reference.name.as_deref()?).map(|id| (*id, true));
        let known = evidence.by_uuid.get(&asset.asset_uuid?).map(|known| (known.asset_id, known.included));
        let found = known.or_else(named).filter(|(id, _)| !self.ids.contains(id))?;
        self.ids.insert(found.0);
        self.plan.depends.extend(evidence.seen.iter().cloned());
        self.next.get_or_insert(u64::from(evidence.highest()) + 1);
        Some(found)
    }

    /// Raises the id that the next asset gets. That is never turned back, so it cannot be undone.
    pub(super) fn raise_next(&mut self, next: u64) {
        self.next = Some(next);
        self.plan.reversible = false;
    }

    /// Writes the registry as the packer lays it out.
    pub(super) fn lay_out_registry(&mut self) {
        self.is_registry_laid_out = true;
        let detail = "laid out as the packer writes it";
        self.plan.registry.push(PlannedChange::new("rewrite", index().to_string(), detail));
    }

    /// Puts a whole registry in the place of one that cannot be read, whose digest is `before`.
    pub(super) fn replace_registry(&mut self, before: Option<Digest>, text: String, changes: Vec<PlannedChange>) {
        self.plan.registry.extend(changes);
        let after = Some(text.into_bytes().into());
        self.others.push(Step::Replace(Replacement { path: index(), before, after }));
    }

    /// Says something about the plan that does not stand in its way.
    pub(super) fn remark(&mut self, mut finding: Diagnostic) {
        finding.blocking = false;
        self.plan.findings.push(finding);
    }

    /// Notes what stands in the way of one repair.
    pub(super) fn skip(&mut self, finding: Diagnostic) {
        if !self.skipped.contains(&finding) {
            self.skipped.push(finding);
        }
    }

    /// The plan of all repairs.
    pub(super) fn finish(mut self) -> MutationPlan {
        let mut plan = std::mem::take(&mut self.plan);
        plan.steps.extend(self.folders.into_iter().map(Step::MakeFolder));
        plan.steps.append(&mut self.others);
        for (path, Rewritten { before, text }) in self.texts {
            let after = Some(text.into_bytes().into());
            plan.steps.push(Step::Replace(Replacement { path, before: Some(before), after }));
        }
        if (self.is_registry_laid_out || !self.entries.is_empty() || self.next.is_some())
            && let Ok(scene) = &self.patient.scene
        {
            scene.edit_registry(&mut plan, self.entries, self.next);
        }
        let is_blocked = plan.steps.is_empty();
        for mut finding in self.skipped {
            finding.blocking = is_blocked;
            plan.findings.push(finding);
        }
        plan
    }
}

/// The digest of a file's content.
fn digest(patient: &Patient<'_>, path: &PortablePath) -> Result<Digest, Diagnostic> {
    let file = patient.context.disk.open(path).map_err(|error| refusal(&error))?;
    let mut stream = trust::admit_stream(file, Limit::InputBytes, &patient.context.limits)?;
    let (mut hasher, mut buffer) = (Hasher::default(), vec![0; 64 << 10]);
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => hasher.update(&buffer[..count]),
            Err(error) => return Err(refusal(&crate::disk::DiskError::new(stream.path(), error))),
        }
    }
    stream.check_unchanged()?;
    Ok(hasher.finish())
}
