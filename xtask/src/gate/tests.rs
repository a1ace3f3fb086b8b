//! The runner's own behaviour, with gates made for it, and the gates that run cargo, each on a tiny workspace that
//! is right and then made wrong.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use super::repository::Repository;
use super::{Args, Gate, GateOptions, GateOutcome, TABLE, UnknownGate, Verdict, doctest, fmt, lint, run_in, test};
use camino::Utf8Path;

const GOOD: Gate = gate("good", |_| Ok(Verdict::Passed(vec!["worth reading".into()])));
const BAD: Gate = gate("bad", |_| Ok(Verdict::Failed(vec!["a.rs:1: wrong".into()])));
const BROKEN: Gate = gate("broken", |_| anyhow::bail!("could not look"));
const AWAY: Gate = gate("away", |_| Ok(Verdict::Skipped("tool is missing; get it by `x`".into())));

const fn gate(name: &'static str, run: fn(&Repository) -> anyhow::Result<Verdict>) -> Gate {
    Gate { name, why: "it holds", run, repair: "cargo repair" }
}

fn options(gates: Vec<&'static Gate>) -> GateOptions {
    GateOptions { gates, keep_going: false, refuse_skips: false, report: None }
}

fn run(options: &GateOptions) -> (Vec<GateOutcome>, String) {
    let mut out = anstream::StripStream::new(Vec::new());
    let outcomes = run_in(&Repository::at(Utf8Path::new(".")).unwrap(), options, &mut out).unwrap();
    (outcomes, String::from_utf8(out.into_inner()).unwrap())
}

fn words(outcomes: &[GateOutcome]) -> Vec<&'static str> {
    outcomes.iter().map(GateOutcome::word).collect()
}

#[test]
fn the_first_failure_stops_the_run_and_names_its_repair() {
    let (outcomes, text) = run(&options(vec![&GOOD, &BAD, &AWAY]));
    assert_eq!(words(&outcomes), ["passed", "failed", "skipped"]);
    for expected in
        ["good: it holds\n  worth reading\n  passed good in ", "  a.rs:1: wrong\n", "  to repair: cargo repair\n"]
    {
        assert!(text.contains(expected), "{text}");
    }
    assert!(!text.contains("away:"), "{text}");
    assert!(text.contains("\n1 gate passed, 1 failed (bad), 1 skipped in "), "{text}");
}

#[test]
fn keep_going_runs_the_rest() {
    let (outcomes, text) = run(&GateOptions { keep_going: true, ..options(vec![&BROKEN, &GOOD]) });
    assert_eq!(words(&outcomes), ["failed", "passed"]);
    assert!(text.contains("  could not look\n"), "{text}");
}

#[test]
fn a_missing_tool_is_said_on_a_laptop_and_fails_in_ci() {
    let (outcomes, text) = run(&options(vec![&AWAY]));
    assert_eq!(words(&outcomes), ["skipped"]);
    assert!(text.contains("get it by `x`"), "{text}");
    let (outcomes, _) = run(&GateOptions { refuse_skips: true, ..options(vec![&AWAY]) });
    assert_eq!(words(&outcomes), ["failed"]);
}

#[test]
fn the_report_has_a_row_for_each_gate() {
    let folder = tempfile::tempdir().unwrap();
    let report = Utf8Path::from_path(folder.path()).unwrap().join("new/folder");
    run(&GateOptions { report: Some(report.clone()), ..options(vec![&GOOD, &BAD]) });
    let text = std::fs::read_to_string(report.join("gate.json")).unwrap();
    let mut json: serde_json::Value = serde_json::from_str(&text).unwrap();
    for row in json["result"]["gates"].as_array_mut().unwrap() {
        assert!(row["seconds"].take().is_f64());
    }
    let row = |name, outcome| serde_json::json!({"name": name, "why": "it holds", "outcome": outcome, "seconds": null, "repair": "cargo repair"});
    let expected = serde_json::json!({
        "report_version": 1, "operation": "gate", "status": "blocked", "summary": "1 gate passed, 1 failed (bad)",
        "counts": {"errors": 0, "warnings": 0, "notes": 0}, "diagnostics": [],
        "result": {"gates": [row("good", "passed"), row("bad", "failed")]},
    });
    assert_eq!(json, expected);
}

