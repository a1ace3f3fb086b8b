//! Files that are made from the code: written where they differ, or compared and left alone.

use anyhow::Context;
use camino::Utf8Path;
use std::io::ErrorKind;

/// What a file of the repository should hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Made {
    /// Relative to the repository, `/`-separated.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
}

/// What is done with a file that is not as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It is left alone.
    Check,
    /// It is written.
    Write,
}

/// How a file stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// It was as it should be.
    Same,
    /// It was not there, or held something else.
    Different,
    /// It was there, and nothing makes it.
    Stray,
    /// It was there, and had to go.
    Gone,
}

/// Brings a file to what it should hold, or only says how it stands.
pub(super) fn settle(root: &Utf8Path, made: &Made, mode: Mode) -> anyhow::Result<State> {
    let path = root.join(&made.path);
    let found = match std::fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error).with_context(|| format!("could not read {path}")),
    };
    if found.as_deref() == Some(made.text.as_bytes()) {
        return Ok(State::Same);
    }
    if mode == Mode::Write {
        write(root, made)?;
    }
    Ok(State::Different)
}

/// Writes a file and the folders on its way.
pub(super) fn write(root: &Utf8Path, made: &Made) -> anyhow::Result<()> {
    let path = root.join(&made.path);
    let folder = path.parent().unwrap_or(root);
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&path, &made.text))
        .with_context(|| format!("could not write {path}"))
}

/// Reads a file of the repository.
pub(super) fn read(root: &Utf8Path, path: &str) -> anyhow::Result<String> {
    std::fs::read_to_string(root.join(path)).with_context(|| format!("could not read {path}"))
}

/// The files of a folder that are none of `all`, sorted.
pub(super) fn strays(root: &Utf8Path, folder: &str, all: &[Made]) -> anyhow::Result<Vec<String>> {
    let entries = root.join(folder).read_dir_utf8().with_context(|| format!("could not list {folder}"))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = format!("{folder}/{}", entry.with_context(|| format!("could not list {folder}"))?.file_name());
        if !all.iter().any(|made| made.path == path) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
