//! Gates `flow-…`: what people do with a project from beginning to end, one gate a flow, through the built program and
//! from outside. Single rules are the tests' business; a flow shows that they work together on whole projects.

mod build;
mod desk;
mod doctor;
mod migration;
mod mutation;
mod read;
mod session;
mod studio;

use super::repository::Repository;
use super::{Gate, Verdict};
use anyhow::Context;
use camino::{Utf8Path, Utf8PathBuf};
use desk::Desk;

pub(super) const READ: Gate = read::GATE;
pub(super) const MUTATION: Gate = mutation::GATE;
pub(super) const DOCTOR: Gate = doctor::GATE;
pub(super) const BUILD: Gate = build::GATE;
pub(super) const MIGRATION: Gate = migration::GATE;
pub(super) const STUDIO: Gate = studio::GATE;

/// The repository's own project, which is there always.
const SHOWCASE: &str = "fixtures/projects/showcase";
/// Names a list of more projects, separated as in PATH.
const CORPUS: &str = "PROMETEU_CORPUS";

/// Takes a flow through a fresh copy of each project. The flow fails at the first thing that is not as it should be.
fn through(
    repository: &Repository,
    own: &[&str],
    flow: impl Fn(&Desk) -> anyhow::Result<()>,
) -> anyhow::Result<Verdict> {
    let mut notes = Vec::new();
    let mut folders: Vec<Utf8PathBuf> = own.iter().map(|path| repository.root.join(path)).collect();
    match std::env::var_os(CORPUS) {
        Some(list) => {
            for folder in std::env::split_paths(&list) {
                folders.push(repository.root.join(Utf8PathBuf::try_from(folder)?));
            }
        }
        None => notes.push(format!("no corpus project was taken through: {CORPUS} is not set")),
    }
    let program = Utf8PathBuf::try_from(std::env::current_exe()?)?;
    for folder in folders {
        let place = tempfile::tempdir()?;
        let place = Utf8Path::from_path(place.path()).context("the folder for temporary files has no UTF-8 name")?;
        let desk = Desk::copy(&program, &folder, &place.join("project"))?;
        flow(&desk).with_context(|| format!("project {folder}"))?;
        notes.push(format!("{}: {} commands", folder.file_name().unwrap_or("project"), desk.asked()));
    }
    Ok(Verdict::Passed(notes))
}

#[cfg(test)]
mod tests;
