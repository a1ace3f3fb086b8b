//! Every code is given by something that is tried: a broken project, or the test that is named here. That a project
//! without a fault gives none of them, `broken_projects` proves.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use fixtures::broken::{cases, near_misses};
use prometeu_packer::diagnostic::Code;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const HERE: &str = "xtask/tests/codes.rs";
const ARCHIVES: &str = "packer/src/schema/archive/tests.rs";
const MUTATIONS: &str = "xtask/tests/mutations/main.rs";
const MIGRATION: &str = "xtask/tests/migration.rs";

/// What no project that merely lies there can show: the code, the file of the test that fires it, the test.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    ("trust/changed-while-reading", "packer/src/bank/tests.rs", "a_file_that_changed_its_length_is_refused"),
    ("version/too-old", "xtask/tests/versions/main.rs", "answers"),
    ("registry/allocator-exhausted", HERE, "the_last_id_is_the_last"),
    ("payload/decoder-fault", "packer/src/bank/tests.rs", "a_panic_in_a_decoder_is_a_finding_that_names_the_input"),
    ("migration/minted", HERE, "what_a_migration_adds_is_said"),
    ("journal/unfinished", MIGRATION, "what_was_cut_short_is_undone_by_the_next_command"),
    ("journal/edited", HERE, "what_was_edited_since_is_left_alone"),
    ("journal/malformed", HERE, "a_journal_that_makes_no_sense_is_not_followed"),
    ("journal/recovered", MIGRATION, "what_was_cut_short_is_undone_by_the_next_command"),
    ("archive/unreadable", ARCHIVES, "a_file_that_cannot_be_read_or_changes_is_unreadable"),
    ("archive/bad-magic", ARCHIVES, "every_byte_of_the_prelude_counts"),
    ("archive/text-mangled", ARCHIVES, "text_mode_is_told_from_other_damage"),
    ("archive/truncated", ARCHIVES, "every_cut_is_a_truncation"),
    ("archive/trailing-bytes", ARCHIVES, "payloads_lie_without_gap_or_overlap_and_end_the_file"),
    ("archive/prelude-invalid", ARCHIVES, "every_byte_of_the_prelude_counts"),
    ("archive/header-too-large", ARCHIVES, "every_byte_of_the_prelude_counts"),
    ("archive/header-not-canonical", ARCHIVES, "a_header_that_the_writer_would_write_otherwise_is_refused"),
    ("archive/header-invalid", ARCHIVES, "a_header_of_other_members_or_types_is_refused"),
    ("archive/table-unsorted", ARCHIVES, "the_table_ascends_and_names_each_asset_once"),
    ("archive/duplicate-entry", ARCHIVES, "the_table_ascends_and_names_each_asset_once"),
    ("archive/layout", ARCHIVES, "payloads_lie_without_gap_or_overlap_and_end_the_file"),
    ("archive/size-mismatch", ARCHIVES, "sizes_agree_with_the_format"),
    ("archive/metadata-invalid", ARCHIVES, "metadata_says_what_the_format_demands"),
    ("archive/preload-invalid", ARCHIVES, "preloaded_assets_exist_and_slots_count"),
    ("plan/blocked", MUTATIONS, "what_cannot_be_done_is_refused_and_changes_nothing"),
    ("plan/stale", MIGRATION, "a_stale_preview_is_refused_and_so_is_a_rollback_over_later_edits"),
    ("plan/consent-missing", MUTATIONS, "what_cannot_be_done_is_refused_and_changes_nothing"),
    ("plan/conflict", MIGRATION, "a_stale_preview_is_refused_and_so_is_a_rollback_over_later_edits"),
    ("lock/held", "xtask/tests/command_line.rs", "an_interrupted_wait_ends_at_once_and_changes_nothing"),
    ("disk/full", "packer/src/trust/refuse.rs", "each_refusal_of_the_disk_has_its_code"),
    ("disk/read-only", "packer/src/trust/refuse.rs", "each_refusal_of_the_disk_has_its_code"),
    ("disk/io", "packer/src/trust/refuse.rs", "each_refusal_of_the_disk_has_its_code"),
    ("cache/dropped", "xtask/tests/versions/cache.rs", "a_build_that_is_blocked_leaves_the_cache_where_it_is"),
    ("usage/ambiguous-asset", HERE, "a_call_that_cannot_be_meant_is_refused"),
    ("usage/unknown-asset", MUTATIONS, "what_cannot_be_done_is_refused_and_changes_nothing"),
    ("usage/unknown-code", HERE, "a_call_that_cannot_be_meant_is_refused"),
    ("usage/unknown-transaction", MUTATIONS, "what_cannot_be_done_is_refused_and_changes_nothing"),
    ("usage/arguments", HERE, "a_call_that_cannot_be_meant_is_refused"),
    ("usage/project", HERE, "a_call_that_cannot_be_meant_is_refused"),
    ("usage/interrupted", "packer/src/trust/refuse.rs", "each_refusal_of_the_disk_has_its_code"),
];

