//! A folder for a project that may be built in and changed: a copy of one that is only read, or an empty one.

use anyhow::Context;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// What a build keeps for the next one.
const CACHE: &str = "assets/.prometeu/cache.json";

/// The folder; it is gone when this is dropped.
pub(super) struct Scratch {
    place: TempDir,
}

impl Scratch {
    /// Copies assets/ and nothing else, without links and special files.
    ///
    /// # Errors
    /// When something cannot be read or written.
    pub(super) fn of(project: &Path) -> anyhow::Result<Scratch> {
        let scratch = Scratch::new()?;
        copy(&project.join("assets"), &scratch.folder().join("assets"))?;
        scratch.settle();
        Ok(scratch)
    }

    /// An empty folder.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn new() -> anyhow::Result<Scratch> {
        Ok(Scratch { place: tempfile::Builder::new().prefix("prometeu-bench-").tempdir()? })
    }

    /// Waits for what is still on its way to the disk; it would slow down what is measured next. Where the program for
    /// that is missing, it does.
    pub(super) fn settle(&self) {
        let mut sync = Command::new("sync");
        let _ =
            sync.arg("-f").arg(self.folder()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    }

    /// The project's folder.
    pub(super) fn folder(&self) -> &Path {
        self.place.path()
    }

    /// Whether a build has left what it keeps for the next one.
    pub(super) fn has_cache(&self) -> bool {
        self.folder().join(CACHE).exists()
    }

    /// Removes what a build keeps for the next one.
    ///
    /// # Errors
    /// When it is there and stays.
    pub(super) fn forget_cache(&self) -> anyhow::Result<()> {
        let cache: PathBuf = self.folder().join(CACHE);
        match fs::remove_file(&cache) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).context("could not drop the cache")
            }
            _ => Ok(()),
        }
    }
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir(to).with_context(|| format!("could not create {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("could not read the folder {}", from.display()))? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy(&from, &to)?;
        } else if kind.is_file() {
            fs::copy(&from, &to).with_context(|| format!("could not copy {}", from.display()))?;
        }
    }
    Ok(())
}