#[test]
fn only_chooses_by_name_in_the_order_of_the_table() {
    let only = |names: &[&str]| Args { only: names.iter().map(|name| (*name).to_owned()).collect(), ..Args::default() };
    let chosen = only(&["shape", "fmt"]).options().unwrap().gates;
    assert_eq!(chosen.iter().map(|gate| gate.name).collect::<Vec<_>>(), ["fmt", "shape"]);
    assert_eq!(Args::default().options().unwrap().gates.len(), TABLE.len());
    let error = only(&["fmt", "fnt"]).options().unwrap_err();
    assert_eq!(error, UnknownGate("fnt".into()));
    assert!(error.to_string().starts_with("no gate is named `fnt`; the gates are fmt, layers, "), "{error}");
}

#[test]
fn every_gate_says_what_it_proves_and_how_to_repair() {
    let mut text = Vec::new();
    super::list(&mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    assert_eq!(text.lines().count(), TABLE.len());
    for gate in TABLE {
        assert!(text.contains(gate.why) && gate.why.len() > 20, "{}", gate.name);
        assert!(gate.repair.starts_with("cargo "), "{}: begin with a command", gate.name);
    }
}

/// A workspace of one crate with this source, and its own place to build.
struct Scratch {
    repository: Repository,
    _folder: tempfile::TempDir,
}

impl Scratch {
    fn new(source: &str) -> Scratch {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        let here = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        std::fs::create_dir_all(root.join("src")).unwrap();
        std::fs::create_dir_all(root.join(".config")).unwrap();
        for name in ["gate.toml", "nextest.toml"] {
            std::fs::copy(here.join(".config").join(name), root.join(".config").join(name)).unwrap();
        }
        let manifest = "[package]\nname = \"scratch\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n";
        std::fs::write(root.join("Cargo.toml"), manifest).unwrap();
        std::fs::write(root.join("Cargo.lock"), "version = 4\n[[package]]\nname = \"scratch\"\nversion = \"0.0.0\"\n")
            .unwrap();
        std::fs::write(root.join("src/lib.rs"), source).unwrap();
        let mut repository = Repository::at(root).unwrap();
        // What is installed for the real repository serves here too.
        repository.tools = Repository::at(here).unwrap().tools;
        repository.shell.set_var("CARGO_TARGET_DIR", root.join("target"));
        Scratch { repository, _folder: folder }
    }
}

fn passes(gate: &Gate, source: &str) -> bool {
    match (gate.run)(&Scratch::new(source).repository).unwrap() {
        Verdict::Passed(_) => true,
        Verdict::Failed(_) => false,
        Verdict::Skipped(reason) => unreachable!("{} was skipped: {reason}", gate.name),
    }
}

#[test]
fn fmt_refuses_another_layout() {
    assert!(passes(&fmt::GATE, "fn a() {}\n"));
    assert!(!passes(&fmt::GATE, "fn  a( ) { }\n"));
}

#[test]
fn lint_refuses_a_warning() {
    assert!(passes(&lint::GATE, "pub fn a() {}\n"));
    assert!(!passes(&lint::GATE, "fn unused() {}\n"));
}

#[test]
fn test_refuses_a_failing_test_and_having_no_tests() {
    const PASSING: &str = "#[test]\nfn passes() {}\n";
    assert!(passes(&test::GATE, PASSING));
    assert!(!passes(&test::GATE, &format!("{PASSING}#[test]\nfn fails() {{ assert_eq!(1, 2) }}\n")));
    assert!(!passes(&test::GATE, "pub fn a() {}\n"));
    assert!(!passes(&test::GATE, "#[test]\n#[ignore = \"never\"]\nfn sleeps() {}\n"));
}

#[test]
fn doctest_refuses_an_example_that_lies() {
    assert!(passes(&doctest::GATE, "//! ```\n//! assert_eq!(1 + 1, 2);\n//! ```\n"));
    assert!(!passes(&doctest::GATE, "//! ```\n//! assert_eq!(1 + 1, 3);\n//! ```\n"));
}
