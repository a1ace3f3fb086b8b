//! What a mutation is planned from: the loaded workspace, its registry, and looks at the disk.

use super::blocker;
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::{Digest, Hasher};
use crate::disk::{DiskErrorKind, Kind, Metadata};
use crate::emit::read_control_file;
use crate::envelope::{self, Artifact, Envelope};
use crate::ops::Context;
use crate::ops::show::find;
use crate::path::{PortablePath, fold};
use crate::plan::{MutationPlan, Step};
use crate::schema::journal::EntryChange;
use crate::schema::{Entry, Registry, identity_of};
use crate::trust::{self, Limit, refusal, refuse_path};
use crate::workspace::{Asset, Lookup, Roots, State, Workspace, keeps_registry, needs};

/// A loaded project that a mutation is planned for.
pub(in crate::ops) struct Scene<'a> {
    pub(in crate::ops) context: &'a Context<'a>,
    pub(in crate::ops) workspace: &'a Workspace,
    pub(in crate::ops) registry: &'a Registry,
    roots: Roots<'a>,
}

/// A folder's content without its bytes.
pub(super) struct Survey {
    pub(super) files: u64,
    pub(super) bytes: u64,
    /// Of all names, kinds and lengths, of all times and of which file each one is: no byte changes without one of these.
    pub(super) digest: Digest,
    /// Folders below it that have a declaration of their own.
    pub(super) nested: Vec<PortablePath>,
    /// A file whose name is no Unicode text, which the packer could never remove.
    pub(super) unnamed: Option<PortablePath>,
}

impl<'a> Scene<'a> {
    /// # Errors
    /// The registry could not be read, or somebody asked to stop.
    pub(in crate::ops) fn open(context: &'a Context<'a>, workspace: &'a Workspace) -> Result<Scene<'a>, Diagnostic> {
        // What was loaded after a request to stop is not the project.
        context.go_on()?;
        match &workspace.registry {
            Some(registry) => {
                let roots = Roots::of(registry.entries.iter().map(|entry| &*entry.root));
                Ok(Scene { context, workspace, registry, roots })
            }
            None => {
                let why = workspace.findings.iter().find(|finding| finding.blocking);
                Err(why.cloned().unwrap_or_else(|| Diagnostic::new(Code::RegistryMissing, "there is no registry")))
            }
        }
    }

    pub(super) fn asset(&self, wanted: &str) -> Result<&'a Asset, Diagnostic> {
        find(self.workspace, wanted)
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
        asset.folder.as_ref().map_or_else(|| asset.reference.root.clone(), ToString::to_string)
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
        let name_at = |root: &str| {
            let asset = self.workspace.assets.iter().find(|asset| asset.reference.root == root)?;
            asset.reference.name.clone()
        };
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
        let next = self.registry.next_asset_id.unwrap_or(1);
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

    /// Notes what stands in the way of an asset's name.
    pub(super) fn check_name(&self, plan: &mut MutationPlan, name: &str, path: &str, own_root: &str) {
        if !crate::schema::declaration::is_name(name) {
            let message =
                format!("the name `{name}` is not 1 to 64 of `a-z`, `0-9`, `_` and `-`, starting with a letter");
            plan.findings.push(blocker(
                Code::DeclarationNameInvalid,
                message,
                path,
                "choose a name of these characters",
            ));
        }
        if let Some(other) = self.named(name, own_root) {
            let message = format!("`{}` has the name `{name}` already", other.reference.root);
            plan.findings.push(blocker(Code::DeclarationNameDuplicate, message, path, "choose another name"));
        }
    }

    /// The registered asset that has this name, other than the one at `own_root`.
    pub(in crate::ops) fn named(&self, name: &str, own_root: &str) -> Option<&'a Asset> {
        self.workspace.assets.iter().find(|asset| {
            asset.state == State::Registered
                && asset.reference.name.as_deref() == Some(name)
                && asset.reference.root != own_root
        })
    }

    /// The folder that `text` names as a root, if it is a legal one and no other root stands inside or around it.
    /// `own_root` is left out of this.
    pub(in crate::ops) fn root(&self, text: &str, own_root: Option<&str>) -> Result<PortablePath, Diagnostic> {
        let folder = PortablePath::assets().join(text).map_err(|fault| refuse_path("root", text, &fault))?;
        let others = self.registry.entries.iter().map(|entry| &*entry.root).filter(|root| Some(*root) != own_root);
        let inside = |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
        for other in others {
            if other == text {
                let message = format!("`{text}` is registered already");
                return Err(blocker(Code::RegistryDuplicateRoot, message, folder.as_str(), "choose another root"));
            }
            if inside(text, other) || inside(other, text) {
                let message = format!("`{text}` and the registered root `{other}` would lie inside each other");
                return Err(blocker(Code::RegistryNestedRoot, message, folder.as_str(), "choose another root"));
            }
            if let Some(name) = rival(text, other) {
                let message =
                    format!("some systems take `{text}` for a name in the folder `{name}` of a registered root");
                let help = "spell the folders as they are spelled there";
                return Err(blocker(Code::TrustNameCollision, message, folder.as_str(), help));
            }
        }
        Ok(folder)
    }

