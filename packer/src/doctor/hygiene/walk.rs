//! Walks all of `assets/` by name and metadata: counts what lies there, collects the files of registered roots, and what
//! has a name that no system should meet or is a link. Nothing is opened here, and no link is followed.

use crate::diagnostic::{AssetRef, Code, Diagnostic};
use crate::disk::{Disk, Entry, Kind};
use crate::event::Events;
use crate::path::{DEPTH_MAX, PortablePath, fold};
use crate::trust::{Limit, Limits, refusal};
use crate::workspace::{Asset, State, Workspace};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A file in a registered root, the declaration left out.
pub(super) struct RootFile {
    pub(super) path: PortablePath,
    pub(super) bytes: u64,
    /// Position among the workspace's assets.
    pub(super) asset: usize,
    /// Whether the declaration names it.
    pub(super) is_input: bool,
    /// Whether it is a regular file.
    pub(super) is_regular: bool,
}

/// An entry with a name that is refused, a link, or a folder too deep to look into.
pub(super) struct Odd {
    pub(super) code: Code,
    pub(super) path: String,
    why: String,
    asset: Option<Arc<AssetRef>>,
}

impl Odd {
    pub(super) fn finding(&self) -> Diagnostic {
        let help = match self.code {
            Code::HygieneLink => "delete it, or put what it points at in its place",
            Code::TrustTooDeep => "move the folder further up",
            _ => "rename it so that every system can hold it, or delete it",
        };
        let mut finding = Diagnostic::new(self.code, &self.why).at(&self.path).help(help);
        // No build needs it.
        finding.blocking = false;
        match &self.asset {
            Some(asset) => finding.of(asset),
            None => finding,
        }
    }
}

/// What the walk met, by path.
#[derive(Default)]
pub(super) struct Walked {
    pub(super) files: Vec<RootFile>,
    pub(super) odd: Vec<Odd>,
    /// Entries that are no folders.
    pub(super) count: u64,
    /// Whether it saw everything.
    pub(super) is_complete: bool,
}

/// Walks, unless there is no `assets/` to walk.
pub(super) fn walk(
    workspace: &Workspace,
    disk: &dyn Disk,
    limits: &Limits,
    events: &dyn Events,
    findings: &mut Vec<Diagnostic>,
) -> Walked {
    let registered = workspace.assets.iter().enumerate().filter(|(_, asset)| asset.state == State::Registered);
    let roots = registered.map(|(at, asset)| (&*asset.reference.root, at)).collect();
    let most = limits.get(Limit::FilesWalked);
    let walk = Walk { assets: &workspace.assets, roots, disk, events, counted: AtomicU64::new(0), most };
    if !disk.metadata(&PortablePath::assets()).is_ok_and(|found| found.kind == Kind::Folder) {
        return Walked::default();
    }
    let mut met = walk.folder(&PortablePath::assets(), None);
    if walk.counted.load(Ordering::Relaxed) > most {
        // Which part was seen would be a matter of chance.
        met = Met::default();
        let message = format!("more than {most} files lie below `assets/`; the rest was not looked at");
        let mut finding = Diagnostic::new(Code::TrustTooMany, message).at("assets");
        finding.blocking = false;
        met.refused.push(finding.help("move what is no asset out of `assets/`"));
    }
    met.files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    met.odd.sort_unstable_by(|a, b| (&a.path, a.code).cmp(&(&b.path, b.code)));
    let is_complete = met.refused.is_empty() && met.odd.iter().all(|odd| odd.code != Code::TrustTooDeep);
    // Loading walked most of it before, and may have said the same.
    let new = met.refused.into_iter().filter(|finding| !findings.contains(finding)).collect::<Vec<_>>();
    findings.extend(new);
    Walked { files: met.files, odd: met.odd, count: met.count, is_complete }
}

struct Walk<'a> {
    assets: &'a [Asset],
    roots: BTreeMap<&'a str, usize>,
    disk: &'a dyn Disk,
    events: &'a dyn Events,
    counted: AtomicU64,
    most: u64,
}

/// The registered root that the walk is in.
struct Owner<'a> {
    at: usize,
    asset: &'a Asset,
    folder: PortablePath,
    inputs: BTreeSet<&'a str>,
}

#[derive(Default)]
struct Met {
    files: Vec<RootFile>,
    odd: Vec<Odd>,
    refused: Vec<Diagnostic>,
    count: u64,
}

impl Met {
    fn and(mut self, mut more: Met) -> Met {
        self.files.append(&mut more.files);
        self.odd.append(&mut more.odd);
        self.refused.append(&mut more.refused);
        self.count += more.count;
        self
    }
}

