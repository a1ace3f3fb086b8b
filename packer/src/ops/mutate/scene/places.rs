//! Names and places that a mutation gives: whether they are legal, whether they are free, and the folders on the way.

use super::super::blocker;
use super::Scene;
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::{DiskErrorKind, Kind};
use crate::path::{PathFault, PortablePath, fold};
use crate::plan::{MutationPlan, Step};
use crate::trust::{refusal, refuse_path};
use crate::workspace::Asset;

impl<'a> Scene<'a> {
    /// Notes what stands in the way of an asset's name.
    pub(in crate::ops::mutate) fn check_name(&self, plan: &mut MutationPlan, name: &str, path: &str, own_root: &str) {
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
        self.lookup.registered_by_name(name).find(|asset| &*asset.reference.root != own_root)
    }

    /// The folder that `text` names as a root, if it is a legal one and no other root stands inside or around it.
    /// `own_root` is left out of this.
    pub(in crate::ops) fn root(&self, text: &str, own_root: Option<&str>) -> Result<PortablePath, Diagnostic> {
        let folder = PortablePath::assets().join(text).map_err(|fault| refuse_root(text, &fault))?;
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
    pub(in crate::ops::mutate) fn make_way(
        &self,
        plan: &mut MutationPlan,
        path: &PortablePath,
    ) -> Result<(), Diagnostic> {
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
                Some(Kind::Link) => {
                    let message = "a symbolic link, and roots lie below real folders alone";
                    return Err(blocker(Code::TrustLink, message, next.as_str(), "choose another root"));
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
    pub(in crate::ops::mutate) fn look(&self, folder: &PortablePath, name: &str) -> Result<Option<Kind>, Diagnostic> {
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
}

/// Why `text` is no root, and how one is written.
fn refuse_root(text: &str, fault: &PathFault) -> Diagnostic {
    let right = text.trim_end_matches('/');
    let is_right = right != text && PortablePath::assets().join(right).is_ok();
    let help = match fault {
        _ if is_right => format!("write it without the slash at its end: `{right}`"),
        PathFault::OutsideRoot(_) => {
            "name a folder below `assets/` by its path from there, such as `ui/atlas`".to_owned()
        }
        PathFault::NotPortable(_) => "name a folder that every system can hold, such as `ui/atlas`".to_owned(),
        PathFault::Reserved(_) => "choose another root".to_owned(),
    };
    refuse_path("root", text, fault).help(help)
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
