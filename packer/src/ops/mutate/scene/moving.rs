//! Whole folders that a mutation moves or takes away: what is in them, and what must not go along.

use super::super::blocker;
use super::Scene;
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::{Digest, Hasher};
use crate::disk::{Kind, Metadata};
use crate::emit::read_control_file;
use crate::path::PortablePath;
use crate::plan::{MutationPlan, Step};
use crate::trust::{Limit, refusal};
use crate::workspace::needs;

/// A folder's content without its bytes.
pub(in crate::ops::mutate) struct Survey {
    pub(in crate::ops::mutate) files: u64,
    pub(in crate::ops::mutate) bytes: u64,
    /// Of all names, kinds and lengths, of all times and of which file each one is: no byte changes without one of these.
    pub(in crate::ops::mutate) digest: Digest,
    /// Folders below it that have a declaration of their own.
    pub(in crate::ops::mutate) nested: Vec<PortablePath>,
    /// A file whose name is no Unicode text, which the packer could never remove.
    pub(in crate::ops::mutate) unnamed: Option<PortablePath>,
}

impl Scene<'_> {
    /// Everything in a folder, or one file, so that a plan that moves or deletes it is stale when it changes.
    ///
    /// # Errors
    /// It cannot be listed, or holds more files than a project may.
    pub(in crate::ops::mutate) fn survey(&self, folder: &PortablePath) -> Result<Survey, Diagnostic> {
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
                let Metadata { kind, bytes: length, modified_ns, changed_ns, id, .. } = entry.metadata;
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
    pub(in crate::ops::mutate) fn move_root(
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
        let is_unregistered = |nested: &&PortablePath| root_of(nested).is_none_or(|root| self.roots().count(root) == 0);
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
        if let Some(inner) = self.roots().inside(root) {
            let message = format!("the registered root `{inner}` lies inside, and would go along");
            nested(message, "move that one out first: `{program} relocate`");
        }
        for outer in self.roots().around(root) {
            if !stays_a_root {
                let message = format!("it lies inside the registered root `{outer}`, whose files would go with it");
                nested(message, "move it out first: `{program} relocate`");
            } else if self.lookup.registered_at(outer).next().is_some_and(|asset| needs(asset, root)) {
                let message = format!("it lies inside the registered root `{outer}`, which may need what is in it");
                nested(message, "give that root inputs of its own first");
            }
        }
        if self.roots().count(root) > 1 {
            let message = format!("{} entries of the registry claim this root", self.roots().count(root));
            let help = "decide whose it is, and forget the others first";
            plan.findings.push(blocker(Code::RegistryDuplicateRoot, message, folder.as_str(), help));
        }
    }
}

/// The text of a root below `assets/`; none for what the packer keeps.
pub(in crate::ops::mutate) fn root_of(path: &PortablePath) -> Option<&str> {
    path.below(&PortablePath::assets()).filter(|_| path.below(&PortablePath::control()).is_none())
}
