//! `init`: makes the registry and the files that version control wants beside it. What is there stays as it is.

use super::Context;
use super::settle::{self, Settled};
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::{Disk, DiskErrorKind, Kind};
use crate::emit::{create_file, writing};
use crate::path::PortablePath;
use crate::plan::{Class, PlannedChange};
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
    let mut result = MutationResult { class: Class::Workspace, ..MutationResult::default() };
    let made = make(context, &mut result);
    result.applied = !result.registry.is_empty() || !result.workspace.is_empty();
    let (summary, findings) = match made {
        Ok(notes) if result.applied => ("the project is ready; put asset folders below `assets/`", notes),
        Ok(notes) => ("the project has a registry already; nothing was changed", notes),
        Err(finding) => ("the project could not be set up", vec![finding]),
    };
    Report::new("init", &context.program, summary, findings, OperationResult::Mutation(result))
}

/// Makes it, and gives notes of what had to be settled before. Each thing lasts before the next one is made, the registry
/// last: a project that has one lacks nothing.
fn make(context: &Context<'_>, result: &mut MutationResult) -> Result<Vec<Diagnostic>, Diagnostic> {
    let disk = context.disk;
    let control = PortablePath::control();
    for path in [PortablePath::assets(), control.clone()] {
        if make_folder(disk, &path)? {
            result.workspace.push(PlannedChange::new("create", path.to_string(), "folder"));
        }
    }
    let missing: Vec<_> = [(".gitignore", IGNORED), (".gitattributes", ATTRIBUTES), (INDEX, REGISTRY)]
        .into_iter()
        .filter_map(|(name, text)| match is_missing(disk, &control.own(name)) {
            Ok(true) => Some(Ok((name, text))),
            Ok(false) => None,
            Err(finding) => Some(Err(finding)),
        })
        .collect::<Result<_, _>>()?;
    if !missing.iter().any(|(name, _)| *name == INDEX) {
        unsupported(context.disk, &context.options(false)).map_or(Ok(()), Err)?;
    }
    if missing.is_empty() {
        let Settled { notes, blocked } = settle::before_reading(context);
        return blocked.map_or(Ok(notes), Err);
    }
    let (_lock, notes) = settle::for_writing(context)?;
    disk.sync_project().and_then(|()| disk.sync_dir(&PortablePath::assets())).map_err(|error| writing(&error))?;
    for (name, text) in missing {
        let path = control.own(name);
        // Another `init` may have made it while this one waited.
        if is_missing(disk, &path)? {
            create_file(disk, &path, text.as_bytes(), &context.operation_id).map_err(|error| writing(&error))?;
            let mut detail = format!("{} bytes", text.len());
            if name == ".gitattributes" {
                // Git takes no command from a repository, so every clone has to be told.
                let driver = format!("{} merge-registry %O %A %B", context.program);
                detail += &format!("; `git config merge.prometeu-registry.driver \"{driver}\"` lets git merge by it");
            }
            let change = PlannedChange::new("create", path.to_string(), detail);
            if name == INDEX { result.registry.push(change) } else { result.workspace.push(change) }
        }
    }
    Ok(notes)
}

fn make_folder(disk: &dyn Disk, path: &PortablePath) -> Result<bool, Diagnostic> {
    match disk.metadata(path) {
        Ok(found) if found.kind == Kind::Folder => Ok(false),
        Ok(found) => Err(odd(path, found.kind)),
        Err(error) if error.kind == DiskErrorKind::NotFound => {
            disk.create_dir(path).map(|()| true).map_err(|error| writing(&error))
        }
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
