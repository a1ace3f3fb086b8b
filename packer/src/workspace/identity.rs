//! What the registry says about itself: entries that claim the same id, uuid or root, roots inside roots, an
//! allocator that fell behind. Nothing is repaired and no entry is preferred.

use crate::diagnostic::{AssetRef, Code, Diagnostic};
use crate::path::{PATH_BYTES_MAX, fold};
use crate::schema::{Entry, Registry};
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

/// Adds the findings, and says of each entry whether it is contested.
pub(super) fn check(registry: &Registry, path: &str, findings: &mut Vec<Diagnostic>) -> Vec<bool> {
    let mut check = Check { registry, path, findings, contested: vec![false; registry.entries.len()] };
    check.duplicates(Code::RegistryDuplicateId, "id", |entry| entry.asset_id);
    check.duplicates(Code::RegistryDuplicateUuid, "uuid", |entry| entry.asset_uuid);
    check.duplicates(Code::RegistryDuplicateRoot, "root", |entry| &*entry.root);
    check.spellings();
    check.nesting();
    check.allocator();
    check.contested
}

struct Check<'a> {
    registry: &'a Registry,
    path: &'a str,
    findings: &'a mut Vec<Diagnostic>,
    contested: Vec<bool>,
}

impl<'a> Check<'a> {
    fn note(&mut self, at: usize, finding: Diagnostic) {
        let entry = &self.registry.entries[at];
        self.findings.push(finding.at(self.path).on(self.registry.place(entry)).of(&reference(entry)));
    }

    /// Every entry of a group that claims the same is contested, and each is told of another one.
    fn duplicates<K: Hash + Eq>(&mut self, code: Code, what: &str, key: impl Fn(&'a Entry) -> K) {
        let entries = &self.registry.entries;
        let mut first: HashMap<K, usize> = HashMap::with_capacity(entries.len());
        let mut told = vec![false; entries.len()];
        for (at, entry) in entries.iter().enumerate() {
            let before = *first.entry(key(entry)).or_insert(at);
            if before == at {
                continue;
            }
            (self.contested[before], self.contested[at]) = (true, true);
            if !std::mem::replace(&mut told[before], true) {
                self.note_claim(code, what, before, at);
            }
            told[at] = true;
            self.note_claim(code, what, at, before);
        }
    }

    fn note_claim(&mut self, code: Code, what: &str, at: usize, other: usize) {
        let (entry, other) = (&self.registry.entries[at], &self.registry.entries[other]);
        let finding =
            Diagnostic::new(code, format!("{} and {} claim the same {what}", describe(entry), describe(other)))
                .help("decide which one it belongs to; until then neither is built")
                .text("root", &entry.root)
                .text("other_root", &other.root);
        self.note(at, finding);
    }

    /// Folders on the way to a root that differ only in case or normal form are one folder on some systems.
    fn spellings(&mut self) {
        let mut seen: HashMap<Cow<'_, str>, &str> = HashMap::new();
        let registry = self.registry;
        for (at, entry) in registry.entries.iter().enumerate() {
            for name in parents(&entry.root).chain([&*entry.root]).filter(|name| name.len() <= PATH_BYTES_MAX) {
                let first = *seen.entry(fold(name)).or_insert(name);
                if first != name {
                    let message = format!("`{first}` and `{name}` are one folder on some systems");
                    self.note(at, Diagnostic::new(Code::TrustNameCollision, message).help("rename one of the folders"));
                    break;
                }
            }
        }
    }

    fn nesting(&mut self) {
        let registry = self.registry;
        let roots: HashMap<&str, usize> =
            registry.entries.iter().enumerate().map(|(at, entry)| (&*entry.root, at)).collect();
        for (at, entry) in registry.entries.iter().enumerate() {
            for parent in parents(&entry.root) {
                if let Some(&outer) = roots.get(parent) {
                    let message = format!("{} lies inside {}", describe(entry), describe(&registry.entries[outer]));
                    self.note(
                        at,
                        Diagnostic::new(Code::RegistryNestedRoot, message).help("move one of them out of the other"),
                    );
                    break;
                }
            }
        }
    }

    fn allocator(&mut self) {
        let highest = self.registry.entries.iter().map(|entry| entry.asset_id).max().unwrap_or(0);
        let Some(next) = self.registry.next_asset_id.filter(|&next| next <= highest) else { return };
        let message = format!("`next_asset_id` is {next}, and the id {highest} is taken already");
        let finding = Diagnostic::new(Code::RegistryAllocatorBehind, message)
            .at(self.path)
            .on(self.registry.place_of_next())
            .help(format!(
                "set `next_asset_id` to {} or more, above every id that was ever handed out",
                u64::from(highest) + 1
            ));
        self.findings.push(finding);
    }
}

/// The folders on the way to a root, the outermost first, as far as a folder's path may be as long.
fn parents(root: &str) -> impl Iterator<Item = &str> {
    root.match_indices('/').map(|(end, _)| &root[..end]).take_while(|parent| parent.len() <= PATH_BYTES_MAX)
}

/// The asset of an entry, as far as the registry knows it.
pub(super) fn reference(entry: &Entry) -> Arc<AssetRef> {
    Arc::new(AssetRef {
        asset_id: Some(entry.asset_id),
        asset_uuid: Some(entry.asset_uuid),
        name: None,
        root: Arc::clone(&entry.root),
    })
}

fn describe(entry: &Entry) -> String {
    format!("asset {} at `{}`", entry.asset_id, entry.root)
}
