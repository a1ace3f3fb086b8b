//! `report`, through the program: what stands on the page, where it may be put, and that nothing a project holds gets out of
//! its place on it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod changed;
mod hostile;
mod many;
mod places;
#[path = "../program/mod.rs"]
mod program;
mod sound;

use fixtures::Files;
use serde_json::Value;
use std::fs;
use std::path::Path;

const ARCHIVE: &str = "build/assets.pa";

/// A run: its exit code and its report.
fn run(project: &Path, arguments: &[&str]) -> (i32, Value) {
    let run = program::run(arguments, project).unwrap();
    (run.exit, run.report)
}

/// The page about a project, put outside of it, with the exit code.
fn page_and_exit(project: &Path) -> (String, i32) {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("page.html");
    let (exit, report) = run(project, &["report", "--out", file.to_str().unwrap()]);
    let page = fs::read_to_string(&file).unwrap_or_else(|_| panic!("there is no page: {report:#}"));
    (page, exit)
}

fn page(project: &Path) -> String {
    let (page, exit) = page_and_exit(project);
    assert_eq!(exit, 0);
    page
}

fn written(files: &Files) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    files.write(folder.path()).unwrap();
    folder
}

fn built(files: &Files) -> tempfile::TempDir {
    let folder = written(files);
    let (exit, report) = run(folder.path(), &["build"]);
    assert_eq!(exit, 0, "{report:#}");
    folder
}

/// What stands between two texts of a page.
fn between<'p>(page: &'p str, from: &str, to: &str) -> &'p str {
    let start = page.find(from).unwrap_or_else(|| panic!("{from} is not on the page")) + from.len();
    &page[start..start + page[start..].find(to).unwrap_or_else(|| panic!("{to} does not follow {from}"))]
}

fn section<'p>(page: &'p str, id: &str) -> &'p str {
    between(page, &format!("<section id=\"{id}\">"), "</section>")
}
