//! The gate must notice what it is there for: a program that tears its changes apart, and one that leaves things behind.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use super::project::Change;
use super::{kill_everywhere, settle};
use crate::gate::tree::Tree;
use camino::{Utf8Path, Utf8PathBuf};
use std::os::unix::fs::PermissionsExt as _;

/// A program whose `build` does what this shell script says in the project's folder; `list` does nothing.
fn program(place: &Utf8Path, build: &str) -> Utf8PathBuf {
    let path = place.join("program");
    // Arguments: the command, --threads 1, --project FOLDER.
    std::fs::write(&path, format!("#!/bin/sh\ncd \"$5\"\n[ \"$1\" = build ] || exit 0\n{build}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

fn change() -> Change {
    let before = Tree::default().with("a", "old").with("b", "old");
    let after = before.clone().with("a", "new").with("b", "new");
    Change { name: "build", arguments: vec!["build".into()], start: before.clone(), before, after }
}

/// What the gate finds when a build is killed that does this.
fn wrong(build: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let place = Utf8Path::from_path(folder.path()).unwrap();
    kill_everywhere(&program(place, build), &change(), place, 1).unwrap().wrong
}

#[test]
fn a_change_that_is_torn_is_refused() {
    let wrong = wrong("echo new | tr -d '\\n' > a; sleep 0.1; echo new | tr -d '\\n' > b");
    assert!(wrong.iter().any(|line| line.contains("neither before nor after: a")), "{wrong:?}");
}

#[test]
fn a_change_that_does_not_happen_is_whole() {
    assert_eq!(wrong("sleep 0.01"), Vec::<String>::new());
}

#[test]
fn what_a_transaction_leaves_behind_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let place = Utf8Path::from_path(folder.path()).unwrap();
    let project = place.join("project");
    change().after.with("assets/.prometeu/txn/1/new-0", "").write(&project).unwrap();
    let found = settle(&program(place, ""), &change(), &project).unwrap();
    assert_eq!(found, Err("`assets/.prometeu/txn/1/new-0` was left behind".to_owned()));
}
