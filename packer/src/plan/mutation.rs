//! The plan of a mutation: what changes in the registry and in the workspace, and everything that it depends on.

use super::entry_told::entry_told;
use super::registry_edit::RegistryEdit;
use super::step::{Content, Replacement, Step};
use crate::diagnostic::Diagnostic;
use crate::digest::{Digest, Hasher};
use crate::path::PortablePath;
use crate::schema::Registry;
use crate::schema::journal::EntryChange;

/// What a mutation touches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Class {
    /// The registry alone.
    #[default]
    Registry,
    /// Files and folders of the project as well.
    Workspace,
}

impl Class {
    /// Its word in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Class::Registry => "registry",
            Class::Workspace => "workspace",
        }
    }
}

/// One change, for people and for machines that show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedChange {
    /// `create`, `move`, `delete`, `rewrite`; in the registry `add`, `drop`, `change`.
    pub verb: &'static str,
    /// Relative to the project.
    pub path: String,
    /// What exactly: in the registry the entry's text.
    pub detail: String,
    /// The same for people.
    pub told: String,
}

impl PlannedChange {
    /// A change whose detail people can read as it is.
    #[must_use]
    pub fn new(verb: &'static str, path: impl Into<String>, detail: impl Into<String>) -> PlannedChange {
        let detail = detail.into();
        PlannedChange { verb, path: path.into(), told: detail.clone(), detail }
    }
}

/// A mutation, before anything is written.
#[derive(Clone, Debug, Default)]
pub struct MutationPlan {
    /// The operation's name.
    pub operation: String,
    /// What it touches.
    pub class: Class,
    /// What changes in the registry.
    pub registry: Vec<PlannedChange>,
    /// What changes in files and folders.
    pub workspace: Vec<PlannedChange>,
    /// The entries of the registry that change.
    pub entries: Vec<EntryChange>,
    /// What is done, in this order.
    pub steps: Vec<Step>,
    /// Files that the plan was made from and does not change, with their digest.
    pub depends: Vec<(PortablePath, Option<Digest>)>,
    /// What stands in the way, and warnings.
    pub findings: Vec<Diagnostic>,
    /// Whether `undo` can bring back what it changes.
    pub reversible: bool,
    /// The text that has to be typed before it is carried out.
    pub consent: Option<String>,
}

impl MutationPlan {
    /// A plan that does nothing yet.
    #[must_use]
    pub fn new(operation: &str, class: Class) -> MutationPlan {
        MutationPlan { operation: operation.to_owned(), class, reversible: true, ..MutationPlan::default() }
    }

    /// The plan's identity: a digest of everything that it depends on and of everything that it does.
    #[must_use]
    pub fn id(&self) -> String {
        let mut hasher = Hasher::default();
        let digest = |digest: Option<Digest>| digest.map_or_else(|| "-".to_owned(), |digest| digest.to_string());
        let mut line = |parts: &[&str]| {
            for part in parts {
                hasher.update(&(part.len() as u64).to_le_bytes());
                hasher.update(part.as_bytes());
            }
        };
        line(&[&self.operation]);
        for step in &self.steps {
            match step {
                Step::Replace(Replacement { path, before, after }) => {
                    line(&["replace", path.as_str(), &digest(*before), &digest(after.as_ref().map(Content::digest))]);
                }
                Step::Move { from, to } => line(&["move", from.as_str(), to.as_str()]),
                Step::MakeFolder(path) => line(&["make", path.as_str()]),
                Step::RemoveFolder(path) => line(&["remove", path.as_str()]),
            }
        }
        for (path, found) in &self.depends {
            line(&["depends", path.as_str(), &digest(*found)]);
        }
        for change in self.registry.iter().chain(&self.workspace) {
            line(&[change.verb, &change.path, &change.detail]);
        }
        for finding in &self.findings {
            line(&[finding.code.as_str(), finding.path.as_deref().unwrap_or_default(), &finding.message]);
        }
        hasher.finish().to_string()[..32].to_owned()
    }

    /// Whether something stands in the way.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        self.findings.iter().any(|finding| finding.blocking)
    }

    /// Notes a change of a file or folder.
    pub fn note(&mut self, verb: &'static str, path: &PortablePath, detail: impl Into<String>) {
        self.workspace.push(PlannedChange::new(verb, path.to_string(), detail));
    }

    /// Rewrites the registry: these entries change, and `next_asset_id` becomes `next` where it is given. `name_at` gives
    /// the name of the asset at a root, for people.
    pub fn edit_registry(
        &mut self,
        registry: &Registry,
        entries: Vec<EntryChange>,
        next: Option<u64>,
        name_at: &dyn Fn(&str) -> Option<String>,
    ) {
        let index = PortablePath::control().own("index.json");
        for entry in &entries {
            let (verb, detail) = match (&entry.before, &entry.after) {
                (None, Some(after)) => ("add", after.clone()),
                (Some(before), None) => ("drop", before.clone()),
                (Some(before), Some(after)) => ("change", format!("{before} becomes {after}")),
                (None, None) => continue,
            };
            let told = entry_told(entry, name_at);
            self.registry.push(PlannedChange { verb, path: index.to_string(), detail, told });
        }
        if let Some(next) = next {
            let detail = format!("`next_asset_id` becomes {next}");
            let told = format!("the next new asset gets the id {next}");
            self.registry.push(PlannedChange { verb: "change", path: index.to_string(), detail, told });
        }
        self.entries.extend_from_slice(&entries);
        self.steps.push(Step::Replace(Replacement {
            path: index,
            before: Some(registry.digest_on_disk()),
            after: Some(Content::Edited(RegistryEdit::of(registry, entries, next).into())),
        }));
    }
}
