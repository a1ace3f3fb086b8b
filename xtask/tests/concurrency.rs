//! Several programs at work on one project: writers take turns, and a reader sees what was before or what came after.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use fixtures::snapshot;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const INDEX: &str = "assets/.prometeu/index.json";

fn start(project: &Path, arguments: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(arguments).args(["--format", "json", "--project"]).arg(project);
    command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

fn answer(output: &Output) -> (i32, Value) {
    let mut report: Value = serde_json::from_slice(&output.stdout).unwrap();
    // What does not block says nothing about how the programs met.
    report["diagnostics"].as_array_mut().unwrap().retain(|finding| finding["blocking"] == true);
    (output.status.code().unwrap(), report)
}

fn run(project: &Path, arguments: &[&str]) -> (i32, Value) {
    answer(&start(project, arguments).wait_with_output().unwrap())
}

/// Sixty assets of version 1, registered by a registry of version 2, so that a migration leaves the registry alone.
fn old_project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut entries = Vec::new();
    for id in 1..=60 {
        let root = folder.path().join(format!("assets/sfx/s{id}"));
        fs::create_dir_all(&root).unwrap();
        fs::write(root.join("a.raw"), [0, 0]).unwrap();
        let declaration = format!(
            "{{\n  \"schema_version\": 1,\n  \"name\": \"s{id}\",\n  \"type\": \"sound_bank\",\n  \"inputs\": \
             {{ \"payload\": [\"a.raw\"] }},\n  \"output\": {{ \"format\": \"SOUNDS/pcm16le_v1\", \"codec\": \"RAW\", \
             \"metadata\": {{ \"sample_rate\": 8000, \"channels\": 1, \"samples\": {{}} }} }},\n  \"preload\": \
             {{ \"enabled\": false }}\n}}\n"
        );
        fs::write(root.join("asset.json"), declaration).unwrap();
        entries.push(format!(
            "    {{\"asset_id\":{id},\"asset_uuid\":\"6f0f7f0e-5b0c-4b54-9c1f-{id:012}\",\"included_in_build\":true,\
             \"root\":\"sfx/s{id}\"}}"
        ));
    }
    let registry = format!(
        "{{\n  \"schema_version\": 2,\n  \"next_asset_id\": 61,\n  \"assets\": [\n{}\n  ]\n}}\n",
        entries.join(",\n")
    );
    fs::create_dir_all(folder.path().join("assets/.prometeu")).unwrap();
    fs::write(folder.path().join(INDEX), registry).unwrap();
    folder
}

#[test]
fn two_migrations_at_once_are_one() {
    let project = old_project();
    let writers = [(); 2].map(|()| start(project.path(), &["migrate", "--apply"]));
    let answers = writers.map(|writer| answer(&writer.wait_with_output().unwrap()));
    for (exit, report) in &answers {
        assert_eq!(*exit, 0, "{:#}", report["diagnostics"]);
    }
    let applied = answers.iter().filter(|(_, report)| !report["result"]["migration_id"].is_null()).count();
    assert_eq!(applied, 1, "one migrates, the other finds nothing to do");
    let (_, history) = run(project.path(), &["history"]);
    assert_eq!(history["result"]["transactions"].as_array().unwrap().len(), 1);
}

/// Ends the reader, also when the writer fails.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_reader_never_sees_half_a_migration() {
    let project = old_project();
    let (is_over, reads) = (AtomicBool::new(false), AtomicUsize::new(0));
    let seen = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut seen = BTreeSet::new();
            while !is_over.load(Ordering::Relaxed) {
                let (exit, list) = run(project.path(), &["list"]);
                assert_eq!(exit, 0, "{:#}", list["diagnostics"]);
                let rows = list["result"]["assets"].as_array().unwrap();
                let versions: BTreeSet<u64> = rows.iter().map(|row| row["schema_version"].as_u64().unwrap()).collect();
                assert_eq!((rows.len(), versions.len()), (60, 1), "half a migration was seen: {versions:?}");
                seen.extend(versions);
                reads.fetch_add(1, Ordering::Relaxed);
            }
            seen
        });
        let end = End(&is_over);
        // Gives the reader the time to look from beginning to end at what is there now.
        let let_look = || {
            let (seen_at, mut patience) = (reads.load(Ordering::Relaxed), 6_000);
            while reads.load(Ordering::Relaxed) < seen_at + 2 && patience > 0 {
                std::thread::sleep(std::time::Duration::from_millis(10));
                patience -= 1;
            }
        };
        let_look();
        for round in 0..30 {
            let (exit, applied) = run(project.path(), &["migrate", "--apply"]);
            assert_eq!(exit, 0, "{:#}", applied["diagnostics"]);
            let id = applied["result"]["migration_id"].as_str().unwrap();
            if round == 0 {
                let_look();
            }
            assert_eq!(run(project.path(), &["migrate", "--rollback", id, "--apply"]).0, 0);
        }
        drop(end);
        reader.join().unwrap()
    });
    assert_eq!(seen, [1, 3].into(), "the reader was to see both sides");
}

#[test]
fn a_lock_whose_owner_died_is_free_and_what_it_left_is_settled() {
    let project = old_project();
    let before = snapshot(project.path()).unwrap();
    for milliseconds in [1, 3, 5, 8, 12, 20] {
        let mut writer = start(project.path(), &["migrate", "--apply"]);
        std::thread::sleep(std::time::Duration::from_millis(milliseconds));
        let _ = writer.kill();
        writer.wait().unwrap();
        let (exit, list) = run(project.path(), &["list", "--wait", "0"]);
        assert_eq!(exit, 0, "{:#}", list["diagnostics"]);
        let (_, history) = run(project.path(), &["history"]);
        let rows = history["result"]["transactions"].as_array().unwrap();
        if let Some(applied) =
            rows.iter().rev().find(|row| row["outcome"] == "applied" && row["operation"] == "migrate")
        {
            let id = applied["id"].as_str().unwrap();
            let _ = run(project.path(), &["migrate", "--rollback", id, "--apply", "--wait", "0"]);
        }
        let mut after = snapshot(project.path()).unwrap();
        after.retain(|path, _| !path.starts_with("assets/.prometeu/txn") && path != "assets/.prometeu/lock");
        assert_eq!(after, before, "killed after {milliseconds} ms");
    }
}

#[test]
fn a_reader_waits_for_another_that_settles_in_vain_and_says_what_stands_in_the_way() {
    let project = old_project();
    let transaction = project.path().join("assets/.prometeu/txn/20260101T000000Z-0123abcd");
    fs::create_dir_all(&transaction).unwrap();
    fs::write(transaction.join("journal.json"), "").unwrap();
    let lock = fs::File::create(project.path().join("assets/.prometeu/lock")).unwrap();
    lock.lock().unwrap();
    let reader = start(project.path(), &["list"]);
    std::thread::sleep(std::time::Duration::from_millis(300));
    lock.unlock().unwrap();
    let (exit, report) = answer(&reader.wait_with_output().unwrap());
    assert_eq!((exit, &report["diagnostics"][0]["code"]), (4, &"file/empty".into()), "{report:#}");
}
