//! Each gate against a repository that somebody has done damage to: a copy of this one, with one change that the gate must
//! find and name. What is found by reading runs with every test; the rest builds, and is asked for:
//! `cargo test -p xtask --test sabotage -- --ignored`, with a name of the table for one of them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod table;

use libtest_mimic::{Arguments, Failed, Trial};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use table::{By, Sabotage, TABLE};

fn main() -> ExitCode {
    let trial = |sabotage: &'static Sabotage| {
        let name = format!("{}: {}", sabotage.gate, sabotage.name);
        Trial::test(name, || found(sabotage)).with_ignored_flag(sabotage.by != By::Program)
    };
    let mut trials: Vec<Trial> = TABLE.iter().map(trial).collect();
    trials.push(Trial::test("every gate is sabotaged", every_gate));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn every_gate() -> Result<(), Failed> {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask")).args(["gate", "--list"]).output()?;
    let listed = String::from_utf8(output.stdout)?;
    let gates: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let missing: Vec<&&str> = gates.iter().filter(|gate| !TABLE.iter().any(|row| row.gate == **gate)).collect();
    let unknown: Vec<&str> = TABLE.iter().map(|row| row.gate).filter(|gate| !gates.contains(gate)).collect();
    if gates.is_empty() || !missing.is_empty() || !unknown.is_empty() {
        return Err(format!("without a sabotage: {missing:?}; no gates: {unknown:?}").into());
    }
    Ok(())
}

/// Does the damage to a copy, and lets the gate look.
fn found(sabotage: &Sabotage) -> Result<(), Failed> {
    let work = repository().join("target/sabotage");
    let own;
    let (copy, _alone) = if sabotage.by == By::Program {
        own = tempfile::tempdir()?;
        (own.path().to_owned(), None)
    } else {
        // One after the other, in one place, so that each builds little more than what it changed.
        fs::create_dir_all(&work)?;
        let lock = fs::File::create(work.join("lock"))?;
        lock.lock()?;
        (work.join("copy"), Some(lock))
    };
    lay_out(&copy)?;
    let file = copy.join(sabotage.file);
    let text = fs::read_to_string(&file)?;
    if !text.contains(sabotage.from) {
        return Err(
            format!("{} no longer holds {:?}; the sabotage needs another place", sabotage.file, sabotage.from).into()
        );
    }
    let broken = match sabotage.from {
        "" => text + sabotage.to,
        from => text.replacen(from, sabotage.to, 1),
    };
    fs::write(&file, broken)?;
    if !sabotage.tests.is_empty() {
        let config = copy.join(".config/nextest.toml");
        let narrowed = format!("[profile.default]\ndefault-filter = \"{}\"", sabotage.tests);
        fs::write(&config, fs::read_to_string(&config)?.replace("[profile.default]", &narrowed))?;
    }
    let (red, said) = gate(sabotage, &copy, &work.join("target"))?;
    if !red || !said.contains(sabotage.says) || !said.contains("to repair: cargo ") {
        let expected = format!("red: {red}, and {:?} was to be said with a repair", sabotage.says);
        return Err(format!("{expected}:\n{said}").into());
    }
    Ok(())
}

/// Whether the gate failed, and all that was said.
fn gate(sabotage: &Sabotage, copy: &Path, target: &Path) -> Result<(bool, String), Failed> {
    let mut command = match sabotage.by {
        By::Program | By::ProgramAndTools => Command::new(env!("CARGO_BIN_EXE_xtask")),
        By::Sabotaged => {
            let mut cargo = Command::new(env!("CARGO"));
            cargo.args(["run", "--quiet", "--locked", "--package", "xtask", "--bin", "xtask", "--"]);
            cargo
        }
    };
    command.args(["gate", "--strict", "--only", sabotage.gate]).current_dir(copy).stdin(Stdio::null());
    // What is built is looked at once; building it is what takes the time.
    for profile in ["DEV", "RELEASE"] {
        command.env(format!("CARGO_PROFILE_{profile}_OPT_LEVEL"), if profile == "DEV" { "0" } else { "1" });
    }
    command.env("CARGO_TARGET_DIR", target);
    if matches!(sabotage.gate, "minimal" | "coverage") {
        // They are left out of a quick run.
        command.env("PROMETEU_COMPLETE", "1");
    }
    // The runner of these tests tells its own children who they are.
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("NEXTEST")) {
        command.env_remove(name);
    }
    let output = command.output()?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    Ok((said.contains(&format!("failed {} in ", sabotage.gate)), said))
}

/// Makes `copy` what version control would check out here, and leaves alone what already is.
fn lay_out(copy: &Path) -> Result<(), Failed> {
    let git = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let listed = Command::new("git").args(git).current_dir(repository()).output()?;
    let listed = String::from_utf8(listed.stdout)?;
    for path in listed.split_terminator('\0') {
        let (from, to) = (repository().join(path), copy.join(path));
        let Ok(content) = fs::read(&from) else { continue };
        if fs::read(&to).ok().as_ref() != Some(&content) {
            fs::create_dir_all(to.parent().unwrap())?;
            fs::write(&to, content)?;
        }
    }
    if !copy.join("Cargo.toml").is_file() {
        return Err("git lists no files here".into());
    }
    Ok(())
}
