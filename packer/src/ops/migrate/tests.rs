//! Proves that a migration, its rollback, a mutation and recovery survive every fault at every operation of the disk:
//! the project is afterwards what it was before or what it was to become, and nothing else.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a failing step is a failing test; the table is its answer"
)]

use super::{MigrateMode, migrate, rollback};
use crate::digest::Digest;
use crate::disk::Disk as _;
use crate::disk::memory::{Fault, MemoryDisk};
use crate::emit::{Transaction, TransactionFolder, recover as settle_all, transact};
use crate::envelope::Windows;
use crate::event::Silent;
use crate::ops::{Context, Edited, list, recover};
use crate::path::PortablePath;
use crate::plan::{Replacement, Step};
use crate::trust::Limits;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::time::Duration;

const APPLY: &str = "20260102T030405Z-0000000a";
const SECOND: &str = "20260102T030405Z-0000000b";
const NEXT: &str = "20260102T030405Z-0000000c";
const TIME: &str = "2026-01-02T03:04:05Z";
const UNREGISTERED: &str = "assets/old/logo/asset.json";
const SEEDS: u64 = 6;
const FAULTS: [(&str, Fault); 8] = [
    ("killed", Fault::Stop),
    ("no space", Fault::Error(ErrorKind::StorageFull)),
    ("I/O error", Fault::Error(ErrorKind::Other)),
    ("interrupted", Fault::Error(ErrorKind::Interrupted)),
    ("no permission", Fault::Error(ErrorKind::PermissionDenied)),
    ("full from here", Fault::ErrorsFrom(ErrorKind::StorageFull)),
    ("read-only from here", Fault::ErrorsFrom(ErrorKind::ReadOnlyFilesystem)),
    ("short write", Fault::ShortWrite),
];

type Visible = BTreeMap<String, Option<Vec<u8>>>;

/// An operation that either ends in `after` or leaves `before`.
struct Case<'a> {
    name: &'a str,
    start: MemoryDisk,
    /// Its own transaction, whose record may stay.
    id: &'a str,
    before: Visible,
    after: Visible,
    /// Carries it out and says whether it reported success.
    act: &'a dyn Fn(&MemoryDisk) -> bool,
    /// Whether a report decides which state must follow; recovery settles either way.
    is_decided_by_report: bool,
}

#[derive(Default)]
struct Counts {
    before: usize,
    after: usize,
}

#[test]
fn a_migration_survives_everything() {
    let start = project();
    let after = start.killed();
    assert!(apply(&after), "the migration works when nothing fails");
    check(&Case {
        name: "migrate",
        before: visible(&start, APPLY),
        after: visible(&after, APPLY),
        start,
        id: APPLY,
        act: &apply,
        is_decided_by_report: true,
    });
}

#[test]
fn a_rollback_survives_everything() {
    let original = project();
    let start = original.killed();
    assert!(apply(&start));
    // Durable, as after any power loss that follows success.
    let start = start.crash(0);
    let after = start.killed();
    assert!(roll_back(&after), "the rollback works when nothing fails");
    assert_eq!(visible_of_all(&after), visible_of_all(&original), "a rollback gives the exact bytes of before");
    check(&Case {
        name: "rollback",
        before: visible(&start, SECOND),
        after: visible(&after, SECOND),
        start,
        id: SECOND,
        act: &roll_back,
        is_decided_by_report: true,
    });
}

#[test]
fn a_change_that_makes_and_removes_files_survives_everything() {
    let start = project();
    let after = start.killed();
    assert!(mutate(&after), "the mutation works when nothing fails");
    check(&Case {
        name: "mutation",
        before: visible(&start, APPLY),
        after: visible(&after, APPLY),
        start,
        id: APPLY,
        act: &mutate,
        is_decided_by_report: true,
    });
}

#[test]
fn recovery_survives_everything() {
    let (mut tables, mut states) = (BTreeMap::new(), 0);
    for act in [apply as fn(&MemoryDisk) -> bool, mutate] {
        let (start, whole) = (project(), project());
        assert!(act(&whole));
        let (before, after) = (visible(&start, APPLY), visible(&whole, APPLY));
        let operations = whole.operations();
        let journal = operations.iter().position(|operation| operation.ends_with("journal.json")).unwrap();
        for n in (journal + 1..=operations.len() + 1).filter(|n| n % 2 == 1) {
            let disk = start.killed();
            disk.fail_at(n, Fault::Stop);
            act(&disk);
            states += 1;
            let case = Case {
                name: "recovery",
                start: if n % 4 == 1 { disk.killed() } else { disk.crash(n as u64) },
                id: APPLY,
                before: before.clone(),
                after: after.clone(),
                act: &|disk| recover(&context(disk, NEXT), Edited::Refuse).exit() == 0,
                is_decided_by_report: false,
            };
            run(&case, 2, &mut tables);
        }
    }
    print(&format!("recovery from {states} states"), &tables);
}

