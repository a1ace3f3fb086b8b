//! Gate `hostile`: this program over the whole hostile kit, by its commands and as the Studio adapter. Each run ends as the
//! kit says, soon, in bounded memory, and leaves every file as it was. The kit is made by a program of its own; what this
//! knows of it stands in its index.

mod adapter;
mod kit;
mod trace;
mod untouched;

use super::random::{COMPLETE, Random, SEED, is_complete, seed};
use super::repository::Repository;
use super::{Gate, Group, Verdict};
use anyhow::{Context, ensure};
use camino::{Utf8Path, Utf8PathBuf};
use kit::{Case, Ended};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use xshell::cmd;

pub(super) const GATE: Gate = Gate {
    name: "hostile",
    why: "whatever a project holds, every command and the Studio adapter refuse it by its rule within ten seconds and 512 MiB, and touch nothing",
    group: Group::Packer,
    is_divided: false,
    run,
    repair: "cargo xtask hostile DIR writes the kit, with one folder a case; go there and run the command that is named",
};

fn run(repository: &Repository) -> anyhow::Result<Verdict> {
    let folder = tempfile::tempdir()?;
    let place = Utf8Path::from_path(folder.path()).context("the folder for temporary files has no UTF-8 name")?;
    write(repository, place)?;
    let program = Utf8PathBuf::try_from(std::env::current_exe()?)?;
    let all = kit::read(&place.join("kit.json"))?;
    let (mut cases, skipped) = kit::possible(all, place)?;
    ensure!(!cases.is_empty(), "the kit is empty");
    let mut sampled = None;
    if !is_complete() {
        let (seed, all) = (seed()?, cases.len());
        cases = half(cases, seed);
        sampled = Some(format!("of {all} cases; {SEED}={seed} repeats this half, {COMPLETE}=1 tries all"));
    }
    let (mut notes, mut wrong) = drive(&program, &cases, place)?;
    notes.extend(sampled.into_iter().chain(skipped));
    match trace::examine(&program, &cases, place)? {
        trace::Traced::Done { counted, strange } => {
            notes.push(counted);
            wrong.extend(strange);
        }
        trace::Traced::Skipped(reason) => notes.push(reason),
    }
    Ok(if wrong.is_empty() { Verdict::Passed(notes) } else { Verdict::Failed([notes, wrong].concat()) })
}

/// Writes the kit below a folder, which is made.
///
/// # Errors
/// When the program that makes it cannot be run or fails.
pub(crate) fn write(repository: &Repository, folder: &Utf8Path) -> anyhow::Result<()> {
    let (shell, folder) = (&repository.shell, std::path::absolute(folder)?);
    std::fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    let fixtures = ["run", "--quiet", "--release", "--locked", "-p", "fixtures", "--", "hostile"];
    cmd!(shell, "cargo {fixtures...} {folder}").quiet().ignore_stdout().run().context("could not write the kit")
}

/// Half of the cases, and one more where they are odd, in the order that they had; the same for the same seed.
fn half<T>(mut all: Vec<T>, seed: u64) -> Vec<T> {
    let mut is_in: Vec<bool> = (0..all.len()).map(|at| at % 2 == 0).collect();
    Random::new(seed).shuffle(&mut is_in);
    let mut is_in = is_in.into_iter();
    all.retain(|_| is_in.next() == Some(true));
    all
}

/// What each run and each session was and came to, and what is wrong.
type Told = (Vec<(String, Ended)>, Vec<String>);

/// Runs everything, two cases at a time; gives what is worth knowing and what is wrong.
fn drive(program: &Utf8Path, cases: &[Case], place: &Utf8Path) -> anyhow::Result<(Vec<String>, Vec<String>)> {
    let next = AtomicUsize::new(0);
    let work = || -> anyhow::Result<Told> {
        let (mut ends, mut wrong) = (Vec::new(), Vec::new());
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            let (some, more) = examine(program, case, &place.join(&case.name))?;
            ends.extend(some);
            wrong.extend(more);
        }
        Ok((ends, wrong))
    };
    let ends = std::thread::scope(|scope| {
        let workers = [(); 2].map(|()| scope.spawn(work));
        workers.map(|worker| worker.join().expect("a worker that panics ends the gate"))
    });
    let (mut runs, mut wrong) = (Vec::new(), Vec::new());
    for end in ends {
        let (some, more) = end?;
        runs.extend(some);
        wrong.extend(more);
    }
    wrong.sort();
    let longest = runs.iter().max_by_key(|(_, run)| run.busy).context("nothing was run")?;
    let largest = runs.iter().max_by_key(|(_, run)| run.peak_bytes).context("nothing was run")?;
    let notes = vec![
        format!("{} runs on {} cases, a session with the adapter each", runs.len() - cases.len(), cases.len()),
        format!("longest: {:.1} s, {}", longest.1.busy.as_secs_f64(), longest.0),
        format!("largest: {} MiB, {}", largest.1.peak_bytes >> 20, largest.0),
    ];
    Ok((notes, wrong))
}

/// Every command of a case, then its session with the adapter.
fn examine(program: &Utf8Path, case: &Case, folder: &Utf8Path) -> anyhow::Result<Told> {
    let before = untouched::look(folder)?;
    let (mut answers, mut wrong) = (Vec::new(), Vec::new());
    for run in &case.runs {
        let answer = kit::ask(&[program.as_str()], run, folder)?;
        let shown = format!("{} `{}`", case.name, run.arguments.join(" ").escape_debug());
        wrong.extend(kit::judge(run, &answer).into_iter().map(|why| format!("{shown}: {why}")));
        answers.push((shown, answer));
    }
    let (messages, asked) = adapter::session(&case.runs, folder);
    let session = adapter::ask(Command::new(program).arg("serve").current_dir(folder), &messages)?;
    let answered: Vec<_> = answers.iter().map(|(_, answer)| answer).collect();
    let shown = format!("{} by the adapter", case.name);
    wrong.extend(adapter::judge(&session, &asked, &answered).into_iter().map(|why| format!("{shown}: {why}")));
    let after = untouched::look(folder)?;
    wrong.extend(untouched::difference(&before, &after).map(|path| format!("{}: {path} was touched", case.name)));
    let mut ends: Vec<_> = answers.into_iter().map(|(shown, answer)| (shown, answer.ended)).collect();
    ends.push((shown, Ended { said: Vec::new(), ..session }));
    Ok((ends, wrong))
}

#[cfg(test)]
mod tests;
