//! Entries of `doctor.toml` that allow nothing any more: they go, and every other byte stays.

use crate::projects::CONFIGURATION;
use crate::{content, id, rows, run, written};
use fixtures::Files;
use fixtures::broken::glyph_project;
use serde_json::Value;
use std::fs;
use std::path::Path;

const FIRST: &str = "# Notes of the artists.\n[[allow]]\ncode = \"hygiene/unused-file\"\npath = \"ui/notes.txt\"\nreason = \"kept\" # until they are read\nuntil = 2999-12-31\n\n";
const SECOND: &str = "# It was here once.\n[[allow]]\ncode = \"hygiene/unused-file\"\npath = \"ui/gone.txt\"\n# \\u{1f3a8}\nreason = \"\"\"\nsaid\n[[allow]]\n\"\"\"\nuntil = \"2999-12-31\"\n\n\n";
const THIRD: &str =
    "  [[allow]]\n  code = \"hygiene/link\"\n  path = \"**\"\n  reason = \"not yet\"\n  until = 2999-12-31\n";

fn project(configuration: &str) -> Files {
    glyph_project().with("assets/ui/notes.txt", "to do").with(CONFIGURATION, configuration)
}

fn all() -> String {
    format!("# What we live with.\nschema_version = 1\n\n{FIRST}{SECOND}{THIRD}# The end.")
}

fn configuration(project: &Path) -> String {
    fs::read_to_string(project.join(CONFIGURATION)).unwrap()
}

const ONLY: [&str; 4] = ["doctor", "--fix", "--only", "hygiene/suppression-unused"];

#[test]
fn all_unused_entries_go_and_no_other_byte_does() {
    for line_end in ["\n", "\r\n"] {
        let with_line_end = |text: &str| text.replace('\n', line_end);
        let folder = written(&project(&with_line_end(&all())));
        let before = content(folder.path());
        let (_, preview) = run(folder.path(), &ONLY);
        let told = preview["result"]["workspace"].to_string();
        assert!(told.contains("ui/gone.txt") && told.contains("not yet"), "what goes is shown: {told}");
        let (exit, made) = run(folder.path(), &[&ONLY[..], &["--apply", id(&preview)]].concat());
        assert_eq!(exit, 0, "{made:#}");
        assert_eq!(configuration(folder.path()), with_line_end(&all().replace(SECOND, "").replace(THIRD, "")));
        let transaction = made["result"]["transaction_id"].as_str().unwrap();
        assert_eq!(run(folder.path(), &["undo", transaction, "--apply"]).0, 0);
        assert_eq!(content(folder.path()), before);
    }
}

#[test]
fn one_of_them_goes_by_its_own_id() {
    let folder = written(&project(&all()));
    let (_, report) = run(folder.path(), &["doctor", "--workspace"]);
    let listed = rows(&report, "hygiene/suppression-unused");
    assert_eq!(listed.len(), 2, "{report:#}");
    let one = listed[0]["preview_id"].as_str().unwrap();
    let (_, made) = run(folder.path(), &[&ONLY[..], &["--apply", one]].concat());
    assert_eq!(made["result"]["applied"], true, "{made:#}");
    let left = configuration(folder.path());
    assert!(left == all().replace(SECOND, "") || left == all().replace(THIRD, ""), "{left}");
    let (_, stale) = run(folder.path(), &[&ONLY[..], &["--apply", one]].concat());
    assert_eq!(stale["result"]["applied"], false, "{stale:#}");
}

#[test]
fn an_entry_in_a_list_is_left_to_people_and_its_finding_promises_nothing() {
    let entry = "{ code = \"hygiene/link\", path = \"ui\", reason = \"none\", until = 2999-12-31 }";
    let folder = written(&project(&format!("schema_version = 1\nallow = [{entry}]\n")));
    let (_, preview) = run(folder.path(), &ONLY);
    let blocker = &preview["result"]["blockers"][0];
    assert_eq!((&blocker["code"], &blocker["path"]), (&"plan/blocked".into(), &CONFIGURATION.into()), "{preview:#}");
    assert!(blocker["help"].as_str().unwrap().contains("by hand"), "{preview:#}");
    let findings = preview["diagnostics"].as_array().unwrap();
    let unused = findings.iter().find(|finding| finding["code"] == "hygiene/suppression-unused").unwrap();
    assert_eq!(unused["evidence"]["fix"], Value::Null, "{unused:#}");
}