    /// Plans the folders that are missing on the way to `path`, which itself must be free on every system.
    pub(super) fn make_way(&self, plan: &mut MutationPlan, path: &PortablePath) -> Result<(), Diagnostic> {
        let mut at = PortablePath::assets();
        let below = path.below(&at).unwrap_or_default().to_owned();
        let names: Vec<&str> = below.split('/').collect();
        let mut is_there = true;
        for (depth, name) in names.iter().enumerate() {
            let next = at.own(name);
            let is_last = depth + 1 == names.len();
            let found = if is_there { self.look(&at, name)? } else { None };
            match found {
                Some(kind) if !is_last && kind == Kind::Folder => {}
                Some(_) if is_last => {
                    let message = "something lies there already";
                    return Err(blocker(Code::PlanBlocked, message, next.as_str(), "choose a root that is free"));
                }
                Some(_) => {
                    let message = "no folder, so nothing can lie in it";
                    return Err(blocker(Code::TrustNotRegular, message, next.as_str(), "choose another root"));
                }
                None => {
                    is_there = false;
                    let is_planned = |step: &Step| matches!(step, Step::MakeFolder(made) if *made == next);
                    if !is_last && !plan.steps.iter().any(is_planned) {
                        plan.note("create", &next, "folder");
                        plan.steps.push(Step::MakeFolder(next.clone()));
                    }
                }
            }
            at = next;
        }
        Ok(())
    }

