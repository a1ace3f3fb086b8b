//! Migrations on a disk in memory: what was shown is what is written, and comes back; and whatever the disk does in
//! between, all files are old or all are new.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use super::{MigrateMode, history, migrate, rollback};
use crate::diagnostic::Code;
use crate::digest::Digest;
use crate::disk::memory::{Fault, MemoryDisk};
use crate::ops::list;
use crate::ops::trial::{context, disk};
use crate::plan::{FileOutcome, MINTED_ON_APPLY};
use crate::report::{MigrateResult, OperationResult, Report};
use std::collections::BTreeMap;

const FIRST: &str = "20261101T120000.000Z-00000001";
const SECOND: &str = "20261101T120001.000Z-00000002";
const TIME: &str = "2026-11-01T12:00:00Z";

fn apply(disk: &MemoryDisk, preview_id: Option<&str>) -> Report {
    let mut minted = 0;
    let mut mint = || {
        minted += 1;
        format!("00000000-0000-4000-8000-{minted:012x}")
    };
    migrate(&context(disk, FIRST), MigrateMode::Apply { preview_id, mint: &mut mint, time: TIME.to_owned() })
}

fn preview(disk: &MemoryDisk) -> MigrateResult {
    result(&migrate(&context(disk, FIRST), MigrateMode::Preview))
}

fn result(report: &Report) -> MigrateResult {
    match &report.result {
        OperationResult::Migrate(result) => result.clone(),
        _ => panic!("{report:?}"),
    }
}

/// The control files that a migration may rewrite.
fn control_files(disk: &MemoryDisk) -> BTreeMap<String, String> {
    let text = |bytes: Option<Vec<u8>>| String::from_utf8(bytes?).ok();
    let is_own = |path: &str| path.ends_with("/asset.json") || path == fixtures::INDEX;
    disk.snapshot()
        .into_iter()
        .filter_map(|(path, bytes)| Some((path.clone(), text(bytes)?)))
        .filter(|(path, _)| is_own(path))
        .collect()
}

#[test]
fn what_is_shown_is_what_is_written_and_comes_back() {
    let mut migrated = 0;
    for (name, files) in fixtures::frozen::supported().unwrap() {
        let disk = disk(&files);
        let before = control_files(&disk);
        let shown = preview(&disk);
        let is_pending = shown.files.iter().any(|file| file.outcome == FileOutcome::Pending);
        let check = migrate(&context(&disk, FIRST), MigrateMode::Check);
        assert_eq!(
            (check.exit(), result(&check).preview_id),
            (u8::from(is_pending), shown.preview_id.clone()),
            "{name}"
        );
        for file in &shown.files {
            let open = file.texts.as_ref().is_some_and(|texts| texts.after().contains(MINTED_ON_APPLY));
            assert_eq!(open, file.minted, "{name}: {}", file.path);
        }
        if is_pending {
            let stale = apply(&disk, Some("0123456789abcdef0123456789abcdef"));
            assert!(stale.findings.iter().any(|finding| finding.code == Code::PlanStale), "{name}: {stale:?}");
        }
        assert_eq!(control_files(&disk), before, "{name}: nothing was to be written yet");

        let applied = apply(&disk, Some(&shown.preview_id));
        assert_eq!((applied.exit(), result(&applied).preview_id), (0, shown.preview_id), "{name}: {applied:?}");
        let after = control_files(&disk);
        for file in &result(&applied).files {
            let (old, new) = (&before[file.path.as_str()], &after[file.path.as_str()]);
            assert_eq!(file.before, Some(Digest::of(old.as_bytes())), "{name}: {}", file.path);
            match &file.texts {
                Some(texts) => {
                    assert_eq!(file.outcome, FileOutcome::Applied, "{name}: {}", file.path);
                    assert_eq!(
                        (texts.before(), &*texts.after()),
                        (old.as_str(), new.as_str()),
                        "{name}: {}",
                        file.path
                    );
                    assert_eq!(file.after, Some(Digest::of(new.as_bytes())), "{name}: {}", file.path);
                    assert!(!new.contains(MINTED_ON_APPLY) && file.steps().next().is_some(), "{name}: {}", file.path);
                }
                None => assert_eq!((old, file.steps().count()), (new, 0), "{name}: {}", file.path),
            }
        }
        assert!(preview(&disk).files.iter().all(|file| file.outcome == FileOutcome::Unchanged), "{name}");
        if !is_pending {
            assert_eq!((after, result(&applied).migration_id), (before, None), "{name}");
            continue;
        }

        migrated += 1;
        let back = result(&rollback(&context(&disk, SECOND), FIRST, None, None));
        assert!(back.files.iter().all(|file| file.from > file.to && file.steps().next().is_none()), "{name}");
        assert_eq!(control_files(&disk), after, "{name}");
        let report = rollback(&context(&disk, SECOND), FIRST, Some(&back.preview_id), Some(TIME.to_owned()));
        assert_eq!((report.exit(), control_files(&disk)), (0, before), "{name}: {report:?}");
        let OperationResult::History(rows) = history(&context(&disk, SECOND)).result else { panic!("{name}") };
        assert_eq!(rows.iter().map(|row| &*row.operation).collect::<Vec<_>>(), ["migrate", "rollback"], "{name}");
    }
    assert!(migrated > 1, "too few frozen workspaces are old");
}

#[test]
fn whatever_fails_all_files_are_old_or_all_are_new() {
    let (_, files) = fixtures::frozen::supported()
        .unwrap()
        .into_iter()
        .max_by_key(|(_, files)| {
            let shown = preview(&disk(files));
            shown.files.iter().filter(|file| file.outcome == FileOutcome::Pending).count()
        })
        .unwrap();
    // What nobody registered is left alone where it cannot be read.
    let files = files.without("assets/drafts/idea/asset.json");
    let whole = disk(&files);
    let old = control_files(&whole);
    assert_eq!(apply(&whole, None).exit(), 0);
    let new = control_files(&whole);
    let (mut undone, mut done) = (0, 0);
    for n in 1..=whole.operations().len() {
        for fault in Fault::EACH {
            let disk = disk(&files);
            disk.fail_at(n, fault);
            let exit = apply(&disk, None).exit();
            for (next, how) in [(disk.killed(), "goes on"), (disk.crash(n as u64), "lost power")] {
                let settled = list(&context(&next, SECOND));
                let found = control_files(&next);
                assert!(found == old || found == new, "operation {n}, {fault:?}, {how}: {settled:?}");
                assert!(exit != 0 || found == new, "operation {n}, {fault:?}, {how}: it was said to be done");
                let left: Vec<String> = next.snapshot().into_keys().filter(|path| path.contains("/new-")).collect();
                assert!(left.is_empty(), "operation {n}, {fault:?}, {how}: {left:?}");
                if found == old { undone += 1 } else { done += 1 }
            }
        }
    }
    assert!(undone > 0 && done > 0);
}