/// Codes that nothing gives yet, each with the reason.
const NOWHERE: &[(&str, &str)] = &[];

#[test]
fn each_code_is_given_by_a_broken_project_or_by_a_test_that_is_named() {
    let broken: BTreeSet<&str> = cases().iter().map(|case| case.code).collect();
    let mut named: Vec<&str> = ELSEWHERE.iter().map(|row| row.0).chain(NOWHERE.iter().map(|row| row.0)).collect();
    for code in Code::all().map(Code::as_str) {
        let count = named.iter().filter(|other| **other == code).count();
        assert!(count <= 1, "{code} stands twice in the tables");
        assert_ne!(count == 1, broken.contains(code), "{code} needs a broken project or a row here, not both");
        named.retain(|other| *other != code);
    }
    assert!(named.is_empty(), "no codes: {named:?}");
}

#[test]
fn the_tests_that_are_named_exist_and_name_their_code() {
    for (code, file, test) in ELSEWHERE {
        let source = fs::read_to_string(repository().join(file)).unwrap();
        let body = source.split_once(&format!("fn {test}(")).unwrap_or_else(|| panic!("{file} has no {test}")).1;
        // A function ends at the next one, or at the next test.
        let end = ["\n#[", "\nfn ", "\n    #[", "\n    fn "].iter().filter_map(|next| body.find(next)).min();
        let body = &body[..end.unwrap_or(body.len())];
        let variant = format!("Code::{:?}", Code::parse(code).unwrap());
        assert!(body.contains(code) || body.contains(&variant), "{test} in {file} does not name {code}");
    }
}

/// For the family of each code in that table, commands that could give it and find nothing to say in a sound project.
/// `{last}` is the transaction before; what `build` made is there.
const SOUND: &[(&str, &[&[&str]])] = &[
    ("trust", &[&["list"], &["show", "actors"], &["build"]]),
    ("version", &[&["list"], &["history"], &["migrate", "--check"], &["verify", "build/assets.pa"]]),
    ("registry", &[&["register", "fresh"], &["register", "fresh", "--apply"]]),
    ("payload", &[&["doctor"], &["build", "--full"]]),
    ("migration", &[&["migrate"], &["migrate", "--check"], &["migrate", "--apply"], &["migrate", "--history"]]),
    ("journal", &[&["list"], &["recover"], &["history"], &["exclude", "actors", "--apply"], &["recover"]]),
    ("archive", &[&["verify", "build/assets.pa"], &["verify", "--explain-bytes", "build/assets.pa"]]),
    (
        "plan",
        &[
            &["remove", "ui_font"],
            &["remove", "ui_font", "--confirm", "ui_font", "--apply"],
            &["undo", "{last}"],
            &["undo", "{last}", "--apply"],
        ],
    ),
    ("lock", &[&["build"], &["include", "actors", "--apply"]]),
    ("disk", &[&["build"], &["rename", "actors", "people", "--apply"], &["undo", "{last}", "--apply"]]),
    ("cache", &[&["build"], &["build"]]),
    ("usage", &[&["show", "actors"], &["explain", "trust/link"], &["window"], &["limits"], &["undo", "{last}"]]),
];

#[test]
fn a_sound_project_gives_none_of_the_codes_that_tests_fire() {
    let project = showcase();
    let fresh = project.path().join("assets/fresh");
    fs::create_dir_all(&fresh).unwrap();
    fs::copy(project.path().join("assets/actors/coin.png"), fresh.join("coin.png")).unwrap();
    for family in ELSEWHERE.iter().map(|row| row.0.split('/').next().unwrap()) {
        assert!(SOUND.iter().any(|(sound, _)| *sound == family), "nothing shows that {family}/* is not always given");
    }
    let mut last = String::new();
    for arguments in SOUND.iter().flat_map(|(_, commands)| *commands) {
        let arguments: Vec<&str> = arguments.iter().map(|word| if *word == "{last}" { &*last } else { word }).collect();
        let (exit, report) = run(project.path(), &arguments);
        assert_eq!((exit, codes(&report)), (0, vec![]), "{arguments:?}: {report:#}");
        if let Some(id) = report["result"]["transaction_id"].as_str() {
            last = id.to_owned();
        }
    }
}

