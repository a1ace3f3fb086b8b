//! A sample of every scenario, and the proof that the simulator would notice: scenarios that are broken in one way each.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use crash_simulator::commands::{self, OWN};
use crash_simulator::faults::FAULTS;
use crash_simulator::play::{Options, Tally, play};
use crash_simulator::scenario::{Scenario, Start};
use crash_simulator::state::everything;
use crash_simulator::{project, scenarios};
use prometeu_packer::diagnostic::Code;
use prometeu_packer::disk::Disk as _;
use prometeu_packer::disk::memory::{Fault, MemoryDisk};
use prometeu_packer::emit::unfinished as unfinished_in;
use prometeu_packer::path::PortablePath;
use prometeu_packer::report::{OperationResult, Report};
use std::io::ErrorKind;
use std::process::Command;

fn options(scenario: &Scenario) -> Options<'_> {
    Options {
        scenarios: vec![scenario],
        faults: FAULTS.iter().collect(),
        start: None,
        at: None,
        seed: 1,
        seeds: 4,
        sample: None,
    }
}

fn failures(tallies: &[Tally]) -> Vec<String> {
    tallies
        .iter()
        .flat_map(|tally| &tally.failures)
        .map(|failure| format!("{}: {}", failure.repeat, failure.why))
        .collect()
}

#[test]
fn every_scenario_survives_a_sample() {
    for scenario in scenarios::all() {
        let tallies = play(&Options { sample: Some(15), ..options(scenario) }).unwrap();
        assert_eq!(failures(&tallies), Vec::<String>::new());
        assert!(tallies.iter().all(|tally| tally.runs > 0), "{tallies:?}");
    }
}

#[test]
fn a_transaction_ends_both_ways() {
    for scenario in scenarios::all().filter(|scenario| scenario.is_decided_by_report) {
        let killed = FAULTS.iter().filter(|row| row.name == "killed").collect();
        for tally in play(&Options { faults: killed, ..options(scenario) }).unwrap() {
            assert!(tally.before > 0 && tally.after > 0, "{tally:?}");
        }
    }
}

/// Undoing a move looks at the same folders for what it shows and for what it does. A sample rarely meets the one look whose
/// failure once left the second plan without its move.
#[test]
fn no_look_that_fails_makes_another_plan() {
    let undo = scenarios::named("undo").unwrap();
    let faults = FAULTS.iter().filter(|row| row.name == "io-error").collect();
    let tallies = play(&Options { faults, start: Some(2), seeds: 1, ..options(undo) }).unwrap();
    assert_eq!(failures(&tallies), Vec::<String>::new());
    assert!(tallies[0].before > 0 && tallies[0].after > 0, "{tallies:?}");
}

/// Replaces two files one after the other, each safely, but not the two as one.
fn torn(disk: &MemoryDisk) -> Report {
    let replace = |path: &str| {
        let path = PortablePath::assets().join(path).unwrap();
        let staged = PortablePath::assets().join("staged").unwrap();
        let mut file = disk.create(&staged)?;
        let written = file.write_all(b"new").and_then(|()| file.sync());
        written.map_err(|error| prometeu_packer::disk::DiskError::new("staged", error))?;
        disk.rename(&staged, &path)?;
        disk.sync_dir(&path.parent().unwrap())
    };
    match ["ui/a.png", "sfx/click.wav"].into_iter().try_for_each(replace) {
        Ok(()) => done(),
        Err(_) => commands::forget(disk, "no-such-transaction"),
    }
}

/// Migrates, and says it did whatever happened.
fn boasting(disk: &MemoryDisk) -> Report {
    let _ = commands::migrate(disk, OWN);
    done()
}

/// Makes a file and flushes nothing.
fn hasty(disk: &MemoryDisk) -> Report {
    let path = PortablePath::assets().join("new").unwrap();
    match disk.create(&path).is_ok_and(|mut file| file.write_all(b"new").is_ok()) {
        true => done(),
        false => commands::forget(disk, "no-such-transaction"),
    }
}

fn done() -> Report {
    Report::new("sabotage", "cargo xtask", "done", Vec::new(), OperationResult::Nothing)
}

const TORN: Scenario =
    Scenario { name: "torn", starts: || vec![Start::of(project::old(), torn)], act: torn, ..Scenario::TRANSACTION };
const BOASTING: Scenario = Scenario {
    name: "boasting",
    // The same project, and the same that may be skipped: only the report is broken.
    starts: || scenarios::named("migrate").map(|migrate| (migrate.starts)()).unwrap(),
    act: boasting,
    ..Scenario::TRANSACTION
};
const HASTY: Scenario =
    Scenario { name: "hasty", starts: || vec![Start::of(project::old(), hasty)], act: hasty, ..Scenario::TRANSACTION };