impl<'a> Walk<'a> {
    fn folder(&self, path: &PortablePath, outer: Option<&Owner<'a>>) -> Met {
        let mut met = Met::default();
        let inner = self.owner(path);
        let owner = inner.as_ref().or(outer);
        if self.events.cancelled() {
            return met;
        }
        let entries = match self.disk.read_dir(path) {
            Ok(entries) => entries,
            Err(error) => {
                let mut finding = refusal(&error);
                finding.blocking = false;
                met.refused.push(finding);
                return met;
            }
        };
        let count = entries.len() as u64;
        if self.counted.fetch_add(count, Ordering::Relaxed) + count > self.most {
            return met;
        }
        collisions(path, &entries, owner, &mut met);
        let mut folders = Vec::new();
        for entry in entries {
            met.count += u64::from(entry.metadata.kind != Kind::Folder);
            folders.extend(self.entry(path, entry, owner, &mut met));
        }
        let below = folders.par_iter().map(|folder| self.folder(folder, owner)).reduce(Met::default, Met::and);
        met.and(below)
    }

    fn owner(&self, path: &PortablePath) -> Option<Owner<'a>> {
        let at = *self.roots.get(path.below(&PortablePath::assets())?)?;
        let asset = &self.assets[at];
        let inputs = asset.declaration.iter().flat_map(|declaration| declaration.inputs.iter());
        Some(Owner { at, asset, folder: path.clone(), inputs: inputs.map(|(_, text)| text).collect() })
    }

    /// Takes one entry; a folder to go on with is given back.
    fn entry(
        &self,
        folder: &PortablePath,
        entry: Entry,
        owner: Option<&Owner<'a>>,
        met: &mut Met,
    ) -> Option<PortablePath> {
        let asset = || owner.map(|owner| Arc::clone(&owner.asset.reference));
        let mut odd = |code, name: &str, why: String| {
            met.odd.push(Odd { code, path: format!("{folder}/{name}"), why, asset: asset() });
        };
        let name = match entry.name {
            Ok(name) => name,
            Err(shown) => {
                odd(Code::HygieneName, &shown, "the name is no Unicode text".to_owned());
                return None;
            }
        };
        // The packer's own folder, and what version control keeps for itself, are nobody's untidiness.
        if name == ".git" || (name == ".prometeu" && *folder == PortablePath::assets()) {
            return None;
        }
        let is_too_deep = entry.metadata.kind == Kind::Folder && folder.components().count() >= DEPTH_MAX;
        let path = match folder.join(&name) {
            Err(_) if is_too_deep => {
                let why = format!("more than {DEPTH_MAX} folders deep; nothing in it was looked at");
                odd(Code::TrustTooDeep, &name, why);
                return None;
            }
            Ok(path) => path,
            Err(fault) => {
                odd(Code::HygieneName, &name, format!("the name `{name}` {fault}"));
                return None;
            }
        };
        match entry.metadata.kind {
            Kind::Folder => return Some(path),
            Kind::Link if self.is_needed(&path, owner) => {}
            Kind::Link => odd(Code::HygieneLink, &name, "a link, which nothing needs and nobody followed".to_owned()),
            kind => {
                let owner = owner?;
                let below = path.below(&owner.folder).unwrap_or_default();
                if below != "asset.json" {
                    met.files.push(RootFile {
                        is_input: owner.inputs.contains(below),
                        is_regular: kind == Kind::File,
                        bytes: entry.metadata.bytes,
                        asset: owner.at,
                        path,
                    });
                }
            }
        }
        None
    }

    /// Whether a registered root or a declared input is `path` or lies below it; then the link was refused already.
    fn is_needed(&self, path: &PortablePath, owner: Option<&Owner<'a>>) -> bool {
        let root = path.below(&PortablePath::assets()).unwrap_or_default();
        let below = format!("{root}/");
        let leads_to_root = self.roots.contains_key(root)
            || self.roots.range(&*below..).next().is_some_and(|(other, _)| other.starts_with(&below));
        leads_to_root || owner.is_some_and(|owner| owner.needs(path))
    }
}

impl Owner<'_> {
    fn needs(&self, path: &PortablePath) -> bool {
        let name = path.below(&self.folder).unwrap_or_default();
        let below = format!("{name}/");
        name == "asset.json"
            || self.inputs.contains(name)
            || self.inputs.range(&*below..).next().is_some_and(|input| input.starts_with(&below))
    }
}

/// Names in one folder that some system takes for one; where one of them is needed, that was refused already.
fn collisions(folder: &PortablePath, entries: &[Entry], owner: Option<&Owner<'_>>, met: &mut Met) {
    let mut names: Vec<&str> = entries.iter().filter_map(|entry| entry.name.as_deref().ok()).collect();
    names.sort_unstable();
    let mut first: HashMap<Cow<'_, str>, &str> = HashMap::with_capacity(names.len());
    for name in names {
        let other = *first.entry(fold(name)).or_insert(name);
        let is_needed = |name: &str| owner.is_some_and(|owner| owner.needs(&folder.own(name)));
        if other != name && !is_needed(name) && !is_needed(other) {
            let why = format!("`{other}` and `{name}` stand in one folder, and some systems take them for one name");
            let asset = owner.map(|owner| Arc::clone(&owner.asset.reference));
            met.odd.push(Odd { code: Code::HygieneName, path: format!("{folder}/{name}"), why, asset });
        }
    }
}
