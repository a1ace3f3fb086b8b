//! Finds the folders below `assets/` that hold a declaration and have no entry in the registry.

use crate::diagnostic::{Code, Diagnostic};
use crate::disk::{Disk, Kind};
use crate::path::PortablePath;
use crate::trust::{Limit, Limits, refusal};
use rayon::prelude::*;
use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};

/// The roots found, ascending, and what kept the walk from looking further.
pub(super) fn find(
    disk: &dyn Disk,
    registered: &HashSet<&str>,
    limits: &Limits,
) -> (Vec<PortablePath>, Vec<Diagnostic>) {
    let walk = Walk { disk, registered, counted: AtomicU64::new(0), most: limits.get(Limit::FilesWalked) };
    let (mut roots, mut findings) = walk.folder(&PortablePath::assets());
    if walk.counted.load(Ordering::Relaxed) > walk.most {
        let message = format!("more than {} files lie below `assets/`; the rest was not looked at", walk.most);
        findings = vec![
            Diagnostic::new(Code::TrustTooMany, message).at("assets").help("move what is no asset out of `assets/`"),
        ];
    }
    findings.iter_mut().for_each(|finding| finding.blocking = false);
    roots.sort();
    (roots, findings)
}

struct Walk<'a> {
    disk: &'a dyn Disk,
    registered: &'a HashSet<&'a str>,
    counted: AtomicU64,
    most: u64,
}

impl Walk<'_> {
    fn folder(&self, path: &PortablePath) -> (Vec<PortablePath>, Vec<Diagnostic>) {
        // What lies inside a registered root belongs to it.
        if path.below(&PortablePath::assets()).is_some_and(|root| self.registered.contains(root)) {
            return (Vec::new(), Vec::new());
        }
        let entries = match self.disk.names(path) {
            Ok(entries) => entries,
            // A folder that cannot be looked into holds no asset that could be told apart; it blocks nothing.
            Err(error) => {
                let mut finding = refusal(&error);
                finding.blocking = false;
                return (Vec::new(), vec![finding]);
            }
        };
        if self.counted.fetch_add(entries.len() as u64, Ordering::Relaxed) > self.most {
            return (Vec::new(), Vec::new());
        }
        let (mut roots, mut folders) = (Vec::new(), Vec::new());
        for entry in &entries {
            let Ok(name) = &entry.name else { continue };
            match entry.kind {
                Kind::File if name == "asset.json" => {
                    roots.extend((*path != PortablePath::assets()).then(|| path.clone()));
                }
                // The packer's and version control's own folders have no portable name for a project.
                Kind::Folder => folders.extend(path.entry(name).ok().filter(|_| name != ".prometeu" && name != ".git")),
                _ => {}
            }
        }
        let below = folders.par_iter().map(|folder| self.folder(folder)).reduce(Default::default, |mut all, more| {
            all.0.extend(more.0);
            all.1.extend(more.1);
            all
        });
        roots.extend(below.0);
        (roots, below.1)
    }
}