#[test]
fn a_change_that_is_torn_is_neither_before_nor_after() {
    let tallies = play(&options(&TORN)).unwrap();
    assert!(tallies.iter().all(|tally| tally.neither > 0), "{tallies:?}");
    assert!(failures(&tallies).iter().any(|why| why.contains("other bytes in assets/ui/a.png")));
}

#[test]
fn a_report_that_boasts_breaks_its_promise() {
    let tallies = play(&options(&BOASTING)).unwrap();
    let boasts = failures(&tallies);
    assert!(!boasts.is_empty() && tallies.iter().all(|tally| tally.neither == 0), "{boasts:?}");
    for boast in boasts {
        assert!(boast.contains("the report says it is done, and it is not"), "{boast}");
    }
}

#[test]
fn a_project_that_was_made_lasts() {
    let disk = MemoryDisk::new([("assets/sfx/click.wav", project::sound(64))]);
    assert_eq!(commands::init(&disk, OWN).exit(), 0);
    for seed in 0..50 {
        assert_eq!(everything(&disk.crash(seed)), everything(&disk), "seed {seed}");
    }
}

#[test]
fn a_change_that_is_not_flushed_is_lost_with_the_power() {
    let tallies = play(&options(&HASTY)).unwrap();
    assert!(tallies.iter().any(|tally| tally.fault == "power-loss" && tally.neither > 0), "{tallies:?}");
}

#[test]
fn a_failure_is_repeated_by_its_own_arguments() {
    let found = play(&Options { sample: Some(5), seed: 7, ..options(&TORN) }).unwrap();
    let failure =
        found.iter().flat_map(|tally| &tally.failures).find(|failure| failure.repeat.contains("--seed")).unwrap();
    let arguments: Vec<&str> = failure.repeat.split(' ').collect();
    let value = |name: &str| arguments.iter().skip_while(|argument| **argument != name).nth(1).unwrap();
    let again = Options {
        faults: FAULTS.iter().filter(|row| row.name == *value("--fault")).collect(),
        at: Some(value("--at").parse().unwrap()),
        seed: value("--seed").parse().unwrap(),
        seeds: 1,
        ..options(&TORN)
    };
    let again = play(&again).unwrap();
    assert!(
        again
            .iter()
            .flat_map(|tally| &tally.failures)
            .any(|same| same.repeat == failure.repeat && same.why == failure.why)
    );
}

#[test]
fn a_scenario_that_never_works_is_said_to_be_wrong() {
    const IDLE: Scenario = Scenario {
        name: "idle",
        starts: || vec![Start::of(project::old(), |disk| commands::forget(disk, "no-such-transaction"))],
        act: |disk| commands::forget(disk, "no-such-transaction"),
        ..Scenario::TRANSACTION
    };
    let error = format!("{:#}", play(&options(&IDLE)).unwrap_err());
    assert!(error.starts_with("scenario idle: it does not work even when nothing fails"), "{error}");
}

#[test]
fn the_program_answers_in_json_and_knows_its_names() {
    let run =
        |arguments: &[&str]| Command::new(env!("CARGO_BIN_EXE_crash-simulator")).args(arguments).output().unwrap();
    let output = run(&["--scenario", "migrate", "--fault", "killed", "--seed", "5", "--json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (output.status.code(), report["seed"].as_u64(), report["rows"][0]["neither"].as_u64()),
        (Some(0), Some(5), Some(0))
    );
    let output = run(&["--scenario", "migrat"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("the scenarios are migrate, rollback, "));
}

/// The lock of a dead writer can be taken also where nothing can be written; it is the settling that is refused there.
#[test]
fn where_nothing_can_be_written_what_is_unfinished_is_said_and_the_rest_can_be_read() {
    let (mut unfinished, mut readable) = (0, 0);
    for start in (scenarios::named("recover").unwrap().starts)().iter().step_by(7) {
        let free = start.disk.killed();
        let _ = commands::list(&free);
        let is_look = |operation: &str| {
            let looks = ["metadata ", "open ", "read ", "read_dir ", "is_locked ", "lock "];
            looks.iter().any(|look| operation.starts_with(look)) || operation.ends_with("/lock")
        };
        let Some(first) = free.operations().into_iter().find(|operation| !is_look(operation)) else { continue };
        let disk = start.disk.killed();
        disk.fail_when(&first, Fault::Error(ErrorKind::ReadOnlyFilesystem));
        let report = commands::list(&disk);
        let is_unfinished = !unfinished_in(&start.disk.killed()).unwrap().is_empty();
        let said = |code: Code| report.findings.iter().any(|finding| finding.code == code);
        assert_eq!(said(Code::JournalUnfinished), is_unfinished, "{first}: {:?}", report.findings);
        assert!(!said(Code::DiskReadOnly), "{first}");
        *(if is_unfinished { &mut unfinished } else { &mut readable }) += 1;
    }
    assert!(unfinished > 3 && readable > 0, "{unfinished} and {readable}");
}
