//! The files of a project with their bytes. Folders do not count: an empty one holds nothing.

use anyhow::Context;
use camino::Utf8Path;
use std::collections::BTreeMap;

/// Path below the project, with `/`, to bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::gate) struct Tree(BTreeMap<String, Vec<u8>>);

/// Where transactions keep their records.
const RECORDS: &str = "assets/.prometeu/txn/";
/// What a build remembers for the next one; it may come and go.
const CACHE: &str = "assets/.prometeu/cache.json";
/// What only a transaction under way needs.
const TEMPORARY: [&str; 4] = ["new-", "old-", "gone-", "journal.new"];

impl Tree {
    /// Reads everything below a folder, but for the lock, which means nothing.
    pub(in crate::gate) fn read(folder: &Utf8Path) -> anyhow::Result<Tree> {
        let mut tree = Tree::default();
        collect(folder, "", &mut tree.0).with_context(|| format!("could not read {folder}"))?;
        tree.0.remove("assets/.prometeu/lock");
        Ok(tree)
    }

    /// The files at these paths.
    pub(in crate::gate) fn only(mut self, paths: &[&str]) -> Tree {
        self.0.retain(|path, _| paths.contains(&path.as_str()));
        self
    }

    /// Adds or replaces a file.
    pub(in crate::gate) fn with(mut self, path: &str, bytes: impl Into<Vec<u8>>) -> Tree {
        self.0.insert(path.to_owned(), bytes.into());
        self
    }

    /// Whether there are no files.
    pub(in crate::gate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The files below a folder, which ends in `/`.
    pub(in crate::gate) fn below(&self, folder: &str) -> Tree {
        Tree(
            self.0
                .iter()
                .filter(|(path, _)| path.starts_with(folder))
                .map(|(path, file)| (path.clone(), file.clone()))
                .collect(),
        )
    }

    /// The files but for these of the packer's own, by the beginning of their names in its folder.
    pub(in crate::gate) fn without(mut self, own: &[&str]) -> Tree {
        let name = |path: &str| path.strip_prefix("assets/.prometeu/").map(str::to_owned);
        self.0.retain(|path, _| name(path).is_none_or(|name| !own.iter().any(|own| name.starts_with(own))));
        self
    }

    /// Writes all files below a folder, which is made.
    pub(in crate::gate) fn write(&self, folder: &Utf8Path) -> anyhow::Result<()> {
        for (path, bytes) in &self.0 {
            let file = folder.join(path);
            std::fs::create_dir_all(file.parent().context("a file lies in a folder")?)?;
            std::fs::write(&file, bytes).with_context(|| format!("could not write {file}"))?;
        }
        Ok(())
    }

    /// What a user sees: everything but the records of transactions and what a build remembers, and every id the same, since each run has its own.
    pub(in crate::gate) fn without_records(&self) -> Tree {
        let seen = self.0.iter().filter(|(path, _)| !path.starts_with(RECORDS) && *path != CACHE);
        Tree(seen.map(|(path, bytes)| (without_id(path), bytes.clone())).collect())
    }

    /// The first file that only a transaction under way needs.
    pub(in crate::gate) fn stray(&self) -> Option<&str> {
        let is_stray = |path: &&String| {
            let name = path.strip_prefix(RECORDS).and_then(|below| below.split('/').nth(1));
            name.is_some_and(|name| TEMPORARY.iter().any(|start| name.starts_with(start)))
        };
        self.0.keys().find(is_stray).map(String::as_str)
    }

    /// In what it differs from another.
    pub(in crate::gate) fn difference(&self, other: &Tree) -> String {
        let paths = self.0.keys().chain(other.0.keys());
        let mut paths: Vec<&str> =
            paths.filter(|path| self.0.get(*path) != other.0.get(*path)).map(String::as_str).collect();
        paths.sort_unstable();
        paths.dedup();
        if paths.is_empty() { "nothing".to_owned() } else { paths.join(", ") }
    }
}

/// An id is a moment and eight digits, such as `20260102T030405.006Z-0000000a`.
fn without_id(path: &str) -> String {
    let is_id = |name: &str| {
        name.rsplit_once("Z-").is_some_and(|(time, digits)| time.get(8..9) == Some("T") && digits.len() == 8)
    };
    path.split('/').map(|name| if is_id(name) { "ID" } else { name }).collect::<Vec<_>>().join("/")
}

fn collect(folder: &Utf8Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) -> anyhow::Result<()> {
    for entry in folder.read_dir_utf8()? {
        let entry = entry?;
        let path = format!("{prefix}{}", entry.file_name());
        if entry.file_type()?.is_dir() {
            collect(entry.path(), &format!("{path}/"), files)?;
        } else {
            files.insert(path, std::fs::read(entry.path())?);
        }
    }
    Ok(())
}