fn check(case: &Case<'_>) {
    let mut table = BTreeMap::new();
    let operations = run(case, SEEDS, &mut table);
    print(&format!("{}, {operations} operations", case.name), &table);
    assert!(table.values().any(|counts| counts.before > 0) && table.values().any(|counts| counts.after > 0));
}

fn print(title: &str, table: &BTreeMap<&'static str, Counts>) {
    println!("{title:<44} {:>7} {:>7}", "before", "after");
    for (kind, counts) in table {
        println!("  {kind:<42} {:>7} {:>7}", counts.before, counts.after);
    }
}

/// Every fault at every operation. Gives how many operations there are.
fn run(case: &Case<'_>, seeds: u64, table: &mut BTreeMap<&'static str, Counts>) -> usize {
    let whole = case.start.killed();
    (case.act)(&whole);
    let operations = whole.operations();
    for n in 1..=operations.len() + 1 {
        for (kind, fault) in FAULTS {
            let disk = case.start.killed();
            disk.fail_at(n, fault);
            let said = (case.act)(&disk);
            let operation = operations.get(n - 1).map_or("the end", String::as_str);
            let place = format!("{}: {kind} at {n}, {operation}", case.name);
            // A medium that refuses everything after the commit mark cannot say whether the mark is durable.
            let lasts = !matches!(fault, Fault::ErrorsFrom(_));
            // An unregistered root that cannot be read is skipped, which blocks nothing.
            let skips = matches!(fault, Fault::Error(_)) && operation.contains(" assets/old");
            let said = (case.is_decided_by_report && fault != Fault::Stop).then_some(said);
            count(table, kind, outcome(case, &disk.killed(), n, (said, skips), &place));
            for seed in 0..seeds {
                let seed = seed + 1000 * n as u64;
                let kind = if fault == Fault::Stop { "killed, power loss" } else { "any error, then power loss" };
                let place = format!("{place}, power loss with seed {seed}");
                count(table, kind, outcome(case, &disk.crash(seed), n, (said.filter(|_| lasts), skips), &place));
            }
        }
    }
    operations.len()
}

fn count(table: &mut BTreeMap<&'static str, Counts>, kind: &'static str, is_after: bool) {
    let counts = table.entry(kind).or_default();
    if is_after { counts.after += 1 } else { counts.before += 1 }
}

/// Runs the next command, compares with what was reported (and whether the unregistered root may be skipped), and says whether the project is what it was to become.
fn outcome(case: &Case<'_>, disk: &MemoryDisk, n: usize, (said, skips): (Option<bool>, bool), place: &str) -> bool {
    let report =
        if n.is_multiple_of(2) { list(&context(disk, NEXT)) } else { recover(&context(disk, NEXT), Edited::Refuse) };
    assert_eq!(report.exit(), 0, "{place}: the next command fails: {:?}", report.findings);
    let found = visible(disk, case.id);
    let is_after = found == case.after || skips && found == without_unregistered(case);
    assert!(is_after || found == case.before, "{place}: neither before nor after: {}", difference(case, &found));
    if let Some(said) = said {
        assert_eq!(is_after, said, "{place}: the report says otherwise");
    }
    let is_marked = disk.snapshot().contains_key(&format!("assets/.prometeu/txn/{}/committed", case.id));
    assert_eq!(is_after, is_marked, "{place}: the mark says otherwise");
    let settled = disk.snapshot();
    let _ = recover(&context(disk, NEXT), Edited::Refuse);
    assert!(settled == disk.snapshot(), "{place}: a second recovery changes something");
    // Neither finds a writer anything left to do, nor does a power loss now leave anything in between.
    settle_all(disk, &Limits::default(), &Windows::default()).unwrap();
    assert!(settled == disk.snapshot(), "{place}: a writer finds something to sweep");
    let later = disk.crash(n as u64);
    let _ = list(&context(&later, NEXT));
    let found = visible(&later, case.id);
    assert!(
        found == case.before || found == case.after || skips && found == without_unregistered(case),
        "{place}: undone by a power loss after recovery: {}",
        difference(case, &found)
    );
    is_after
}

/// What becomes of the project when the unregistered root is skipped.
fn without_unregistered(case: &Case<'_>) -> Visible {
    let mut state = case.after.clone();
    if case.name == "migrate" {
        state.insert(UNREGISTERED.to_owned(), case.before[UNREGISTERED].clone());
    }
    state
}

fn difference(case: &Case<'_>, found: &Visible) -> String {
    let names = |one: &Visible, other: &Visible| -> Vec<String> {
        one.iter().filter(|(path, bytes)| other.get(*path) != Some(*bytes)).map(|(path, _)| path.clone()).collect()
    };
    format!(
        "not as before {:?}, not as after {:?}, missing {:?}",
        names(found, &case.before),
        names(found, &case.after),
        names(&case.before, found)
    )
}

