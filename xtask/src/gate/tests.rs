//! The runner's own behaviour, with gates made for it, and the gates that run cargo, each on a tiny workspace that
//! is right and then made wrong.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use super::choice::WrongChoice;
use super::repository::Repository;
use super::{Args, Gate, GateOptions, GateOutcome, Group, TABLE, Verdict, doctest, fmt, lint, run_in, test};
use camino::Utf8Path;

const GOOD: Gate = gate("good", |_| Ok(Verdict::Passed(vec!["worth reading".into()])));
const BAD: Gate = gate("bad", |_| Ok(Verdict::Failed(vec!["a.rs:1: wrong".into()])));
const BROKEN: Gate = gate("broken", |_| anyhow::bail!("could not look"));
const AWAY: Gate = gate("away", |_| Ok(Verdict::Skipped("tool is missing; get it by `x`".into())));

const fn gate(name: &'static str, run: fn(&Repository) -> anyhow::Result<Verdict>) -> Gate {
    Gate { name, why: "it holds", group: Group::Repo, is_divided: false, run, repair: "cargo repair" }
}

fn options(gates: Vec<&'static Gate>) -> GateOptions {
    GateOptions { gates, keep_going: false, refuse_skips: false, shard: None }
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
    let (outcomes, _) = run(&options(vec![&GOOD, &BAD]));
    let mut json = super::report(&outcomes);
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

fn chosen(args: &Args) -> Vec<&'static str> {
    args.options().unwrap().gates.iter().map(|gate| gate.name).collect()
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn only_chooses_by_name_in_the_order_of_the_table() {
    let only = |wanted: &[&str]| Args { only: names(wanted), ..Args::default() };
    assert_eq!(chosen(&only(&["shape", "fmt"])), ["fmt", "shape"]);
    assert_eq!(chosen(&Args::default()).len(), TABLE.len());
    let error = only(&["fmt", "fnt"]).options().unwrap_err();
    assert_eq!(error, WrongChoice::UnknownGate("fnt".into()));
    assert!(error.to_string().starts_with("no gate is named `fnt`; the gates are fmt, layers, "), "{error}");
}

#[test]
fn groups_and_skips_narrow_the_choice_and_nothing_left_is_refused() {
    let repo = Args { group: vec![Group::Repo], ..Args::default() };
    assert!(chosen(&repo).contains(&"fmt") && !chosen(&repo).contains(&"test"));
    let rest = Args { skip: names(&["fmt"]), ..repo.clone() };
    assert_eq!(chosen(&rest).len() + 1, chosen(&repo).len());
    let nothing = Args { only: names(&["fmt"]), skip: names(&["fmt"]), ..Args::default() };
    assert_eq!(nothing.options().unwrap_err(), WrongChoice::Nothing);
    assert!(Args { skip: names(&["fnt"]), ..Args::default() }.options().is_err());
}

#[test]
fn shards_run_every_gate_once_and_the_tests_in_parts() {
    for wrong in ["0/2", "3/2", "1", "a/b", "1/0", ""] {
        assert!(wrong.parse::<super::choice::Shard>().is_err(), "{wrong}");
    }
    let shards = ["1/3", "2/3", "3/3"].map(|shard| Args { shard: Some(shard.parse().unwrap()), ..Args::default() });
    let parts: Vec<&str> = shards.iter().flat_map(chosen).collect();
    for gate in TABLE {
        let times = parts.iter().filter(|name| **name == gate.name).count();
        assert_eq!(times, if gate.is_divided { 3 } else { 1 }, "{}", gate.name);
    }
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

/// A workspace with a crate of this source, one that stands for the Studio adapter, and its own place to build.
struct Scratch {
    repository: Repository,
    _folder: tempfile::TempDir,
}

/// What stands for the adapter's own tests, and for those that drive it from outside.
const ADAPTER: &str = "#[test]\nfn serves() {}\n";

impl Scratch {
    fn new(source: &str) -> Scratch {
        Scratch::with_adapter(source, ADAPTER)
    }

    fn with_adapter(source: &str, adapter: &str) -> Scratch {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        let here = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        for below in ["src", "adapter/src", "adapter/tests", ".config"] {
            std::fs::create_dir_all(root.join(below)).unwrap();
        }
        for name in ["gate.toml", "nextest.toml"] {
            std::fs::copy(here.join(".config").join(name), root.join(".config").join(name)).unwrap();
        }
        let package = |name| format!("name = \"{name}\"\nversion = \"0.0.0\"\n");
        let [adapter_package, own_package] = ["prometeu-studio-adapter", "scratch"].map(package);
        let manifest = |package: &str| format!("[package]\n{package}edition = \"2024\"\n");
        for (path, text) in [
            ("Cargo.toml", manifest(&own_package) + "[workspace]\nmembers = [\"adapter\"]\n"),
            ("adapter/Cargo.toml", manifest(&adapter_package)),
            ("Cargo.lock", format!("version = 4\n[[package]]\n{adapter_package}[[package]]\n{own_package}")),
            ("src/lib.rs", source.to_owned()),
            ("adapter/src/lib.rs", "//! A server.\n".to_owned()),
            ("adapter/tests/studio.rs", adapter.to_owned()),
        ] {
            std::fs::write(root.join(path), text).unwrap();
        }
        let mut repository = Repository::at(root).unwrap();
        // What is installed for the real repository serves here too.
        repository.tools = Repository::at(here).unwrap().tools;
        repository.shell.set_var("CARGO_TARGET_DIR", root.join("target"));
        Scratch { repository, _folder: folder }
    }
}

fn passes(gate: &Gate, source: &str) -> bool {
    passes_in(gate, &Scratch::new(source))
}

fn passes_in(gate: &Gate, scratch: &Scratch) -> bool {
    match (gate.run)(&scratch.repository).unwrap() {
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
fn a_broken_adapter_fails_its_own_gate_and_a_broken_packer_the_other() {
    const PASSING: &str = "#[test]\nfn passes() {}\n";
    const FAILING: &str = "#[test]\nfn fails() { assert_eq!(1, 2) }\n";
    for (packer, adapter) in [(PASSING, FAILING), (FAILING, PASSING), (PASSING, "does not compile")] {
        let scratch = Scratch::with_adapter(packer, adapter);
        let passes = [&test::GATE, &test::STUDIO_GATE].map(|gate| passes_in(gate, &scratch));
        assert_eq!(passes, [packer == PASSING, adapter == PASSING], "{packer}{adapter}");
    }
    assert!(!passes_in(&test::STUDIO_GATE, &Scratch::with_adapter(PASSING, "")), "no test proves nothing");
}

#[test]
fn doctest_refuses_an_example_that_lies() {
    assert!(passes(&doctest::GATE, "//! ```\n//! assert_eq!(1 + 1, 2);\n//! ```\n"));
    assert!(!passes(&doctest::GATE, "//! ```\n//! assert_eq!(1 + 1, 3);\n//! ```\n"));
}
