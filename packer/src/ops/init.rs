//! `init`: makes the registry and the files that version control wants beside it. What is there stays as it is.

use super::Context;
use super::nothing_registered::nothing_registered;
use super::settle::{self, Settled};
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::{Disk, DiskErrorKind, Kind};
use crate::emit::{create_file, writing};
use crate::path::PortablePath;
use crate::plan::{Class, MutationPlan, PlannedChange};
use crate::report::{MutationResult, OperationResult, Report};
use crate::trust::refusal;
use crate::workspace::unsupported;

const INDEX: &str = "index.json";
const REGISTRY: &str = "{\n  \"schema_version\": 2,\n  \"next_asset_id\": 1,\n  \"assets\": []\n}\n";
const IGNORED: &str = "cache.json\nlock\ntxn/\nquarantine/\n";
const ATTRIBUTES: &str = "index.json text eol=lf merge=prometeu-registry\n";

/// Makes what is missing below `assets/.prometeu/`.
#[must_use]
pub fn init(context: &Context<'_>) -> Report {
    make_all(context, String::new())
}

/// Says what [`init`] would make.
#[must_use]
pub fn preview_init(context: &Context<'_>) -> Report {
    let (summary, plan) = match plan(context) {
        Ok(plan) if plan.workspace.is_empty() && plan.registry.is_empty() => ("nothing would change", plan),
        Ok(plan) => ("init would change what is listed; nothing was changed", plan),
        Err(finding) => return refused(context, finding, MutationResult::default()),
    };
    Report::new("init", &context.program, summary, Vec::new(), OperationResult::Mutation(MutationResult::of(&plan)))
}

/// [`init`], if it would make exactly what the preview with this id says.
#[must_use]
pub fn init_as_previewed(context: &Context<'_>, preview_id: &str) -> Report {
    match plan(context) {
        Ok(plan) if plan.id() == preview_id => make_all(context, plan.id()),
        Ok(plan) => {
            let stale = Diagnostic::new(Code::PlanStale, "the project is not what this preview saw");
            refused(context, stale.help("look at a fresh preview"), MutationResult::of(&plan))
        }
        Err(finding) => refused(context, finding, MutationResult::default()),
    }
}

fn refused(context: &Context<'_>, finding: Diagnostic, result: MutationResult) -> Report {
    let result = OperationResult::Mutation(MutationResult { class: Class::Workspace, ..result });
    Report::new("init", &context.program, "the project could not be set up", vec![finding], result)
}

fn make_all(context: &Context<'_>, preview_id: String) -> Report {
    let mut result = MutationResult { class: Class::Workspace, preview_id, ..MutationResult::default() };
    let made = make(context, &mut result);
    result.applied = result.changes_something();
    let (summary, findings) = match made {
        Ok(notes) if result.applied => ("the project is ready; put asset folders below `assets/`", notes),
        Ok(notes) => ("the project has a registry already; nothing was changed", notes),
        Err(finding) => ("the project could not be set up", vec![finding]),
    };
    Report::new("init", &context.program, summary, findings, OperationResult::Mutation(result))
}

/// What is missing, nothing touched.
fn plan(context: &Context<'_>) -> Result<MutationPlan, Diagnostic> {
    let mut plan = MutationPlan { reversible: false, ..MutationPlan::new("init", Class::Workspace) };
    for path in folders() {
        if lacks_folder(context.disk, &path)? {
            plan.note("create", &path, "folder");
        }
    }
    for (name, text) in missing_files(context)? {
        let path = PortablePath::control().own(name);
        let change = PlannedChange::new("create", path.to_string(), told(context, name, text));
        if name == INDEX { plan.registry.push(change) } else { plan.workspace.push(change) }
    }
    Ok(plan)
}

fn folders() -> [PortablePath; 2] {
    [PortablePath::assets(), PortablePath::control()]
}

/// The files that are not there, with their texts.
fn missing_files(context: &Context<'_>) -> Result<Vec<(&'static str, &'static str)>, Diagnostic> {
    let mut missing = Vec::new();
    for (name, text) in [(".gitignore", IGNORED), (".gitattributes", ATTRIBUTES), (INDEX, REGISTRY)] {
        if is_missing(context.disk, &PortablePath::control().own(name))? {
            missing.push((name, text));
        }
    }
    if !missing.iter().any(|(name, _)| *name == INDEX) {
        unsupported(context.disk, &context.options(false)).map_or(Ok(()), Err)?;
    }
    Ok(missing)
}

/// What is told of a file that is made.
fn told(context: &Context<'_>, name: &str, text: &str) -> String {
    let bytes = format!("{} bytes", text.len());
    if name != ".gitattributes" {
        return bytes;
    }
    // Git takes no command from a repository, so every clone has to be told.
    let driver = format!("{} merge-registry %O %A %B", context.program);
    format!("{bytes}; `git config merge.prometeu-registry.driver \"{driver}\"` lets git merge by it")
}

/// Makes it, and gives notes of what had to be settled before. Each thing lasts before the next one is made, the registry
/// last: a project that has one lacks nothing.
fn make(context: &Context<'_>, result: &mut MutationResult) -> Result<Vec<Diagnostic>, Diagnostic> {
    let disk = context.disk;
    let control = PortablePath::control();
    for path in folders() {
        if lacks_folder(disk, &path)? {
            disk.create_dir(&path).map_err(|error| writing(&error))?;
            result.workspace.push(PlannedChange::new("create", path.to_string(), "folder"));
        }
    }
    let missing = missing_files(context)?;
    if missing.is_empty() {
        let Settled { notes, blocked } = settle::before_reading(context);
        return blocked.map_or(Ok(notes), Err);
    }
    let (_lock, mut notes) = settle::for_writing(context)?;
    disk.sync_project().and_then(|()| disk.sync_dir(&PortablePath::assets())).map_err(|error| writing(&error))?;
    for (name, text) in missing {
        let path = control.own(name);
        // Another `init` may have made it while this one waited.
        if is_missing(disk, &path)? {
            create_file(disk, &path, text.as_bytes(), &context.operation_id).map_err(|error| writing(&error))?;
            let change = PlannedChange::new("create", path.to_string(), told(context, name, text));
            if name == INDEX { result.registry.push(change) } else { result.workspace.push(change) }
        }
    }
    if !result.registry.is_empty() {
        notes.extend(nothing_registered(context));
    }
    Ok(notes)
}

fn lacks_folder(disk: &dyn Disk, path: &PortablePath) -> Result<bool, Diagnostic> {
    match disk.metadata(path) {
        Ok(found) if found.kind == Kind::Folder => Ok(false),
        Ok(found) => Err(odd(path, found.kind)),
        Err(error) if error.kind == DiskErrorKind::NotFound => Ok(true),
        Err(error) => Err(refusal(&error)),
    }
}

fn is_missing(disk: &dyn Disk, path: &PortablePath) -> Result<bool, Diagnostic> {
    match disk.metadata(path) {
        Ok(found) if found.kind == Kind::File => Ok(false),
        Ok(found) => Err(odd(path, found.kind)),
        Err(error) if error.kind == DiskErrorKind::NotFound => Ok(true),
        Err(error) => Err(refusal(&error)),
    }
}

fn odd(path: &PortablePath, kind: Kind) -> Diagnostic {
    let code = if kind == Kind::Link { Code::TrustLink } else { Code::TrustNotRegular };
    Diagnostic::new(code, "something else stands where the packer keeps its own files")
        .at(path.as_str())
        .help("move it away")
}
