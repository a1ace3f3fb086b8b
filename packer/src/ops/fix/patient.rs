//! An examined project that repairs are chosen and planned for.

use super::draft::Draft;
use super::evidence::Evidence;
use super::suppressions::Suppressions;
use super::table::{self, Fix, TABLE};
use crate::diagnostic::{Code, Diagnostic, escape};
use crate::ops::Context;
use crate::ops::mutate::{Fresh, Scene};
use crate::path::PortablePath;
use crate::plan::MutationPlan;
use crate::schema::RegistryDraft;
use crate::workspace::{Asset, State, Workspace};
use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap, HashSet};

/// The project, with everything that was found in it.
pub(super) struct Patient<'a> {
    pub(super) context: &'a Context<'a>,
    /// Its findings are all of the doctor's.
    pub(super) workspace: &'a Workspace,
    /// Of those that claim one id or one name, or of one that has two uuids, the uuid that keeps it.
    pub(super) keep: Option<&'a str>,
    /// The project with its registry, or why there is none.
    pub(super) scene: Result<Scene<'a>, Diagnostic>,
    /// Every code that was found.
    codes: HashSet<Code>,
    evidence: OnceCell<Evidence>,
    lines: OnceCell<RegistryDraft<'static>>,
    suppressions: OnceCell<Option<Suppressions>>,
    roots: OnceCell<Vec<Asset>>,
}

/// What one repair is about.
#[derive(Clone, Debug)]
pub(super) struct Subject {
    /// The path of the finding, escaped.
    pub(super) path: String,
    /// A place among the workspace's assets, or among the registry's entries; the repair knows which.
    pub(super) at: usize,
    /// The offset of the finding in its file, where others of its code stand in the same file; else all of them are meant.
    pub(super) offset: Option<u64>,
}

impl Subject {
    pub(super) fn new(path: impl Into<String>, at: usize) -> Subject {
        Subject { path: path.into(), at, offset: None }
    }
}

/// A repair of one thing.
#[derive(Clone)]
pub(super) struct Chosen {
    pub(super) fix: &'static Fix,
    pub(super) subject: Subject,
}

impl<'a> Patient<'a> {
    pub(super) fn of(context: &'a Context<'a>, workspace: &'a Workspace, keep: Option<&'a str>) -> Patient<'a> {
        let (evidence, lines, suppressions, roots) = Default::default();
        let scene = Scene::open(context, workspace);
        let codes = workspace.findings.iter().map(|finding| finding.code).collect();
        Patient { context, workspace, keep, scene, codes, evidence, lines, suppressions, roots }
    }

    /// Everything that there is a repair for.
    pub(super) fn all(&self) -> Vec<Chosen> {
        TABLE.iter().flat_map(|fix| self.chosen(fix)).collect()
    }

    /// The repairs that are asked for: those of one code, else the safe ones.
    ///
    /// # Errors
    /// `--keep` names none of the entries that it has to choose from.
    pub(super) fn select(&self, only: Option<Code>) -> Result<Vec<Chosen>, Diagnostic> {
        let Some(code) = only else { return Ok(self.all().into_iter().filter(|chosen| chosen.fix.safe).collect()) };
        let chosen: Vec<Chosen> = table::of(code).map(|fix| self.chosen(fix)).unwrap_or_default();
        match self.keep.filter(|_| chosen.is_empty() && self.has(code)) {
            None => Ok(chosen),
            Some(keep) => {
                let message = format!("none of those that {} is about has the uuid `{keep}`", code.as_str());
                Err(Diagnostic::new(Code::UsageArguments, message).help_to_run("`{program} doctor` names them"))
            }
        }
    }

    fn chosen(&self, fix: &'static Fix) -> Vec<Chosen> {
        // A code of which nothing was found has nothing to repair, whatever else could be said.
        let subjects = if self.has(fix.code) { (fix.subjects)(self) } else { Vec::new() };
        subjects.into_iter().map(|subject| Chosen { fix, subject }).collect()
    }

    /// Whether this was found anywhere.
    pub(super) fn has(&self, code: Code) -> bool {
        self.codes.contains(&code)
    }

    /// One plan for all of them. What stands in the way of some is a warning of a plan that makes others.
    pub(super) fn plan(&self, chosen: &[Chosen], fresh: &Fresh<'_>) -> MutationPlan {
        let mut draft = Draft::of(self, fresh);
        for Chosen { fix, subject } in chosen {
            if let Err(finding) = (fix.plan)(&mut draft, subject) {
                draft.skip(finding);
            }
        }
        draft.finish()
    }

    /// Everything that is known of ids but for the registry as it is read.
    pub(super) fn evidence(&self) -> &Evidence {
        self.evidence.get_or_init(|| Evidence::gather(self.context))
    }

    /// `doctor.toml`, if it is there and can be read.
    pub(super) fn suppressions(&self) -> Option<&Suppressions> {
        self.suppressions.get_or_init(|| Suppressions::read(self.context)).as_ref()
    }

    /// Every root below `assets/` as if no registry knew it.
    pub(super) fn roots(&self) -> &[Asset] {
        self.roots.get_or_init(|| crate::workspace::load_roots(self.context.disk, &self.context.options(true)).0)
    }

    /// The registry's entries as text.
    pub(super) fn lines(&self) -> Option<&RegistryDraft<'static>> {
        let registry = self.workspace.registry.as_ref()?;
        Some(self.lines.get_or_init(|| registry.draft().into_owned()))
    }

    /// The registered assets whose declaration has a finding of this code; inputs of others are not opened.
    pub(super) fn registered(&self, code: Code) -> Vec<Subject> {
        let mut subjects = self.declarations(code);
        subjects.retain(|subject| self.workspace.assets[subject.at].state == State::Registered);
        subjects
    }

    /// The assets whose declaration has a finding of this code.
    pub(super) fn declarations(&self, code: Code) -> Vec<Subject> {
        self.assets(code, |asset| asset.declaration_path())
    }

    /// The assets whose folder has a finding of this code.
    pub(super) fn folders(&self, code: Code) -> Vec<Subject> {
        self.assets(code, |asset| asset.folder.clone())
    }

    fn assets(&self, code: Code, place: impl Fn(&Asset) -> Option<PortablePath>) -> Vec<Subject> {
        let found: BTreeSet<&str> = self.found(code).collect();
        // Of two entries with one root, both are the asset whose declaration it is; one of them is enough.
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (at, asset) in self.workspace.assets.iter().enumerate() {
            if let Some(path) = place(asset).and_then(|path| found.get(&*escape(path.as_str())).copied()) {
                places.entry(path).or_insert(at);
            }
        }
        let subject = |path: &str| Some(Subject::new(path, *places.get(path)?));
        found.into_iter().filter_map(subject).collect()
    }

    /// The registry's file, where it cannot be read because of a finding of this code.
    pub(super) fn registry_file(&self, code: Code) -> Vec<Subject> {
        let index = index().to_string();
        let is_it = self.workspace.registry.is_none() && self.found(code).any(|path| path == index);
        if is_it { vec![Subject::new(index, 0)] } else { Vec::new() }
    }

    /// The findings of a code.
    pub(super) fn findings(&self, code: Code) -> impl Iterator<Item = &'a Diagnostic> {
        self.workspace.findings.iter().filter(move |finding| finding.code == code)
    }

    /// The paths at which a code was found.
    fn found(&self, code: Code) -> impl Iterator<Item = &str> {
        self.findings(code).filter_map(|finding| finding.path.as_deref())
    }
}

/// The registry's file.
pub(super) fn index() -> PortablePath {
    PortablePath::control().own("index.json")
}
