//! The checkout that the gates look at: where it is, its source files, and how programs are run in it.

use super::Verdict;
use super::choice::Shard;
use super::source::Source;
use anyhow::{Context, bail};
use camino::{Utf8Path, Utf8PathBuf};
use std::process::{Command, Stdio};
use xshell::{Cmd, Shell};

/// The packer's checkout.
#[derive(Debug)]
pub(crate) struct Repository {
    /// Its folder.
    pub(crate) root: Utf8PathBuf,
    /// Runs programs, in that folder.
    pub(crate) shell: Shell,
    /// Where tools are installed: beside what cargo builds, so that git never sees them.
    pub(crate) tools: Utf8PathBuf,
    /// Which part of the tests is run; all of them when absent.
    pub(crate) shard: Option<Shard>,
}

impl Repository {
    /// The repository around the current folder: the nearest folder upwards that has `.config/gate.toml`.
    pub(crate) fn find() -> anyhow::Result<Repository> {
        let current = Utf8PathBuf::try_from(std::env::current_dir()?)?;
        let Some(root) = current.ancestors().find(|folder| folder.join(".config/gate.toml").is_file()) else {
            bail!("{current} is not inside the packer's repository: no folder above it has .config/gate.toml");
        };
        Repository::at(root)
    }

    /// The repository at this folder.
    pub(crate) fn at(root: &Utf8Path) -> anyhow::Result<Repository> {
        let shell = Shell::new()?;
        shell.change_dir(root);
        let target = shell.var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".into());
        Ok(Repository { root: root.to_owned(), shell, tools: root.join(target).join("tools"), shard: None })
    }

    /// Runs a program to its end and passes if it succeeds. Its output goes to standard error as it comes, so
    /// that standard output stays free for a report.
    pub(crate) fn passes(&self, command: Cmd<'_>) -> anyhow::Result<Verdict> {
        let shown = command.to_string();
        let status = Command::from(command)
            .stdin(Stdio::null())
            .stdout(std::io::stderr())
            .status()
            .with_context(|| format!("could not start `{shown}`"))?;
        Ok(if status.success() {
            Verdict::Passed(Vec::new())
        } else {
            Verdict::Failed(vec![format!("`{shown}` ended with {status}")])
        })
    }

    /// Whether this command can be started and succeeds, in silence.
    pub(crate) fn answers(&self, command: Cmd<'_>) -> bool {
        command.quiet().ignore_stdout().ignore_stderr().run().is_ok()
    }

    /// The Rust files below these folders, in the order of their paths. A folder that does not exist has none.
    pub(crate) fn sources(&self, folders: &[&str]) -> anyhow::Result<Vec<Source>> {
        let mut paths = Vec::new();
        for folder in folders {
            collect(&self.root.join(folder), &mut paths)?;
        }
        paths.sort();
        paths.iter().map(|path| self.source(path)).collect()
    }

    fn source(&self, path: &Utf8Path) -> anyhow::Result<Source> {
        let text = std::fs::read_to_string(path).with_context(|| format!("could not read {path}"))?;
        let relative = path.strip_prefix(&self.root)?.as_str().replace('\\', "/");
        Ok(Source::new(&relative, &text))
    }
}

fn collect(folder: &Utf8Path, paths: &mut Vec<Utf8PathBuf>) -> anyhow::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in folder.read_dir_utf8().with_context(|| format!("could not list {folder}"))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            collect(entry.path(), paths)?;
        } else if entry.path().extension() == Some("rs") {
            paths.push(entry.path().to_owned());
        }
    }
    Ok(())
}