    /// What a folder holds under exactly this name.
    ///
    /// # Errors
    /// `trust/name-collision` when it holds a name that some system takes for it.
    pub(super) fn look(&self, folder: &PortablePath, name: &str) -> Result<Option<Kind>, Diagnostic> {
        let entries = match self.context.disk.read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind == DiskErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(refusal(&error)),
        };
        let wanted = fold(name);
        for entry in entries {
            match entry.name {
                Ok(found) if found == name => return Ok(Some(entry.metadata.kind)),
                Ok(found) if fold(&found) == wanted => {
                    let message = format!("`{found}` lies there already, and some systems take it for `{name}`");
                    let path = folder.own(&found);
                    return Err(blocker(Code::TrustNameCollision, message, path.as_str(), "spell it as it is there"));
                }
                _ => {}
            }
        }
        Ok(None)
    }

    /// Everything in a folder, or one file, so that a plan that moves or deletes it is stale when it changes.
    ///
    /// # Errors
    /// It cannot be listed, or holds more files than a project may.
    pub(super) fn survey(&self, folder: &PortablePath) -> Result<Survey, Diagnostic> {
        let found = self.context.disk.metadata(folder).map_err(|error| refusal(&error))?;
        if found.kind == Kind::File {
            let Metadata { bytes, modified_ns, changed_ns, id, .. } = found;
            let digest = Digest::of(format!("{folder}\0{bytes}\0{modified_ns}\0{changed_ns:?}\0{id:?}").as_bytes());
            return Ok(Survey { files: 1, bytes, digest, nested: Vec::new(), unnamed: None });
        }
        let most = self.context.limits.get(Limit::FilesWalked);
        let (mut files, mut bytes, mut lines) = (0, 0, Vec::new());
        let (mut nested, mut unnamed) = (Vec::new(), None);
        let mut left = vec![folder.clone()];
        while let Some(at) = left.pop() {
            for entry in self.context.disk.read_dir(&at).map_err(|error| refusal(&error))? {
                let (is_text, name) = match entry.name {
                    Ok(name) => (true, name),
                    Err(escaped) => (false, escaped),
                };
                let path = at.own(&name);
                let Metadata { kind, bytes: length, modified_ns, changed_ns, id } = entry.metadata;
                lines.push(format!("{path}\0{kind:?}\0{length}\0{modified_ns}\0{changed_ns:?}\0{id:?}"));
                if kind == Kind::Folder && !is_text {
                    let message = "a folder whose name is no Unicode text cannot be looked into";
                    let help = "rename it, or take it away";
                    return Err(blocker(Code::TrustNameNotPortable, message, path.as_str(), help));
                } else if kind == Kind::Folder {
                    left.push(path);
                } else {
                    (files, bytes) = (files + 1, bytes + length);
                    if kind == Kind::File && name == "asset.json" && at != *folder {
                        nested.push(at.clone());
                    }
                    if !is_text {
                        unnamed = unnamed.max(Some(path));
                    }
                }
                if lines.len() as u64 > most {
                    let message = format!("more than {most} files lie in this folder");
                    let help = "move what is no part of the asset out of it";
                    return Err(blocker(Code::TrustTooMany, message, folder.as_str(), help));
                }
            }
        }
        lines.sort();
        nested.sort();
        let mut hasher = Hasher::default();
        lines.iter().for_each(|line| hasher.update(format!("{line}\n").as_bytes()));
        Ok(Survey { files, bytes, digest: hasher.finish(), nested, unnamed })
    }

    /// Moves a folder and makes the plan depend on all that is in it. What belongs to another asset does not go along.
    pub(super) fn move_root(
        &self,
        plan: &mut MutationPlan,
        verb: &'static str,
        from: &PortablePath,
        to: PortablePath,
    ) -> Result<(), Diagnostic> {
        let survey = self.survey(from)?;
        if let Some(root) = root_of(from) {
            self.keep_apart(plan, from, root, root_of(&to).is_some());
        }
        let is_unregistered = |nested: &&PortablePath| root_of(nested).is_none_or(|root| self.roots.count(root) == 0);
        for nested in survey.nested.iter().filter(is_unregistered) {
            plan.findings.push(if verb == "delete" {
                let message = "a root that is not registered lies inside, and would be deleted with it";
                let help = "move it out first, or take its `asset.json` away";
                blocker(Code::RegistryNestedRoot, message, nested.as_str(), help)
            } else {
                let message = "a root that is not registered lies inside, and goes along";
                let help = "move it out first if it is to stay";
                Diagnostic::new(Code::HygieneUnregisteredRoot, message).at(nested.as_str()).help(help)
            });
        }
        if let Some(unnamed) = survey.unnamed.filter(|_| verb == "delete") {
            let message = "a file whose name is no Unicode text could not be removed when the transaction is forgotten";
            let help = "rename it, or take it away";
            plan.findings.push(blocker(Code::TrustNameNotPortable, message, unnamed.as_str(), help));
        }
        let files = crate::ops::counted(usize::try_from(survey.files).unwrap_or(usize::MAX), "file");
        let detail = match verb {
            "delete" => format!("{files}, {} bytes", survey.bytes),
            "create" => format!("folder with {files}, {} bytes", survey.bytes),
            _ => format!("to {to} with {files}, {} bytes", survey.bytes),
        };
        plan.note(verb, if verb == "create" { &to } else { from }, detail);
        let declaration = from.own("asset.json");
        let bytes = read_control_file(self.context.disk, &declaration, &self.context.limits).ok().flatten();
        plan.depends.push((declaration, bytes.as_deref().map(Digest::of)));
        plan.depends.push((from.clone(), Some(survey.digest)));
        plan.steps.push(Step::Move { from: from.clone(), to });
        Ok(())
    }

    /// Notes each other asset that a root shares its folder with. Out of another root one may be moved to a place of its
    /// own, if that root can do without it.
    fn keep_apart(&self, plan: &mut MutationPlan, folder: &PortablePath, root: &str, stays_a_root: bool) {
        let mut nested = |message: String, help| {
            plan.findings.push(blocker(Code::RegistryNestedRoot, message, folder.as_str(), help));
        };
        if let Some(inner) = self.roots.inside(root) {
            let message = format!("the registered root `{inner}` lies inside, and would go along");
            nested(message, "move that one out first: `{program} relocate`");
        }
        let assets = Lookup::of(&self.workspace.assets);
        for outer in self.roots.around(root) {
            if !stays_a_root {
                let message = format!("it lies inside the registered root `{outer}`, whose files would go with it");
                nested(message, "move it out first: `{program} relocate`");
            } else if assets.registered_at(outer).is_some_and(|asset| needs(asset, root)) {
                let message = format!("it lies inside the registered root `{outer}`, which may need what is in it");
                nested(message, "give that root inputs of its own first");
            }
        }
        if self.roots.count(root) > 1 {
            let message = format!("{} entries of the registry claim this root", self.roots.count(root));
            let help = "decide whose it is, and forget the others first";
            plan.findings.push(blocker(Code::RegistryDuplicateRoot, message, folder.as_str(), help));
        }
    }
}

/// The text of a root below `assets/`; none for what the packer keeps.
pub(super) fn root_of(path: &PortablePath) -> Option<&str> {
    path.below(&PortablePath::assets()).filter(|_| path.below(&PortablePath::control()).is_none())
}

/// A folder on the way to `other` that some system takes for one on the way to `text`, though it is spelled otherwise.
fn rival<'r>(text: &str, other: &'r str) -> Option<&'r str> {
    let mut end = 0;
    for (own, name) in text.split('/').zip(other.split('/')) {
        end += name.len();
        if own != name {
            return (fold(own) == fold(name)).then_some(&other[..end]);
        }
        end += 1;
    }
    None
}
