//! What people see: no more than they can read, what blocks first, repetitions counted, changes in words.

use crate::{answer, exit, run, text, written};
use fixtures::broken::glyph_project;
use std::fmt::Write as _;

/// A registry with so many entries whose folders are not there, and one asset with so many unknown members.
fn crowded(missing: usize, unknown: usize) -> fixtures::Files {
    let mut entries = String::new();
    for at in 2..missing + 2 {
        let _ = write!(
            entries,
            ",\n    {{\"asset_id\":{at},\"asset_uuid\":\"6f0f7f0e-5b0c-4b54-9c1f-{at:012x}\",\"included_in_build\":true,\"root\":\"r{at}\"}}"
        );
    }
    let mut members = String::new();
    for at in 0..unknown {
        let _ = write!(members, "\"note_{at}\": {at},\n  ");
    }
    glyph_project()
        .edited(fixtures::INDEX, "\"root\":\"ui\"}", &format!("\"root\":\"ui\"}}{entries}"))
        .edited(fixtures::INDEX, "\"next_asset_id\": 2", &format!("\"next_asset_id\": {}", missing + 2))
        .edited("assets/ui/asset.json", "\"preload\"", &format!("{members}\"preload\""))
}

fn count(text: &str, what: &str) -> usize {
    text.lines().filter(|line| line.starts_with(what)).count()
}

#[test]
fn repeated_warnings_are_one_line_with_a_number_behind_what_blocks() {
    let project = written(&crowded(2, 7));
    let (exit, text) = answer(&["doctor"], "human", project.path());
    assert_eq!((exit, count(&text, "error["), count(&text, "warning[")), (1, 2, 1), "{text}");
    let line = text.lines().find(|line| line.starts_with("warning[")).unwrap();
    assert!(line.contains("7 times, first at assets/ui/asset.json:"), "{line}");
    assert!(text.find("warning[").unwrap() > text.rfind("error[").unwrap(), "{text}");
    assert!(text.contains("(2 errors, 7 warnings)"), "{text}");
}

#[test]
fn nobody_is_shown_more_than_a_thousand() {
    let project = written(&crowded(1_200, 3));
    let (_, text) = answer(&["doctor"], "human", project.path());
    assert_eq!((count(&text, "error["), count(&text, "warning[")), (1_000, 0));
    assert!(text.contains("… and 201 more findings"), "{text}");
    let (_, github) = answer(&["doctor"], "github", project.path());
    assert_eq!(github.lines().count(), 1_001);
    assert!(github.lines().last().unwrap().contains("203 more findings"), "{github}");
    let (_, sarif) = answer(&["doctor"], "sarif", project.path());
    assert_eq!(crate::judge::sarif(&sarif).1.errors, 1_200);
    let (_, junit) = answer(&["doctor"], "junit", project.path());
    assert_eq!(crate::judge::junit(&junit).len(), 1_203);
}

#[test]
fn a_preview_is_told_in_words_and_says_how_to_go_on() {
    let project = written(&glyph_project());
    let said = |arguments: &[&str]| {
        let output = run(arguments, project.path());
        assert_eq!(exit(&output), 0, "{}", text(&output.stdout));
        text(&output.stdout)
    };
    let preview = said(&["exclude", "ui"]);
    assert!(preview.contains("would change in the registry\n"), "{preview}");
    assert!(preview.contains("asset 1 `ui` at ui: included in builds → excluded from builds\n"), "{preview}");
    assert!(preview.contains("this can be undone\n"), "{preview}");
    assert!(!preview.contains("asset_uuid"), "{preview}");
    // What it says to type does what it showed.
    let typed = preview.split('`').rev().nth(1).unwrap();
    let words: Vec<&str> = typed.strip_prefix("cargo xtask ").unwrap().split(' ').collect();
    let (apply, id) = (words[words.len() - 2], words[words.len() - 1]);
    let applied = said(&["exclude", "ui", apply, id]);
    assert!(
        applied.contains("changed in the registry\n") && applied.contains("to go back: `cargo xtask undo "),
        "{applied}"
    );

    let preview = said(&["remove", "ui"]);
    assert!(preview.contains("asset 1 `ui` at ui\n") && preview.contains(" --confirm ui`"), "{preview}");
    let preview = said(&["relocate", "ui", "gui/main"]);
    assert!(preview.contains("asset 1 `ui`: ui → gui/main\n"), "{preview}");
    assert!(preview.contains("would change in files and folders\n"), "{preview}");
}

#[test]
fn an_explanation_has_its_four_parts_and_fits_a_terminal() {
    let project = written(&glyph_project());
    for code in ["glyph/partial-alpha", "trust/link", "registry/duplicate-id", "json/duplicate-key"] {
        let (_, text) = answer(&["explain", code], "human", project.path());
        for part in [code, "Why it matters", "An example", "What to do now"] {
            assert_eq!(count(&text, part), 1, "{part} in {text}");
        }
        let prose = text.lines().filter(|line| !line.starts_with("    "));
        assert!(prose.clone().all(|line| line.chars().count() <= 80), "{text}");
    }
}

#[test]
fn colour_is_for_terminals() {
    let project = written(&crowded(1, 1));
    for variable in [None, Some(("NO_COLOR", "1"))] {
        for arguments in [&["doctor"][..], &["list"], &["exclude", "1"], &["explain", "trust/link"], &["--help"]] {
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_xtask"));
            command.env_remove("CLICOLOR_FORCE").env_remove("NO_COLOR").envs(variable);
            let output = command.args(arguments).arg("--project").arg(project.path()).output().unwrap();
            assert!(!output.stdout.contains(&0x1b) && !output.stderr.contains(&0x1b), "{variable:?} {arguments:?}");
        }
    }
}
