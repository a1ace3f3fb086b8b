//! Every format of every checker from outside: the documents are what their readers take, they agree with each other and
//! with the exit code, and no text of a project gets out of its place in them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod judge;
mod formats;
mod people;
mod safety;

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

/// The formats that machines read.
const MACHINE: [&str; 4] = ["json", "sarif", "github", "junit"];

/// Runs the program, with none of the caller's wishes about colours.
fn run(arguments: &[&str], project: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    command.args(arguments).arg("--project").arg(project).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn exit(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// The answer in a format, and the exit code.
fn answer(arguments: &[&str], format: &str, project: &Path) -> (i32, String) {
    let output = run(&[arguments, &["--format", format]].concat(), project);
    (exit(&output), text(&output.stdout))
}

fn report(arguments: &[&str], project: &Path) -> (i32, Value) {
    let (exit, text) = answer(arguments, "json", project);
    (exit, serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}")))
}

fn written(files: &fixtures::Files) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    files.write(folder.path()).unwrap();
    folder
}
