//! Every repair of every broken project, on a disk in memory: made as it was shown, nothing else touched, and taken back.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_types, reason = "the list lies in a file beside the test")]

use super::{FixRequest, fix};
use crate::diagnostic::{Code, Evidence};
use crate::disk::Disk as _;
use crate::disk::memory::MemoryDisk;
use crate::ops::trial::{context, disk};
use crate::ops::{Apply, BuildMode, Scope, adopt, build, doctor, undo};
use crate::path::PortablePath;
use crate::plan::PlannedChange;
use crate::report::{DoctorResult, FixResult, FixRow, MutationResult, OperationResult, Report};
use crate::schema::suppressions::Date;
use expect_test::expect_file;
use fixtures::broken::{both, cases};
use fixtures::{Files, INDEX};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

const ID: &str = "20261101T120000.000Z-00000001";
const NEXT: &str = "20261101T120001.000Z-00000002";
const LAST: &str = "20261101T120002.000Z-00000003";
const UI: &str = "assets/ui/asset.json";
const SFX: &str = "assets/sfx/asset.json";

fn today() -> Date {
    Date::parse("2026-11-01").unwrap()
}

fn asking(only: Option<Code>) -> FixRequest {
    let only = only.map(|code| code.as_str().to_owned());
    FixRequest { workspace: true, today: today(), only, keep: None }
}

fn look(disk: &MemoryDisk) -> Report {
    doctor(&context(disk, ID), Scope::Workspace { today: today() })
}

fn show(disk: &MemoryDisk, only: Option<Code>) -> Report {
    fix(&context(disk, ID), &asking(only), Apply::Preview)
}

fn make(disk: &MemoryDisk, only: Option<Code>, preview_id: Option<&str>) -> Report {
    agreed(preview_id, |how| fix(&context(disk, NEXT), &asking(only), how))
}