#[test]
fn each_hygiene_code_has_its_near_miss() {
    let near: BTreeSet<&str> = near_misses().iter().map(|miss| miss.code).collect();
    let hygiene = Code::all().filter(|code| code.family() == "hygiene").map(Code::as_str);
    let missing: Vec<&str> = hygiene.filter(|code| !near.contains(code)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn a_call_that_cannot_be_meant_is_refused() {
    let project = showcase();
    let twins = project.path().join("assets/extras/actors");
    copy(&project.path().join("assets/actors"), &twins);
    for (arguments, code) in [
        (&["show", "actors_"][..], "usage/unknown-asset"),
        (&["explain", "trust/nonsense"], "usage/unknown-code"),
        (&["list", "--nonsense"], "usage/arguments"),
        (&["list", "--project", "nowhere/at/all"], "usage/project"),
        (&["show", "8b1f2c44-0e9d-4c6a-8f21-6d0a9be45c02"], "usage/ambiguous-asset"),
    ] {
        let (exit, report) = run(project.path(), arguments);
        assert_eq!((exit, codes(&report).contains(&code)), (2, true), "{arguments:?}: {report:#}");
    }
}

#[test]
fn the_last_id_is_the_last() {
    let project = showcase();
    let index = project.path().join(fixtures::INDEX);
    let text = fs::read_to_string(&index).unwrap();
    let next = text.lines().find(|line| line.contains("next_asset_id")).unwrap();
    fs::write(&index, text.replace(next, "  \"next_asset_id\": 2147483648,")).unwrap();
    copy(&project.path().join("assets/actors"), &project.path().join("assets/more"));
    let (exit, report) = run(project.path(), &["adopt", "more", "--new-identity"]);
    assert_eq!((exit, codes(&report).contains(&"registry/allocator-exhausted")), (1, true), "{report:#}");
}

#[test]
fn what_a_migration_adds_is_said() {
    let project = showcase();
    copy(&project.path().join("assets/actors"), &project.path().join("assets/more"));
    let path = project.path().join("assets/more/asset.json");
    let text = fs::read_to_string(&path).unwrap();
    let kept: String =
        text.lines().filter(|line| !line.contains("asset_uuid")).map(|line| format!("{line}\n")).collect();
    fs::write(path, kept.replace("\"schema_version\": 3", "\"schema_version\": 1")).unwrap();
    let (exit, report) = run(project.path(), &["migrate"]);
    assert_eq!((exit, codes(&report).contains(&"migration/minted")), (0, true), "{report:#}");
}

#[test]
fn what_was_edited_since_is_left_alone() {
    let project = showcase();
    let (_, applied) = run(project.path(), &["rename", "actors", "people", "--apply"]);
    let id = applied["result"]["transaction_id"].as_str().unwrap();
    fs::remove_file(project.path().join("assets/.prometeu/txn").join(id).join("committed")).unwrap();
    let path = project.path().join("assets/actors/asset.json");
    fs::write(&path, fs::read_to_string(&path).unwrap() + "\n").unwrap();
    let (exit, report) = run(project.path(), &["list"]);
    assert_eq!((exit, codes(&report)), (1, vec!["journal/edited"]), "{report:#}");
}

#[test]
fn a_journal_that_makes_no_sense_is_not_followed() {
    let project = showcase();
    let folder = project.path().join("assets/.prometeu/txn/20260101T000000.000Z-0123abcd");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("journal.json"), "{\"schema_version\": 1}").unwrap();
    let (exit, report) = run(project.path(), &["list"]);
    assert_eq!((exit, codes(&report)), (1, vec!["journal/malformed"]), "{report:#}");
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn showcase() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fixtures::showcase().write(folder.path()).unwrap();
    folder
}

fn copy(from: &Path, to: &Path) {
    fixtures::Files::read(from).unwrap().write(to).unwrap();
}

fn run(project: &Path, arguments: &[&str]) -> (i32, Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(arguments).args(["--format", "json"]).current_dir(project);
    let output = command.output().unwrap();
    (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap())
}

fn codes(report: &Value) -> Vec<&str> {
    report["diagnostics"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}
