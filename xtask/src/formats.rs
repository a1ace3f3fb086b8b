//! What is made from the code's own tables and checked into the repository: JSON Schemas, parts of the docs, and the
//! places that a new version of a format needs. Projects are not its business.

mod docs;
mod made;
mod schema;
mod step;

use crate::gate::Repository;
use camino::Utf8Path;
use made::State;
pub(crate) use made::{Made, Mode};
use serde_json::{Value, json};
use std::io::{self, Write};
pub(crate) use step::NewStep;

/// What is asked for.
#[derive(Debug)]
pub(crate) enum Task {
    /// The schemas.
    Schemas(Mode),
    /// The generated parts of the docs.
    Docs(Mode),
    /// A new version of a format.
    NewStep(NewStep),
}

/// How the files stood, and what is to be said of it.
#[derive(Debug)]
pub(crate) struct Outcome {
    operation: &'static str,
    mode: Mode,
    /// Path and state, by path.
    files: Vec<(String, State)>,
    /// What to do next, a line each.
    notes: Vec<String>,
}

/// Carries a task out in the repository around the current folder.
///
/// # Errors
/// When there is no such repository, or a file cannot be read, understood or written.
pub(crate) fn run(task: &Task) -> anyhow::Result<Outcome> {
    run_in(&Repository::find()?.root, task)
}

fn run_in(root: &Utf8Path, task: &Task) -> anyhow::Result<Outcome> {
    match task {
        Task::Schemas(mode) => {
            let all = schema::all();
            let mut outcome = settle(root, "schemas", &all, *mode)?;
            outcome
                .files
                .extend(made::strays(root, schema::FOLDER, &all)?.into_iter().map(|path| (path, State::Stray)));
            Ok(outcome)
        }
        Task::Docs(mode) => settle(root, "docs", &docs::all(root)?, *mode),
        Task::NewStep(new) => {
            let (files, notes) = step::scaffold(root, new)?;
            Ok(Outcome { operation: "new-step", mode: Mode::Write, files, notes })
        }
    }
}

fn settle(root: &Utf8Path, operation: &'static str, all: &[Made], mode: Mode) -> anyhow::Result<Outcome> {
    let state = |made: &Made| Ok((made.path.clone(), made::settle(root, made, mode)?));
    let files = all.iter().map(state).collect::<anyhow::Result<_>>()?;
    Ok(Outcome { operation, mode, files, notes: Vec::new() })
}

impl Outcome {
    /// Whether something is left to be done.
    pub(crate) fn failed(&self) -> bool {
        self.files.iter().any(|(_, state)| self.word(*state) == "differs" || *state == State::Stray)
    }

    /// The files that are not, or were not, as they should be, a line each, and the sum.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub(crate) fn show(&self, out: &mut dyn Write) -> io::Result<()> {
        for (path, state) in self.files.iter().filter(|(_, state)| *state != State::Same) {
            writeln!(out, "{path}: {}", self.word(*state))?;
        }
        self.notes.iter().try_for_each(|note| writeln!(out, "{note}"))?;
        writeln!(out, "{}", self.summary())
    }

    /// The same as a program reads it: the common report object, with one row for each file.
    pub(crate) fn report(&self) -> Value {
        let row = |(path, state): &(String, State)| json!({ "path": path, "outcome": self.word(*state) });
        json!({
            "report_version": 1,
            "operation": self.operation,
            "status": if self.failed() { "blocked" } else { "ok" },
            "summary": self.summary(),
            "counts": { "errors": 0, "warnings": 0, "notes": 0 },
            "diagnostics": [],
            "result": { "files": self.files.iter().map(row).collect::<Vec<_>>(), "next": self.notes },
        })
    }

    fn word(&self, state: State) -> &'static str {
        match (state, self.mode) {
            (State::Same, _) => "unchanged",
            (State::Different, Mode::Check) => "differs",
            (State::Different, Mode::Write) => "written",
            (State::Stray, _) => "stray",
            (State::Gone, _) => "removed",
        }
    }

    fn summary(&self) -> String {
        let count = |state| self.files.iter().filter(|file| file.1 == state).count();
        let (different, stray) = (count(State::Different) + count(State::Gone), count(State::Stray));
        let all = self.files.len();
        match self.mode {
            _ if stray > 0 => {
                format!("{all} files, {different} of them not as the code says, {stray} that nothing makes")
            }
            Mode::Write => format!("{different} of {all} files changed"),
            Mode::Check if different == 0 => format!("all {all} files are as the code says"),
            Mode::Check => {
                format!(
                    "{different} of {all} files are not as the code says; `cargo xtask {}` writes them",
                    self.operation
                )
            }
        }
    }
}
