//! Somebody's desk: a copy of a project, and the program to ask about it. Every answer is held to what all answers have.

use crate::gate::tree::Tree;
use anyhow::{Context, bail, ensure};
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;
use std::cell::Cell;
use std::process::{Command, Stdio};

/// A project to work on.
pub(super) struct Desk {
    program: Utf8PathBuf,
    folder: Utf8PathBuf,
    asked: Cell<usize>,
}

/// An answer in JSON.
pub(super) struct Answer {
    /// The command, for messages.
    pub(super) command: String,
    /// The exit code.
    pub(super) exit: i32,
    /// The whole report.
    pub(super) report: Value,
}

impl Desk {
    /// Copies a project to a folder that does not exist yet, without what a build or another machine left in it.
    pub(super) fn copy(program: &Utf8Path, project: &Utf8Path, folder: &Utf8Path) -> anyhow::Result<Desk> {
        let tree = Tree::read(project)?.below("assets/").without(&["cache.json", "txn/", "quarantine/"]);
        ensure!(!tree.is_empty(), "{project} has no assets, so it proves nothing");
        tree.write(folder)?;
        Ok(Desk { program: program.to_owned(), folder: folder.to_owned(), asked: Cell::new(0) })
    }

    /// Counts a question to another program about this project.
    pub(super) fn count(&self) {
        self.asked.set(self.asked.get() + 1);
    }

    /// How often something was asked.
    pub(super) fn asked(&self) -> usize {
        self.asked.get()
    }

    /// Where the project lies.
    pub(super) fn path(&self, below: &str) -> Utf8PathBuf {
        self.folder.join(below)
    }

    /// All files of the project.
    pub(super) fn tree(&self) -> anyhow::Result<Tree> {
        Tree::read(&self.folder)
    }

    /// Runs the program in a format and gives its exit code and standard output.
    pub(super) fn run(&self, arguments: &[&str], format: &str) -> anyhow::Result<(i32, String)> {
        self.count();
        let mut command = Command::new(&self.program);
        command.args(arguments).args(["--project", self.folder.as_str(), "--format", format]);
        let output = command.stdin(Stdio::null()).output().context("could not start the program")?;
        let exit = output.status.code().with_context(|| format!("`{}` was killed", arguments.join(" ")))?;
        let text = String::from_utf8(output.stdout).context("standard output is not UTF-8")?;
        Ok((exit, text))
    }

    /// Asks for JSON. The report has to be whole, and its status what the exit code says.
    pub(super) fn ask(&self, arguments: &[&str]) -> anyhow::Result<Answer> {
        let (exit, text) = self.run(arguments, "json")?;
        let command = arguments.join(" ");
        let report: Value = serde_json::from_str(&text).with_context(|| format!("`{command}` gave no JSON"))?;
        let status = match exit {
            0 => "ok",
            1 | 3 | 4 | 5 => "blocked",
            _ => "failed",
        };
        ensure!(report["report_version"] == 1, "`{command}`: the report has no version 1");
        ensure!(report["status"] == status, "`{command}` exits with {exit} and says {}", report["status"]);
        ensure!(
            report["diagnostics"].is_array() && report["result"].is_object(),
            "`{command}`: the report is not whole"
        );
        Ok(Answer { command, exit, report })
    }

    /// Asks for what has to work.
    pub(super) fn succeed(&self, arguments: &[&str]) -> anyhow::Result<Answer> {
        self.ask(arguments)?.exits(0)
    }

    /// Asks for what must not change a byte.
    pub(super) fn look(&self, arguments: &[&str], exit: i32) -> anyhow::Result<Answer> {
        let before = self.tree()?;
        let answer = self.ask(arguments)?.exits(exit)?;
        let changed = self.tree()?.difference(&before);
        ensure!(changed == "nothing", "`{}` only looks, and changed {changed}", answer.command);
        Ok(answer)
    }
}

impl Answer {
    /// The same, if the exit code is this one.
    pub(super) fn exits(self, exit: i32) -> anyhow::Result<Answer> {
        if self.exit == exit {
            return Ok(self);
        }
        bail!("`{}` exits with {} instead of {exit}: {}", self.command, self.exit, self.report["summary"]);
    }

    /// A member of the result.
    pub(super) fn result(&self, name: &str) -> &Value {
        &self.report["result"][name]
    }

    /// A text in the result.
    pub(super) fn text(&self, name: &str) -> anyhow::Result<&str> {
        self.result(name).as_str().with_context(|| format!("`{}` gave no `{name}`", self.command))
    }

    /// The rows of a list in the result.
    pub(super) fn rows(&self, name: &str) -> anyhow::Result<&[Value]> {
        let rows = self.result(name).as_array().with_context(|| format!("`{}` gave no `{name}`", self.command))?;
        Ok(rows)
    }

    /// Whether a finding has this code.
    pub(super) fn has(&self, code: &str) -> bool {
        self.report["diagnostics"].as_array().is_some_and(|found| found.iter().any(|one| one["code"] == code))
    }
}