/// With uuids that tell in which order they were made.
fn agreed(preview_id: Option<&str>, run: impl FnOnce(Apply<'_>) -> Report) -> Report {
    let made = AtomicU64::new(0);
    let mint = || format!("5c0f8a2e-5b0c-4b54-9c1f-{:012}", made.fetch_add(1, Ordering::Relaxed));
    let preview_id = preview_id.map(str::to_owned);
    run(Apply::Now { preview_id, consent: None, mint: &mint, time: "2026-11-01T12:00:00Z".to_owned() })
}

fn result(report: &Report) -> &DoctorResult {
    match &report.result {
        OperationResult::Doctor(result) => result,
        _ => panic!("{report:?}"),
    }
}

fn plan(report: &Report) -> &MutationResult {
    let FixResult { mutation, .. } = result(report).fix.as_deref().unwrap();
    mutation
}

/// What was found, and where.
fn found(report: &Report) -> Vec<(Code, &str)> {
    report.findings.iter().map(|one| (one.code, one.path.as_deref().unwrap_or_default())).collect()
}

/// What a project holds apart from the packer's own records.
fn content(disk: &MemoryDisk) -> BTreeMap<String, Option<Vec<u8>>> {
    let mut all = disk.snapshot();
    all.retain(|path, _| !path.starts_with("assets/.prometeu/txn") && path != "assets/.prometeu");
    all
}

/// Ids that were handed out stay used.
fn without_next_id(mut all: BTreeMap<String, Option<Vec<u8>>>) -> BTreeMap<String, Option<Vec<u8>>> {
    if let Some(Some(bytes)) = all.get_mut(INDEX) {
        let text = String::from_utf8_lossy(bytes).into_owned();
        *bytes =
            text.lines().filter(|line| !line.contains("next_asset_id")).collect::<Vec<_>>().join("\n").into_bytes();
    }
    all
}

/// The paths at which two states differ.
fn changed(before: &MemoryDisk, after: &MemoryDisk) -> BTreeSet<String> {
    let (before, after) = (content(before), content(after));
    let paths = before.keys().chain(after.keys());
    paths.filter(|path| before.get(*path) != after.get(*path)).cloned().collect()
}

/// Whether a change was told of: at its path, above it, or from or to it.
fn is_told(plan: &MutationResult, path: &str) -> bool {
    let covers = |told: &str| path == told || path.strip_prefix(told).is_some_and(|rest| rest.starts_with('/'));
    let is_of = |change: &PlannedChange| covers(&change.path) || change.told.split([' ', '`']).any(covers);
    if path == INDEX {
        !plan.registry.is_empty() || plan.workspace.iter().any(is_of)
    } else {
        plan.workspace.iter().any(is_of)
    }
}

/// The broken projects, and what they have no case for.
fn every_case() -> impl Iterator<Item = (&'static str, Files)> {
    let more = [
        ("copy/of-everything", copied("ui")),
        ("copy/of-an-illegal-name", copied("Ui 2")),
        ("cache/damaged", both().with("assets/.prometeu/cache.json", "no cache")),
        ("name/like-another-once-it-is-portable", both().edited(UI, "\"name\": \"ui\"", "\"name\": \"SFX\"")),
        ("input/of-two-names", both().edited(UI, "\"a.png\"", "\".//a.png\"").edited(SFX, "\"a.wav\"", "\"./a.wav\"")),
    ];
    cases().into_iter().filter_map(|case| Some((case.name, case.committed_files()?))).chain(more)
}

/// A folder that was copied as it is, but for its name.
fn copied(name: &str) -> Files {
    let files = both();
    let of = |file: &str| files.get(&format!("assets/ui/{file}")).unwrap().to_vec();
    let declaration = String::from_utf8(of("asset.json")).unwrap();
    let declaration = declaration.replace("\"name\": \"ui\"", &format!("\"name\": \"{name}\""));
    let copy = files.clone().with("assets/copy/asset.json", declaration);
    copy.with("assets/copy/a.png", of("a.png")).with("assets/copy/a.gpl", of("a.gpl"))
}

/// Makes one repair and says what it did; takes it back.
fn repair(files: &Files, row: &FixRow) -> String {
    let disk = disk(files);
    let untouched = disk.snapshot();
    let before = disk.killed();
    let shown = show(&disk, Some(row.code));
    assert_eq!(disk.snapshot(), untouched, "{row:?}: a preview wrote something");
    assert!(result(&shown).fixes.contains(row), "{row:?}: {shown:?}");
    if !row.safe {
        let refused = make(&disk, Some(row.code), None);
        assert!(found(&refused).iter().any(|(code, _)| *code == Code::PlanConsentMissing), "{row:?}: {refused:?}");
        assert_eq!(changed(&before, &disk), BTreeSet::new(), "{row:?}");
    }
    let made = make(&disk, Some(row.code), Some(&row.preview_id));
    let plan = plan(&made);
    assert!(plan.applied && plan.preview_id == row.preview_id, "{row:?}: {made:?}");
    for path in changed(&before, &disk) {
        assert!(is_told(plan, &path), "{row:?}: {path} changed, and the plan says {plan:?}");
    }
    let is_of = |(code, path): &&(Code, &str)| (*code, *path) == (row.code, row.path.as_str());
    let count = |report: &Report| found(report).iter().filter(is_of).count();
    assert!(count(&made) < count(&look(&before)), "{row:?} is still there: {made:?}");

    let mut said = String::new();
    for PlannedChange { verb, path, told, .. } in plan.registry.iter().chain(&plan.workspace) {
        writeln!(said, "    {verb} {path}: {}", told.replace('\n', "\n      ")).unwrap();
    }
    let left: BTreeSet<&str> = found(&made).iter().map(|(code, _)| code.as_str()).collect();
    let left = left.into_iter().collect::<Vec<_>>().join(", ");
    writeln!(said, "    leaves {}", if left.is_empty() { "nothing" } else { &left }).unwrap();

    let transaction = plan.transaction_id.clone().unwrap();
    if plan.reversible {
        let undone = agreed(None, |how| undo(&context(&disk, LAST), &transaction, how));
        assert_eq!(undone.exit(), 0, "{row:?}: {undone:?}");
        assert_eq!(without_next_id(content(&disk)), without_next_id(content(&before)), "{row:?} undone");
    } else {
        writeln!(said, "    for good").unwrap();
    }
    said
}

#[test]
fn every_repair_does_what_it_showed_and_nothing_else() {
    let mut told = String::new();
    for (name, files) in every_case() {
        for row in &result(&look(&disk(&files))).fixes {
            let kind = if row.safe { "safe" } else { "asks" };
            writeln!(told, "{name}: {} of {}, {kind}", row.code.as_str(), row.path).unwrap();
            told += &repair(&files, row);
        }
    }
    expect_file!["tests/repairs.txt"].assert_eq(&told);
}

#[test]
fn a_finding_says_whether_and_how_it_is_repaired() {
    for (name, files) in every_case() {
        let report = look(&disk(&files));
        for finding in &report.findings {
            let path = finding.path.as_deref().unwrap_or_default();
            let row = result(&report).fixes.iter().find(|row| (row.code, &*row.path) == (finding.code, path));
            let kind = row.map(|row| Evidence::Text(if row.safe { "safe" } else { "unsafe" }.to_owned()));
            let told = finding.evidence.iter().find(|(key, _)| *key == "fix").map(|(_, value)| value.clone());
            assert_eq!(told, kind, "{name}: {finding:?}");
            let help = finding.help.as_deref().unwrap_or_default();
            if row.is_some() {
                assert_eq!(
                    help.matches(&format!("--fix --only {}", finding.code.as_str())).count(),
                    1,
                    "{name}: {help}"
                );
            }
        }
    }
}

#[test]
fn what_is_said_of_a_plan_is_said_once() {
    for (name, files) in every_case() {
        let rows = result(&look(&disk(&files))).fixes.clone();
        for only in rows.iter().map(|row| Some(row.code)).chain([None]) {
            let shown = show(&disk(&files), only);
            for finding in &result(&shown).fix.as_deref().unwrap().findings {
                let said = shown.findings.iter().filter(|other| super::said(other) == super::said(finding)).count();
                assert!(said == 1 || finding.blocking && said == 2, "{name}, {only:?}: {finding:?}");
            }
        }
    }
}

#[test]
fn unasked_all_that_is_safe_is_made_at_once_and_nothing_else() {
    for (name, files) in every_case() {
        let disk = disk(&files);
        let before = disk.killed();
        let rows = |report: &Report, safe| result(report).fixes.iter().filter(|row| row.safe == safe).count();
        let listed = look(&disk);
        let shown = show(&disk, None);
        assert_eq!(changed(&before, &disk), BTreeSet::new(), "{name}");
        let made = make(&disk, None, None);
        assert_eq!(plan(&made).applied, rows(&listed, true) > 0, "{name}: {made:?}");
        assert_eq!(rows(&made, true), 0, "{name}: {made:?}");
        assert_eq!(changed(&before, &disk).is_empty(), rows(&listed, true) == 0, "{name}");
        if has_no_registry(&made) {
            continue;
        }
        assert_eq!(plan(&shown).preview_id, plan(&made).preview_id, "{name}");
        let is_blocked = shown.summary.starts_with("what was found cannot be fixed as it is; ");
        let wanted = match (rows(&listed, true), result(&listed).fixes.len()) {
            _ if is_blocked => "",
            (0, 0) => "there is nothing to fix; ",
            (0, _) => "no repair is safe to make unasked; `--only CODE` shows what one would do; ",
            (1, _) => "1 repair would be made, nothing was changed; ",
            _ => "2 repairs would be made, nothing was changed; ",
        };
        assert!(shown.summary.starts_with(wanted), "{name}: {}", shown.summary);
        let wanted = match (is_blocked, rows(&listed, true)) {
            (true, _) => "nothing was changed; ",
            (_, 0) => "there was nothing to fix; ",
            (_, 1) => "1 repair made; ",
            _ => "2 repairs made; ",
        };
        assert!(made.summary.starts_with(wanted), "{name}: {}", made.summary);
    }
}

/// Whether there is no place to hold the lock, because the packer's folder is gone with the registry.
fn has_no_registry(made: &Report) -> bool {
    found(made) == [(Code::RegistryMissing, INDEX)]
}

#[test]
fn an_id_that_is_none_of_the_repairs_makes_none() {
    for (name, files) in every_case() {
        let rows = result(&look(&disk(&files))).fixes.clone();
        for only in rows.iter().map(|row| Some(row.code)).chain([None]) {
            let disk = disk(&files);
            let before = disk.killed();
            let refused = make(&disk, only, Some("0123456789abcdef"));
            assert!(!plan(&refused).applied && changed(&before, &disk).is_empty(), "{name}, {only:?}");
            if !has_no_registry(&refused) {
                assert_eq!(plan(&refused).preview_id, plan(&show(&disk, only)).preview_id, "{name}, {only:?}");
                assert!(found(&refused).contains(&(Code::PlanStale, "")), "{name}, {only:?}: {refused:?}");
                assert_eq!(result(&refused).fixes, rows, "{name}, {only:?}");
            }
        }
    }
}

#[test]
fn one_of_several_repairs_of_a_code_is_made_by_its_own_id() {
    let files =
        both().edited(UI, "\"name\": \"ui\"", "\"name\": \"Ui\"").edited(SFX, "\"name\": \"sfx\"", "\"name\": \"Sfx\"");
    let rows = result(&look(&disk(&files))).fixes.clone();
    assert_eq!(rows.iter().map(|row| row.path.as_str()).collect::<Vec<_>>(), [SFX, UI]);
    for row in &rows {
        let disk = disk(&files);
        let before = disk.killed();
        let refused = make(&disk, None, Some(&row.preview_id));
        assert!(found(&refused).contains(&(Code::PlanStale, "")), "nobody asked for this code: {refused:?}");
        let made = make(&disk, Some(row.code), Some(&row.preview_id));
        assert_eq!(changed(&before, &disk), BTreeSet::from([row.path.clone()]), "{made:?}");
        assert_eq!(result(&made).fixes.len(), 1);
    }
    let both = disk(&files);
    let whole = show(&both, Some(Code::DeclarationNameInvalid));
    assert!(rows.iter().all(|row| row.preview_id != plan(&whole).preview_id));
    make(&both, Some(Code::DeclarationNameInvalid), None);
    assert_eq!(changed(&disk(&files), &both), BTreeSet::from([UI.to_owned(), SFX.to_owned()]));
}

#[test]
fn a_registry_that_lost_its_entries_gives_assets_the_ids_back_that_are_known() {
    let text =
        |next: u32| format!("{{\n  \"schema_version\": 2,\n  \"next_asset_id\": {next},\n  \"assets\": []\n}}\n");
    let files =
        both().edited(INDEX, "\"asset_id\":1,", "\"asset_id\":7,").edited(INDEX, "\"asset_id\":2,", "\"asset_id\":5,");
    let files = files.edited(INDEX, "\"next_asset_id\": 3", "\"next_asset_id\": 12");
    let built = disk(&files);
    assert_eq!(build(&context(&built, ID), BuildMode::Publish).exit(), 0);
    let sfx = text_of(&built, SFX).replace("0c6e8a5e", "1c6e8a5e").replace("\"name\": \"sfx\"", "\"name\": \"other\"");
    for (next, wanted) in [
        (1, ["asset 5 `sfx`", "asset 7 `ui`", "asset 8 `other`"]),
        (8, ["asset 8 `other`", "asset 9 `sfx`", "asset 10 `ui`"]),
    ] {
        let disk = built.killed();
        write(&disk, INDEX, &text(next));
        disk.create_dir(&PortablePath::assets().own("other")).unwrap();
        write(&disk, "assets/other/asset.json", &sfx);
        write(&disk, "assets/other/a.wav", "RIFF");
        // Raising the allocator would be in the way of that.
        assert!(plan(&show(&disk, Some(Code::RegistryAllocatorBehind))).registry.is_empty());
        let shown = show(&disk, Some(Code::HygieneUnregisteredRoot));
        let told: Vec<&str> = plan(&shown).registry.iter().map(|change| change.told.as_str()).collect();
        for wanted in wanted {
            assert!(told.iter().any(|told| told.starts_with(wanted)), "{wanted}: {told:?}");
        }
        let made = make(&disk, Some(Code::HygieneUnregisteredRoot), Some(&plan(&shown).preview_id));
        assert!(plan(&made).applied, "{made:?}");
        let next = if next == 1 { 9 } else { 11 };
        assert!(text_of(&disk, INDEX).contains(&format!("\"next_asset_id\": {next}")));
    }
}

#[test]
fn who_adopts_into_a_registry_that_lost_its_entries_gets_no_id_that_was_handed_out() {
    let files = both().edited(INDEX, "\"asset_id\":2,", "\"asset_id\":7,");
    let disk = disk(&files.edited(INDEX, "\"next_asset_id\": 3", "\"next_asset_id\": 8"));
    assert_eq!(build(&context(&disk, ID), BuildMode::Publish).exit(), 0);
    write(&disk, INDEX, "{\n  \"schema_version\": 2,\n  \"next_asset_id\": 1,\n  \"assets\": []\n}\n");
    let adopted = agreed(None, |how| adopt(&context(&disk, NEXT), "ui", false, how));
    assert_eq!(adopted.exit(), 0, "{adopted:?}");
    let index = text_of(&disk, INDEX);
    assert!(index.contains("\"asset_id\":8,") && index.contains("\"next_asset_id\": 9"), "{index}");
}

#[test]
fn a_kept_registry_tells_its_ids_however_it_was_laid_out() {
    let files = both().edited(INDEX, "\"asset_id\":1,", "\n \"asset_id\" : 7,").edited(
        INDEX,
        "\"asset_id\":2,",
        "\n \"asset_id\" : 5,",
    );
    let disk = disk(&files.edited(INDEX, "\"next_asset_id\": 3", "\"next_asset_id\": 12"));
    let laid_out = make(&disk, Some(Code::HygieneNotCanonical), None);
    assert!(plan(&laid_out).applied, "{laid_out:?}");
    disk.remove_file(&PortablePath::control().own("index.json")).unwrap();
    let shown = show(&disk, Some(Code::RegistryMissing));
    let told: Vec<&str> = plan(&shown).registry.iter().map(|change| change.told.as_str()).collect();
    let wanted = ["asset 5 `sfx` at sfx, as it was registered", "asset 7 `ui` at ui, as it was registered"];
    assert_eq!(told, [wanted[0], wanted[1], "the next new asset gets the id 12"]);
}

fn text_of(disk: &MemoryDisk, path: &str) -> String {
    String::from_utf8(disk.snapshot()[path].clone().unwrap()).unwrap()
}

fn write(disk: &MemoryDisk, path: &str, text: &str) {
    let path = match path.strip_prefix("assets/.prometeu/") {
        Some(name) => PortablePath::control().own(name),
        None => PortablePath::assets().join(path.strip_prefix("assets/").unwrap()).unwrap(),
    };
    let _ = disk.remove_file(&path);
    disk.create(&path).unwrap().write_all(text.as_bytes()).unwrap();
}

#[test]
fn what_cannot_be_asked_for_is_refused() {
    let disk = disk(&both());
    let ask = |only: Option<&str>, keep: Option<&str>| {
        let (only, keep) = (only.map(str::to_owned), keep.map(str::to_owned));
        let wanted = FixRequest { only, keep, ..asking(None) };
        let shown = fix(&context(&disk, ID), &wanted, Apply::Preview);
        let made = agreed(None, |how| fix(&context(&disk, NEXT), &wanted, how));
        let code = |report: &Report| report.findings.iter().map(|one| one.code).collect::<Vec<_>>();
        assert_eq!(code(&shown), code(&made));
        code(&shown)
    };
    let keep = Some("0c6e8a5e-3c0e-4f57-8d0b-6f4f0a4f7f11");
    assert_eq!(ask(Some("no/such-code"), None), [Code::UsageUnknownCode]);
    assert_eq!(ask(Some("trust/too-large"), None), [Code::UsageArguments]);
    assert_eq!(ask(None, keep), [Code::UsageArguments]);
    assert_eq!(ask(Some("hygiene/not-canonical"), keep), [Code::UsageArguments]);
    assert_eq!(ask(Some("declaration/name-duplicate"), None), []);
    let other = self::disk(&both().edited(UI, "\"name\": \"ui\"", "\"name\": \"Ui\""));
    let shown = show(&other, Some(Code::DeclarationNameDuplicate));
    assert!(shown.summary.starts_with("there is nothing to fix; "), "{}", shown.summary);
}
