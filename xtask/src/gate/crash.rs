//! Gate `crash`: every change of a project survives every fault of a simulated disk. The simulator is a program of its
//! own; this runs it and shows its table.

use super::random::{COMPLETE, SEED, is_complete, seed};
use super::repository::Repository;
use super::{Gate, Group, Verdict};
use anyhow::Context;
use xshell::cmd;

pub(super) const GATE: Gate = Gate {
    name: "crash",
    why: "whatever the disk does at any operation, a project is then what it was or what it was to become, and nothing else",
    group: Group::Packer,
    is_divided: false,
    run,
    repair: "cargo run --release -p crash-simulator -- with the arguments above a failure repeats just that; simulator/README.md \
             says what the columns mean",
};

fn run(repository: &Repository) -> anyhow::Result<Verdict> {
    let (shell, seed) = (&repository.shell, seed()?.to_string());
    let simulator = ["run", "--quiet", "--release", "--locked", "-p", "crash-simulator", "--"];
    let how_many: &[&str] = if is_complete() { &["--all"] } else { &[] };
    let command = cmd!(shell, "cargo {simulator...} --seed {seed} {how_many...}").quiet().ignore_status();
    let output = command.output().context("could not start the simulator")?;
    let (table, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let mut lines = lines(&table);
    if !is_complete() {
        lines.push(format!("{SEED}={seed} repeats this sample, {COMPLETE}=1 plays everything"));
    }
    Ok(match output.status.code() {
        Some(0) if !table.is_empty() => Verdict::Passed(lines),
        _ => Verdict::Failed([lines, self::lines(&said)].concat()),
    })
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}
