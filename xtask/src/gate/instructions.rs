//! Gate `instructions`: what the commands cost, in instructions of the processor, counted by valgrind. Seconds depend on
//! the machine and on what else it does; the count of one program on one input, for one kind of processor, does not. Two sizes of one project tell
//! what an asset costs, and whether a larger project costs more for each.

mod project;

use super::repository::Repository;
use super::{Gate, Group, Verdict};
use anyhow::{Context, bail};
use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::process::{Command, Stdio};

pub(super) const GATE: Gate = Gate {
    name: "instructions",
    why: "no command takes more instructions for an asset than it did, nor more of them for each where there are more",
    group: Group::Packer,
    is_divided: false,
    run,
    repair: "cargo xtask gate --only instructions names the command; look for what it does twice, or raise its ceiling in \
             .config/gate.toml and say why",
};

/// How often the showcase stands in the smaller project, and in the larger.
const COPIES: [u32; 2] = [5, 20];
/// An asset of the larger project may cost so many hundredths of what one of the smaller costs.
const GROWTH_MAX: u64 = 115;

/// Each command, and the words that it is called with. The second build finds what the first one left.
const COMMANDS: [(&str, &[&str]); 6] = [
    ("list", &["list"]),
    ("doctor", &["doctor"]),
    ("build-full", &["build", "--full"]),
    ("build-unchanged", &["build"]),
    ("doctor-cached", &["doctor"]),
    ("migrate-check", &["migrate", "--check"]),
];

#[derive(Deserialize)]
struct Config {
    instructions: Ceilings,
}

#[derive(Deserialize)]
struct Ceilings {
    /// By command: instructions for each asset more, in thousands.
    thousands_an_asset: BTreeMap<String, u64>,
}

fn run(repository: &Repository) -> anyhow::Result<Verdict> {
    if !cfg!(target_arch = "x86_64") {
        return Ok(Verdict::Skipped(
            "the ceilings are for x86_64; other processors take other instructions".to_owned(),
        ));
    }
    let is_there = Command::new("valgrind").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !is_there.is_ok_and(|status| status.success()) {
        let get = "valgrind is missing; get it by `apt-get install valgrind` or its like (Linux and FreeBSD have it)";
        return Ok(Verdict::Skipped(get.to_owned()));
    }
    let path = repository.root.join(".config/gate.toml");
    let text = std::fs::read_to_string(&path).with_context(|| format!("could not read {path}"))?;
    let ceilings = toml::from_str::<Config>(&text).with_context(|| format!("could not use {path}"))?.instructions;
    let program = Utf8PathBuf::try_from(std::env::current_exe()?)?;
    let place = repository.shell.create_temp_dir()?;
    let place =
        Utf8Path::from_path(place.path()).context("the folder for temporary files has a name that is not UTF-8")?;
    let showcase = repository.root.join("fixtures/projects/showcase");
    let mut counts = Vec::new();
    for copies in COPIES {
        let folder = place.join(copies.to_string());
        let assets = project::make(&showcase, &folder, copies)?;
        let each = COMMANDS.iter().map(|(_, words)| count(&program, words, &folder));
        counts.push((assets, each.collect::<anyhow::Result<Vec<u64>>>()?));
    }
    let [(few, small), (many, large)] = &counts[..] else { bail!("two projects were measured") };
    let (mut notes, mut wrong) = (Vec::new(), Vec::new());
    for (at, (name, _)) in COMMANDS.iter().enumerate() {
        let ceiling =
            ceilings.thousands_an_asset.get(*name).with_context(|| format!("{path} has no ceiling for {name}"))?;
        match judge([(*few, small[at]), (*many, large[at])], *ceiling) {
            Ok(note) => notes.push(format!("{name}: {note}")),
            Err(why) => wrong.push(format!("{name}: {why}")),
        }
    }
    Ok(if wrong.is_empty() { Verdict::Passed(notes) } else { Verdict::Failed([notes, wrong].concat()) })
}

/// Compares the instructions that two projects took: assets and instructions of the smaller, and of the larger.
fn judge([(few, small), (many, large)]: [(u64, u64); 2], ceiling: u64) -> Result<String, String> {
    let more = many.saturating_sub(few).max(1);
    let thousands = large.saturating_sub(small) / more / 1_000;
    let each = [small / few.max(1), large / many.max(1)];
    if thousands > ceiling {
        return Err(format!("an asset takes {thousands} thousand instructions, and {ceiling} thousand is the ceiling"));
    }
    // What is done once for every project is shared by more assets in the larger, so each costs less there, if anything.
    if each[1] * 100 > each[0] * GROWTH_MAX {
        let [small, large] = each.map(|each| each / 1_000);
        return Err(format!(
            "{small} thousand instructions an asset among {few}, {large} thousand among {many}: it grows"
        ));
    }
    Ok(format!("{thousands} thousand instructions an asset, {ceiling} thousand at most"))
}

/// Runs the program on one thread, as how many work is chance, and counts.
fn count(program: &Utf8Path, words: &[&str], project: &Utf8Path) -> anyhow::Result<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", program.as_str()])
        .args(words)
        .args(["--format", "json", "--project", project.as_str()])
        .env("RAYON_NUM_THREADS", "1")
        .stdin(Stdio::null())
        .output()
        .context("could not run valgrind")?;
    let told = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("`{}` failed under valgrind: {told}", words.join(" "));
    }
    counted(&told).with_context(|| format!("valgrind gave no count: {told}"))
}

/// The number in valgrind's line `==PID== I refs: 1,234`.
fn counted(told: &str) -> Option<u64> {
    let line = told.lines().find(|line| line.contains("I ") && line.contains("refs:"))?;
    line.rsplit(':').next()?.trim().replace(',', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_read() {
        assert_eq!(counted("==7== \n==7== I   refs:      5,614,364\n"), Some(5_614_364));
        assert_eq!(counted("==7== nothing"), None);
    }

    #[test]
    fn what_costs_more_than_it_did_fails_and_so_does_what_grows() {
        assert_eq!(judge([(10, 2_000_000), (40, 5_000_000)], 100).map(|_| ()), Ok(()));
        let dearer = judge([(10, 2_000_000), (40, 6_000_000)], 100).err();
        assert!(dearer.is_some_and(|why| why.contains("133 thousand")));
        let grows = judge([(10, 1_000_000), (40, 16_000_000)], 1_000).err();
        assert!(grows.is_some_and(|why| why.contains("400 thousand among 40")));
    }
}
