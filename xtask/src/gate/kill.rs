//! Gate `kill`: the real program, killed on a real disk, leaves a project that the next command makes whole. What the
//! simulator proves of the design, this proves of the system's own calls, as far as they can be reached from outside.

mod call;
mod medium;
mod project;

use super::random::{COMPLETE, Random, SEED, is_complete, seed};
use super::repository::Repository;
use super::{Gate, Group, Verdict};
use crate::gate::tree::Tree;
use anyhow::{Context, bail};
use call::Moment;
use camino::{Utf8Path, Utf8PathBuf};
use project::Change;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

pub(super) const GATE: Gate = Gate {
    name: "kill",
    why: "killed at any of its calls, out of space or on a medium that cannot be written, the program leaves a whole project",
    group: Group::Packer,
    is_divided: false,
    run,
    repair: "cargo xtask gate --only kill names command and call; `strace -f -e inject=CALL:signal=SIGKILL:when=N` repeats it",
};

/// How many calls that only look are tried of each command, unless everything is. Those that change something all are.
const LOOKS: usize = 8;

fn run(_repository: &Repository) -> anyhow::Result<Verdict> {
    let program = Utf8PathBuf::try_from(std::env::current_exe()?)?;
    let folder = tempfile::tempdir()?;
    let place = Utf8Path::from_path(folder.path()).context("the folder for temporary files has no UTF-8 name")?;
    let seed = seed()?;
    let (mut notes, mut wrong) = (Vec::new(), Vec::new());
    for change in project::changes(&program, place)? {
        let found = kill_everywhere(&program, &change, place, seed)?;
        notes.push(found.counted);
        wrong.extend(found.wrong);
        match medium::examine(&program, &change, place)? {
            medium::Examined::Tried { counted, wrong: more } => {
                notes.push(counted);
                wrong.extend(more);
            }
            medium::Examined::Skipped(reason) if !notes.contains(&reason) => notes.push(reason),
            medium::Examined::Skipped(_) => {}
        }
    }
    if let Err(reason) = call::is_possible() {
        notes.push(format!("killed at moments instead of at calls: {reason}"));
    }
    if !is_complete() {
        notes.push(format!("{SEED}={seed} repeats this sample, {COMPLETE}=1 tries every call"));
    }
    Ok(if wrong.is_empty() { Verdict::Passed(notes) } else { Verdict::Failed([notes, wrong].concat()) })
}

/// How the kills of one command ended.
struct Killed {
    counted: String,
    wrong: Vec<String>,
}

/// Kills a command at all chosen moments, each in a fresh copy of its project, two at a time.
fn kill_everywhere(program: &Utf8Path, change: &Change, place: &Utf8Path, seed: u64) -> anyhow::Result<Killed> {
    let moments = choose(call::moments(program, change, place)?, seed);
    let next = AtomicUsize::new(0);
    let work = |worker: usize| -> anyhow::Result<Vec<(usize, Result<bool, String>)>> {
        let folder = place.join(format!("{}-{worker}", change.name));
        let mut ends = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(moment) = moments.get(at) else { return Ok(ends) };
            change.start.write(&folder)?;
            moment.kill(program, change, &folder)?;
            ends.push((at, settle(program, change, &folder)?));
            std::fs::remove_dir_all(&folder).with_context(|| format!("could not remove {folder}"))?;
        }
    };
    let ends = std::thread::scope(|scope| {
        let workers = [0, 1].map(|worker| scope.spawn(move || work(worker)));
        workers.map(|worker| worker.join().expect("a worker that panics ends the gate"))
    });
    let (mut before, mut after, mut wrong) = (0, 0, Vec::new());
    for end in ends {
        for (at, end) in end? {
            match end {
                Ok(true) => after += 1,
                Ok(false) => before += 1,
                Err(why) => wrong.push(format!("{}, killed {}: {why}", change.name, moments[at])),
            }
        }
    }
    let (kills, neither) = (moments.len(), wrong.len());
    let counted =
        format!("{:<12} {kills:>4} kills: {before:>4} before {after:>4} after {neither:>4} neither", change.name);
    Ok(Killed { counted, wrong })
}

/// All moments that change something, and so many others.
fn choose(moments: Vec<Moment>, seed: u64) -> Vec<Moment> {
    if is_complete() {
        return moments;
    }
    let (mut chosen, mut looks): (Vec<Moment>, Vec<Moment>) = moments.into_iter().partition(Moment::changes);
    Random::new(seed).shuffle(&mut looks);
    chosen.extend(looks.into_iter().take(LOOKS));
    chosen
}

/// Gives the next command and says whether the project is then what it was to become, or what else is wrong.
fn settle(program: &Utf8Path, change: &Change, folder: &Utf8Path) -> anyhow::Result<Result<bool, String>> {
    let listed = command(program, &["list"], folder).output()?;
    if !listed.status.success() {
        return Ok(Err(format!("`list` ended with {}: {}", listed.status, said(&listed))));
    }
    let found = Tree::read(folder)?;
    let is_after = match found.without_records() {
        project if project == change.after => true,
        project if project == change.before => false,
        project => return Ok(Err(format!("neither before nor after: {}", project.difference(&change.before)))),
    };
    if let Some(stray) = found.stray() {
        return Ok(Err(format!("`{stray}` was left behind")));
    }
    command(program, &["list"], folder).output()?;
    let is_settled = Tree::read(folder)? == found;
    Ok(if is_settled { Ok(is_after) } else { Err("the next command but one still finds something to do".into()) })
}

/// The program, on one thread, so that its calls come in order.
fn command(program: &Utf8Path, arguments: &[&str], project: &Utf8Path) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).args(["--threads", "1", "--project", project.as_str()]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// Runs a command that has to work.
fn succeed(program: &Utf8Path, arguments: &[&str], project: &Utf8Path) -> anyhow::Result<Output> {
    let output = command(program, arguments, project).stdout(Stdio::piped()).output()?;
    if !output.status.success() {
        let report = String::from_utf8_lossy(&output.stdout);
        bail!("`{}` ended with {}: {}{report}", arguments.join(" "), output.status, said(&output));
    }
    Ok(output)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).trim().to_owned()
}

#[cfg(test)]
mod tests;
