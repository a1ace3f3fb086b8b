//! A project to build, and copies of it that differ in what must not matter.

use super::variation::Variation;
use crate::gate::random::Random;
use anyhow::{Context, bail};
use camino::{Utf8Path, Utf8PathBuf};
use std::time::{Duration, UNIX_EPOCH};

/// A project's folder and what belongs to it.
#[derive(Debug)]
pub(super) struct Project {
    /// The name of its folder.
    pub(super) name: String,
    folder: Utf8PathBuf,
    /// Regular files below `assets/`, relative to the folder, sorted.
    files: Vec<Utf8PathBuf>,
}

impl Project {
    /// Looks at a project's folder.
    pub(super) fn read(folder: &Utf8Path) -> anyhow::Result<Project> {
        let mut files = Vec::new();
        collect(&folder.join("assets"), folder, &mut files)
            .with_context(|| format!("could not read the project {folder}"))?;
        if files.is_empty() {
            bail!("{folder} has no files below assets/, so it proves nothing");
        }
        files.sort();
        Ok(Project { name: folder.file_name().unwrap_or("project").to_owned(), folder: folder.to_owned(), files })
    }

    /// Makes a copy in a folder that does not exist yet.
    pub(super) fn copy(&self, to: &Utf8Path, variation: &Variation, random: &mut Random) -> anyhow::Result<()> {
        let mut files = self.files.clone();
        if variation.shuffled {
            random.shuffle(&mut files);
        }
        for file in files {
            let copy = to.join(&file);
            std::fs::create_dir_all(copy.parent().context("a file lies in a folder")?)?;
            // Read and written, not `fs::copy`: a read-only original must not make a read-only copy.
            std::fs::write(&copy, std::fs::read(self.folder.join(&file))?)
                .with_context(|| format!("could not make {copy}"))?;
            if variation.other_times {
                // Somewhere between 2001 and 2032, in seconds since 1970.
                let time = UNIX_EPOCH + Duration::from_secs(1_000_000_000 + random.below(1_000_000_000));
                std::fs::File::options().write(true).open(&copy)?.set_modified(time)?;
            }
        }
        Ok(())
    }
}

/// Regular files only: links and the like belong to no build. What one machine keeps for itself stays behind.
fn collect(folder: &Utf8Path, project: &Utf8Path, files: &mut Vec<Utf8PathBuf>) -> anyhow::Result<()> {
    let control = folder.file_name() == Some(".prometeu");
    for entry in folder.read_dir_utf8()? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if control && matches!(entry.file_name(), "cache.json" | "lock" | "txn" | "quarantine") {
            continue;
        }
        if kind.is_dir() {
            collect(entry.path(), project, files)?;
        } else if kind.is_file() {
            files.push(entry.path().strip_prefix(project)?.to_owned());
        }
    }
    Ok(())
}
