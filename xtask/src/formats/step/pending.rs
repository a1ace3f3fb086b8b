//! Changes to a checkout that are collected and made together, so that a place that is not found leaves all as it was.

use crate::formats::made::State;
use anyhow::{Context, bail};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeMap;

/// A checkout with changes that are not written yet. Paths are relative to it, `/`-separated.
pub(super) struct Pending {
    root: Utf8PathBuf,
    /// New content; nothing for a file that goes.
    changes: BTreeMap<String, Option<Vec<u8>>>,
}

impl Pending {
    pub(super) fn new(root: &Utf8Path) -> Pending {
        Pending { root: root.to_owned(), changes: BTreeMap::new() }
    }

    /// The content of a file, changes included.
    pub(super) fn read(&self, path: &str) -> anyhow::Result<Vec<u8>> {
        match self.changes.get(path) {
            Some(Some(content)) => Ok(content.clone()),
            Some(None) => bail!("{path} is gone"),
            None => std::fs::read(self.root.join(path)).with_context(|| format!("could not read {path}")),
        }
    }

    /// The text of a file, changes included.
    pub(super) fn text(&self, path: &str) -> anyhow::Result<String> {
        String::from_utf8(self.read(path)?).with_context(|| format!("{path} is not UTF-8"))
    }

    /// Gives a file new content.
    pub(super) fn put(&mut self, path: &str, content: impl Into<Vec<u8>>) {
        self.changes.insert(path.to_owned(), Some(content.into()));
    }

    /// Takes a file away.
    pub(super) fn remove(&mut self, path: &str) {
        self.changes.insert(path.to_owned(), None);
    }

    /// Replaces the one occurrence of `from` in a file.
    pub(super) fn replace(&mut self, path: &str, from: &str, to: &str) -> anyhow::Result<()> {
        let text = self.text(path)?;
        let count = text.matches(from).count();
        if count != 1 {
            bail!("{path} holds `{from}` {count} times, not once; the scaffold does not know its place any more");
        }
        self.put(path, text.replacen(from, to, 1));
        Ok(())
    }

    /// The files below a folder as they lie on disk, sorted; none when it is not there.
    pub(super) fn files(&self, folder: &str) -> anyhow::Result<Vec<String>> {
        let mut found = Vec::new();
        if self.root.join(folder).is_dir() {
            self.collect(folder, &mut found).with_context(|| format!("could not list {folder}"))?;
        }
        found.sort();
        Ok(found)
    }

    fn collect(&self, folder: &str, found: &mut Vec<String>) -> anyhow::Result<()> {
        for entry in self.root.join(folder).read_dir_utf8()? {
            let entry = entry?;
            let path = format!("{folder}/{}", entry.file_name());
            if entry.file_type()?.is_dir() { self.collect(&path, found)? } else { found.push(path) }
        }
        Ok(())
    }

    /// Every change so far.
    pub(super) fn changes(&self) -> impl Iterator<Item = (&str, Option<&[u8]>)> {
        self.changes.iter().map(|(path, content)| (path.as_str(), content.as_deref()))
    }

    /// Makes the changes and gives their paths with what was done.
    pub(super) fn write(self) -> anyhow::Result<Vec<(String, State)>> {
        for (path, content) in &self.changes {
            let place = self.root.join(path);
            let folder = place.parent().unwrap_or(&self.root);
            let written = match content {
                Some(content) => std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&place, content)),
                None => std::fs::remove_file(&place),
            };
            written.with_context(|| format!("could not write {path}"))?;
            // A folder goes with its last file; one that still holds something refuses.
            let above = place.ancestors().skip(1).take_while(|_| content.is_none());
            let _ = above.map(std::fs::remove_dir).find(Result::is_err);
        }
        let state = |content: Option<Vec<u8>>| if content.is_some() { State::Different } else { State::Gone };
        Ok(self.changes.into_iter().map(|(path, content)| (path, state(content))).collect())
    }
}
