//! Every broken project gives the finding that it was made for, through the program, and nothing on disk changes;
//! the projects without a fault, and those that are nearly at fault, give none.

mod program;
mod shape;

use anyhow::{Context, Result, ensure};
use fixtures::broken::{Case, Line, NearMiss, Needs, both, cases, glyph_project, near_misses, sound_project};
use fixtures::{Files, snapshot};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

type Make = fn() -> Files;

/// Projects that nothing is wrong with, and what must say so. The one with every encoding is not tidy.
const FAULTLESS: [(&str, Make, &[&[&str]]); 5] = [
    ("glyph", glyph_project, READING),
    ("sound", sound_project, READING),
    ("both", both, READING),
    ("showcase", fixtures::showcase, READING),
    ("encodings", fixtures::encodings, READING.split_last().expect("three").1),
];
const READING: &[&[&str]] = &[&["doctor"], &["build", "--check"], &["doctor", "--workspace"]];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for case in cases() {
        for &command in case.commands {
            let trial =
                Trial::test(format!("{}::{}", case.name, command.join("")), move || said(broken(&case, command)));
            trials.push(trial.with_ignored_flag(!provided(case.needs)));
        }
    }
    for (name, make, commands) in FAULTLESS {
        for command in commands {
            let name = format!("faultless/{name}::{}", command.join(""));
            trials.push(Trial::test(name, move || said(without_fault(make, command))));
        }
    }
    for miss in near_misses() {
        let trial = Trial::test(format!("near-miss/{}", miss.code), move || said(barely_right(&miss)));
        trials.push(trial.with_ignored_flag(!provided(miss.needs)));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn said(result: Result<()>) -> Result<(), Failed> {
    result.map_err(|error| Failed::from(format!("{error:#}")))
}

fn broken(case: &Case, command: &[&str]) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let project = folder.path().join("project");
    fs::create_dir(&project)?;
    case.write(&project)?;
    let report = unchanged(&project, command, case.exit)?;
    let findings = report["diagnostics"].as_array().context("diagnostics")?;
    ensure!(
        findings.iter().any(|finding| expected(case, finding)),
        "no {} {} at {} {:?} among {:#}",
        case.severity,
        case.code,
        case.path,
        case.line,
        report["diagnostics"]
    );
    Ok(())
}

fn without_fault(make: Make, command: &[&str]) -> Result<()> {
    let folder = tempfile::tempdir()?;
    make().write(folder.path())?;
    let report = unchanged(folder.path(), command, 0)?;
    ensure!(report["diagnostics"] == Value::Array(vec![]), "findings: {:#}", report["diagnostics"]);
    Ok(())
}

/// Whatever a project nearly gives a finding for, it gives none.
fn barely_right(miss: &NearMiss) -> Result<()> {
    let folder = tempfile::tempdir()?;
    miss.write(folder.path())?;
    let report = unchanged(folder.path(), &["doctor", "--workspace"], 0)?;
    let codes = report["diagnostics"].as_array().context("diagnostics")?.iter().map(|finding| &finding["code"]);
    let strange: Vec<&Value> = codes.filter(|code| !miss.others.iter().any(|other| code == other)).collect();
    ensure!(!miss.others.contains(&miss.code) && strange.is_empty(), "{strange:?} in {report:#}");
    Ok(())
}

/// Runs a command that must leave the project as it is, and gives its report.
fn unchanged(project: &Path, command: &[&str], exit: i32) -> Result<Value> {
    let before = snapshot(project)?;
    let run = program::run(command, project)?;
    let after = snapshot(project)?;
    for path in before.keys().chain(after.keys()) {
        ensure!(before.get(path) == after.get(path), "{path} was changed");
    }
    ensure!(run.exit == exit, "exit {} instead of {exit}: {:#}", run.exit, run.report);
    ensure!(!run.report.to_string().contains("{program}"), "a command without its name: {:#}", run.report);
    shape::check(&run.report, command[0], exit).with_context(|| format!("in {:#}", run.report))?;
    Ok(run.report)
}

fn expected(case: &Case, finding: &Value) -> bool {
    let line = &finding["span"]["line"];
    finding["code"] == case.code
        && finding["severity"] == case.severity
        && finding["path"] == case.path
        && finding["blocking"] == (case.exit != 0)
        && match case.line {
            Line::At(number) => line == number,
            Line::Absent => line.is_null(),
            Line::Open => true,
        }
}

/// Whether this system can hold such a project.
fn provided(needs: Needs) -> bool {
    match needs {
        Needs::Nothing | Needs::Room | Needs::Unversioned => true,
        Needs::Unix => cfg!(unix),
        Needs::Case => probe(|folder| {
            fs::write(folder.join("a"), "")?;
            Ok(!folder.join("A").exists())
        }),
        Needs::Permissions => cfg!(unix) && probe(forbids),
    }
}

fn probe(ask: fn(&Path) -> std::io::Result<bool>) -> bool {
    tempfile::tempdir().and_then(|folder| ask(folder.path())).unwrap_or(false)
}

/// Whether a file without permissions cannot be read; an administrator can.
#[cfg(unix)]
fn forbids(folder: &Path) -> std::io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    let file = folder.join("a");
    fs::write(&file, "")?;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000))?;
    Ok(fs::read(file).is_err())
}

#[cfg(not(unix))]
fn forbids(_: &Path) -> std::io::Result<bool> {
    Ok(false)
}