/// What is there, but for the lock and for what may stay of the transaction `id`.
fn visible(disk: &MemoryDisk, id: &str) -> Visible {
    let mut found = disk.snapshot();
    found.remove("assets/.prometeu/lock");
    found.remove("assets/.prometeu/txn");
    let folder = format!("assets/.prometeu/txn/{id}");
    for kept in ["/journal.json", "/originals", "/committed", "/undone", ""] {
        found.remove(&format!("{folder}{kept}"));
    }
    found
}

fn visible_of_all(disk: &MemoryDisk) -> Visible {
    let mut found = visible(disk, APPLY);
    found.retain(|path, _| !path.starts_with("assets/.prometeu/txn"));
    found
}

fn apply(disk: &MemoryDisk) -> bool {
    let mut minted = 0;
    let mut mint = || {
        minted += 1;
        format!("0c6e8a5e-3c0e-4f57-8d0b-{minted:012x}")
    };
    let mode = MigrateMode::Apply { preview_id: None, mint: &mut mint, time: TIME.to_owned() };
    migrate(&context(disk, APPLY), mode).exit() == 0
}

fn roll_back(disk: &MemoryDisk) -> bool {
    rollback(&context(disk, SECOND), APPLY, Some(TIME.to_owned())).exit() == 0
}

/// Replaces one file, removes one and makes one; makes a folder, moves one, sets one aside and takes an empty one away.
fn mutate(disk: &MemoryDisk) -> bool {
    let assets = PortablePath::assets();
    let path = |text: &str| assets.join(text).unwrap();
    let replacement = |text: &str, before: Option<&[u8]>, after: Option<&[u8]>| {
        Step::Replace(Replacement {
            path: path(text),
            before: before.map(Digest::of),
            after: after.map(<[u8]>::to_vec),
        })
    };
    let transaction = Transaction {
        id: APPLY.to_owned(),
        operation: "mutation".to_owned(),
        time: TIME.to_owned(),
        steps: vec![
            replacement("ui/a.png", Some(b"pixels of a"), Some(b"other pixels")),
            replacement("ui/b.gpl", Some(b"a palette"), None),
            replacement("ui/c.png", None, Some(b"a new file")),
            Step::MakeFolder(path("new")),
            Step::Move { from: path("old/logo"), to: path("new/logo") },
            Step::Move { from: path("sfx"), to: TransactionFolder::of(APPLY).kept_root(6) },
            Step::RemoveFolder(path("old")),
        ],
        entries: Vec::new(),
    };
    let Ok(_lock) = disk.lock(&PortablePath::control().own("lock"), Duration::ZERO, &|| false) else { return false };
    transact(disk, &transaction, &Limits::default(), &|_, _| Ok(())).is_ok()
}

fn context<'a>(disk: &'a MemoryDisk, id: &str) -> Context<'a> {
    Context {
        disk,
        limits: Limits::default(),
        windows: Windows::default(),
        events: &Silent,
        operation_id: id.to_owned(),
        wait: Duration::ZERO,
        program: "cargo xtask".to_owned(),
    }
}

/// A registry of version 1, declarations of versions 1 and 2, an unregistered one of version 1, and inputs.
fn project() -> MemoryDisk {
    let declaration = |version: u32, uuid: &str, name: &str| {
        format!(
            "{{\n  \"schema_version\": {version},\n{uuid}  \"name\": \"{name}\",\n  \"type\": \"image_bank\",\n  \
             \"inputs\": {{ \"sprites\": [\"a.png\"], \"palettes\": [\"b.gpl\"] }},\n  \"output\": {{ \"format\": \
             \"TILES/indexed_v1\", \"codec\": \"RAW\", \"metadata\": {{ \"tile_size\": 8 }} }},\n  \"preload\": {{ \
             \"enabled\": true }}\n}}\n"
        )
        .into_bytes()
    };
    let second = "0c6e8a5e-3c0e-4f57-8d0b-6f4f0a4f7f11";
    let registry = format!(
        "{{\n  \"schema_version\": 1,\n  \"next_asset_id\": 3,\n  \"assets\": [\n    \
         {{\"asset_id\":1,\"asset_uuid\":\"6f0f7f0e-5b0c-4b54-9c1f-0d5f4f3f9c55\",\"root\":\"ui\"}},\n    \
         {{\"asset_id\":2,\"asset_uuid\":\"{second}\",\"root\":\"sfx\"}}\n  ]\n}}\n"
    );
    MemoryDisk::new([
        ("assets/.prometeu/index.json", registry.into_bytes()),
        ("assets/ui/asset.json", declaration(1, "", "ui")),
        ("assets/ui/a.png", b"pixels of a".to_vec()),
        ("assets/ui/b.gpl", b"a palette".to_vec()),
        ("assets/sfx/asset.json", declaration(2, &format!("  \"asset_uuid\": \"{second}\",\n"), "sfx")),
        ("assets/sfx/a.png", b"pixels".to_vec()),
        (UNREGISTERED, declaration(1, "", "logo")),
        ("assets/old/logo/a.png", b"pixels of a logo".to_vec()),
    ])
}
