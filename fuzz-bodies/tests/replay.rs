//! Every target on its committed corpus, on its seeds, and on mutations of both: the same ones each time.

use fuzz_bodies::mutate::mutations;
use fuzz_bodies::{TARGETS, seeds};
use std::fs;
use std::path::PathBuf;

/// Mutations of one seed; `PROMETEU_COMPLETE` makes them many.
const FEW: usize = 8;
const MANY: usize = 2000;

#[test]
fn names() {
    replay("names");
}

#[test]
fn json() {
    replay("json");
}

#[test]
fn envelope() {
    replay("envelope");
}

#[test]
fn declaration() {
    replay("declaration");
}

#[test]
fn registry() {
    replay("registry");
}

#[test]
fn journal() {
    replay("journal");
}

#[test]
fn suppressions() {
    replay("suppressions");
}

#[test]
fn palette() {
    replay("palette");
}

#[test]
fn png() {
    replay("png");
}

#[test]
fn wav() {
    replay("wav");
}

#[test]
fn archive() {
    replay("archive");
}

#[test]
fn frames() {
    replay("frames");
}

/// Each target has a test above, a program for the fuzzer and a corpus, and nothing else has one.
#[test]
fn tests_programs_corpora_and_table_agree() {
    let table: Vec<String> = sorted(TARGETS.iter().map(|target| target.name.to_owned()));
    let here =
        fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/replay.rs")).expect("this file");
    for name in &table {
        assert!(here.contains(&format!("fn {name}() {{\n    replay(\"{name}\");")), "no test of {name}");
    }
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).expect("the fuzzer's manifest");
    for name in &table {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "fuzz/Cargo.toml has no {name}");
    }
    for (folder, extension) in [("fuzz_targets", ".rs"), ("corpus", "")] {
        let entries = fs::read_dir(fuzz().join(folder)).expect("a folder of the fuzzer");
        let found = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
        assert_eq!(sorted(found.map(|name| name.trim_end_matches(extension).to_owned())), table, "{folder}");
    }
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[allow(clippy::print_stderr, reason = "the last line before a failure names the file that it is about")]
fn replay(name: &str) {
    let count = if std::env::var_os("PROMETEU_COMPLETE").is_some() { MANY } else { FEW };
    let target = TARGETS.iter().find(|target| target.name == name).expect("a target");
    for (file, data) in corpus(name).into_iter().chain(seeds(name).into_iter().map(|seed| ("a seed".into(), seed))) {
        eprintln!("{file}");
        (target.body)(&data);
        mutations(&data, count).for_each(|data| (target.body)(&data));
    }
    (target.body)(b"");
}

fn corpus(name: &str) -> Vec<(String, Vec<u8>)> {
    let folder = fs::read_dir(fuzz().join("corpus").join(name)).expect("each target has a corpus");
    let read = |entry: fs::DirEntry| (entry.path().display().to_string(), fs::read(entry.path()).expect("a seed"));
    folder.map(|entry| read(entry.expect("an entry"))).collect()
}

fn fuzz() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository").join("fuzz")
}
