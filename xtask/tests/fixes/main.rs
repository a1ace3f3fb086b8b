//! Every repair of `doctor --fix` through the program: listed, shown, made exactly as shown, refused when the project
//! changed in between or nobody agreed, made once, and undone to the byte.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod anywhere;
mod choices;
mod identity;
mod projects;
mod rebuilding;
mod suppressions;

use fixtures::{Entry, Files, snapshot, without_next_id};
use projects::{Repair, repairs};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

fn run(project: &Path, arguments: &[&str]) -> (i32, Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let output = command.args(arguments).args(["--format", "json", "--project"]).arg(project).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(!report.to_string().contains("{program}"), "a command without its name: {report:#}");
    (output.status.code().unwrap(), report)
}

fn written(files: &Files) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    files.write(folder.path()).unwrap();
    folder
}

/// Everything but the packer's own records.
fn content(project: &Path) -> BTreeMap<String, Entry> {
    let mut all = snapshot(project).unwrap();
    all.retain(|path, _| !path.starts_with("assets/.prometeu/txn") && path != "assets/.prometeu");
    all
}

fn codes(findings: &Value) -> Vec<&str> {
    findings.as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

/// The repairs of one code that a report lists.
fn rows<'a>(report: &'a Value, code: &str) -> Vec<&'a Value> {
    report["result"]["fixes"].as_array().unwrap().iter().filter(|row| row["code"] == code).collect()
}

fn id(preview: &Value) -> &str {
    preview["result"]["preview_id"].as_str().unwrap()
}

const WORKSPACE: &str = "--workspace";

#[test]
fn a_repair_is_listed_where_it_can_be_made() {
    for Repair { code, safe, path, make, .. } in repairs() {
        let folder = written(&make());
        let before = snapshot(folder.path()).unwrap();
        let (_, report) = run(folder.path(), &["doctor", WORKSPACE]);
        let row = rows(&report, code);
        assert_eq!(row.len(), 1, "{code}: {report:#}");
        assert_eq!((&row[0]["safe"], &row[0]["path"]), (&Value::from(safe), &Value::from(path)), "{code}");
        let finding = report["diagnostics"].as_array().unwrap().iter().find(|finding| finding["code"] == code).unwrap();
        let help = finding["help"].as_str().unwrap();
        assert!(help.contains("--fix --only") && help.contains(code), "{code}: {help}");
        assert_eq!(finding["evidence"]["fix"], if safe { "safe" } else { "unsafe" });
        assert_eq!(snapshot(folder.path()).unwrap(), before, "{code}: the doctor wrote something");
    }
}

#[test]
fn what_is_shown_is_what_is_made_once_and_undone_to_the_byte() {
    for Repair { code, safe, make, leaves, .. } in repairs() {
        let folder = written(&make());
        let project = folder.path();
        let before = content(project);
        let only = ["doctor", "--fix", "--only", code];
        let untouched = snapshot(project).unwrap();
        let (_, preview) = run(project, &only);
        assert_eq!(snapshot(project).unwrap(), untouched, "{code}: a preview wrote something");
        assert_eq!(codes(&preview["result"]["blockers"]), Vec::<&str>::new(), "{code}: {preview:#}");
        assert_eq!(
            (&preview["result"]["applied"], &preview["result"]["transaction_id"]),
            (&false.into(), &Value::Null)
        );
        assert_eq!(rows(&preview, code)[0]["preview_id"], id(&preview), "{code}: one repair is all of them");
        assert_eq!(run(project, &only).1, preview, "{code}: the same preview twice");

        if !safe {
            let (exit, refused) = run(project, &[&only[..], &["--apply"]].concat());
            assert_eq!((exit, content(project) == before), (5, true), "{code}: {refused:#}");
            assert!(codes(&refused["diagnostics"]).contains(&"plan/consent-missing"), "{code}: {refused:#}");
            assert_eq!(codes(&refused["result"]["blockers"]), ["plan/consent-missing"], "{code}");
        }
        let (exit, made) = run(project, &[&only[..], &["--apply", id(&preview)]].concat());
        assert_eq!(exit, leaves, "{code}: {made:#}");
        assert_eq!(made["result"]["applied"], true, "{code}: {made:#}");
        assert!(!codes(&made["diagnostics"]).contains(&code), "{code} is still there: {made:#}");
        assert_eq!(rows(&made, code), Vec::<&Value>::new(), "{code} would be repaired again");
        let after = content(project);
        assert_ne!(after, before, "{code}: nothing happened");

        let (exit, again) = run(project, &[&only[..], &["--apply"]].concat());
        assert_eq!(
            (exit, &again["result"]["applied"], content(project)),
            (leaves, &false.into(), after.clone()),
            "{code}"
        );
        let (exit, stale) = run(project, &[&only[..], &["--apply", id(&preview)]].concat());
        assert_eq!((exit, codes(&stale["diagnostics"]).contains(&"plan/stale")), (5, true), "{code}: {stale:#}");

        let transaction = made["result"]["transaction_id"].as_str().unwrap();
        if made["result"]["reversible"] == false {
            continue;
        }
        let (exit, undone) = run(project, &["undo", transaction, "--apply"]);
        assert_eq!((exit, &undone["result"]["applied"]), (0, &true.into()), "{code}: {undone:#}");
        assert_eq!(without_next_id(content(project)), without_next_id(before), "{code} undone");
    }
}

#[test]
fn a_repair_is_stale_when_a_byte_that_it_depends_on_changed() {
    for Repair { code, make, depends, .. } in repairs() {
        for path in depends {
            let folder = written(&make());
            let project = folder.path();
            let (_, preview) = run(project, &["doctor", "--fix", "--only", code]);
            let file = project.join(path);
            let mut bytes = fs::read(&file).unwrap();
            // Harmless in JSON, in a PNG and in a cache alike.
            bytes.extend_from_slice(b"\n");
            fs::write(&file, bytes).unwrap();
            let before = content(project);
            let (exit, stale) = run(project, &["doctor", "--fix", "--only", code, "--apply", id(&preview)]);
            assert_eq!((exit, content(project) == before), (5, true), "{code} after {path}: {stale:#}");
            assert!(codes(&stale["diagnostics"]).contains(&"plan/stale"), "{code} after {path}: {stale:#}");
        }
    }
}

#[test]
fn what_was_undone_can_be_repaired_again() {
    for Repair { code, make, .. } in repairs() {
        let folder = written(&make());
        let project = folder.path();
        let make = || {
            let (_, preview) = run(project, &["doctor", "--fix", "--only", code]);
            let (_, made) = run(project, &["doctor", "--fix", "--only", code, "--apply", id(&preview)]);
            assert_eq!(made["result"]["applied"], true, "{code}: {made:#}");
            (made["result"]["transaction_id"].as_str().unwrap().to_owned(), made["result"]["reversible"] == true)
        };
        let (transaction, reversible) = make();
        if reversible {
            assert_eq!(run(project, &["undo", &transaction, "--apply"]).0, 0, "{code}");
            make();
        }
    }
}
