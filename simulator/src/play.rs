//! Plays many runs on several threads, all of them or a sample, and counts how they end.

use crate::check::{End, Left, Run, Wrong, check};
use crate::faults::Row;
use crate::scenario::{Said, Scenario, Start, told};
use crate::state::{difference, visible};
use anyhow::{Context as _, Result, bail};
use rayon::ThreadPool;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What is played.
pub struct Options<'a> {
    /// The scenarios.
    pub scenarios: Vec<&'a Scenario>,
    /// The faults.
    pub faults: Vec<&'a Row>,
    /// From this start alone, counted from 0.
    pub start: Option<usize>,
    /// At this operation alone, counted from 1.
    pub at: Option<usize>,
    /// The first seed of power losses; it also chooses the sample.
    pub seed: u64,
    /// How many power losses there are to an operation.
    pub seeds: u64,
    /// At most so many operations for each scenario and fault; all when absent.
    pub sample: Option<usize>,
}

/// How the runs of one scenario with one fault ended.
#[derive(Debug, Default)]
pub struct Tally {
    /// The scenario.
    pub scenario: &'static str,
    /// The fault.
    pub fault: &'static str,
    /// The places at which it could strike: operations, over all starts.
    pub operations: usize,
    /// Every end that was looked at.
    pub runs: usize,
    /// Those that left the project as it was.
    pub before: usize,
    /// Those that left it as it was to become.
    pub after: usize,
    /// Those that left something else.
    pub neither: usize,
    /// Those that left one of the two, and broke another promise.
    pub broken: usize,
    /// What failed.
    pub failures: Vec<Failure>,
}

/// A run that failed.
#[derive(Debug)]
pub struct Failure {
    /// The arguments that repeat it.
    pub repeat: String,
    /// The operation that was struck.
    pub operation: String,
    /// What is wrong.
    pub why: String,
}

/// A start with what is done from it when nothing fails.
struct Played {
    start: Start,
    operations: Vec<String>,
}

/// Plays everything, a tally for each scenario and fault.
///
/// # Errors
/// A scenario that does not even work when nothing fails, or whose operations come in another order every time.
pub fn play(options: &Options<'_>) -> Result<Vec<Tally>> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let pools: Vec<ThreadPool> = (0..threads).map(|_| single()).collect::<Result<_>>()?;
    let mut tallies = Vec::new();
    for scenario in &options.scenarios {
        let first = &pools[0];
        let starts = first.install(|| played(scenario)).with_context(|| format!("scenario {}", scenario.name))?;
        for row in &options.faults {
            tallies.push(play_fault(options, scenario, &starts, row, &pools));
        }
    }
    Ok(tallies)
}

/// One thread, so that operations always come in the same order.
fn single() -> Result<ThreadPool> {
    rayon::ThreadPoolBuilder::new().num_threads(1).build().context("could not start a thread")
}

fn played(scenario: &Scenario) -> Result<Vec<Played>> {
    (scenario.starts)().into_iter().map(|start| played_through(scenario, start)).collect()
}

fn played_through(scenario: &Scenario, start: Start) -> Result<Played> {
    let (whole, again) = (start.disk.killed(), start.disk.killed());
    let report = (scenario.act)(&whole);
    let expected = start.after.first().unwrap_or(&start.before);
    let found = visible(&whole);
    if scenario.is_decided_by_report && (Said::of(&report) != Said::Done || found != *expected) {
        bail!("it does not work even when nothing fails: {}; {}", difference(expected, &found), told(&report));
    }
    let _ = (scenario.act)(&again);
    if whole.operations() != again.operations() {
        bail!("the same command does its operations in another order the second time");
    }
    Ok(Played { operations: whole.operations(), start })
}

fn play_fault(options: &Options<'_>, scenario: &Scenario, starts: &[Played], row: &Row, pools: &[ThreadPool]) -> Tally {
    let chosen = |wanted: Option<usize>, found: usize| wanted.is_none_or(|wanted| wanted == found);
    // One more than there are: then nothing fails.
    let places =
        starts.iter().enumerate().flat_map(|(at, start)| (1..=start.operations.len() + 1).map(move |n| (at, n)));
    let mut places: Vec<(usize, usize)> =
        places.filter(|(start, n)| chosen(options.start, *start) && chosen(options.at, *n)).collect();
    let operations = places.len();
    if let Some(sample) = options.sample {
        places = choose(places, sample, options.seed);
    }
    let runs: Vec<(usize, Run<'_>)> = places
        .into_iter()
        .map(|(from, at)| {
            let Played { start, operations } = &starts[from];
            let operation = operations.get(at - 1).map_or("the end", String::as_str);
            (from, Run { scenario, start, row, at, operation })
        })
        .collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut ends: Vec<(usize, End)> = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some((_, run)) = runs.get(at) else { return ends };
            let seeds = (0..options.seeds).map(|more| options.seed.wrapping_add(more));
            ends.extend(check(run, seeds).into_iter().map(|end| (at, end)));
        }
    };
    let mut ends: Vec<(usize, End)> = thread::scope(|scope| {
        let workers: Vec<_> = pools.iter().map(|pool| scope.spawn(|| pool.install(work))).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a run that panics ends the simulator")).collect()
    });
    // Whichever thread was quicker, the answer is the same.
    ends.sort_by_key(|(at, (seed, _))| (*at, *seed));
    let mut tally = Tally { scenario: scenario.name, fault: row.name, operations, ..Tally::default() };
    for (at, (seed, end)) in ends {
        tally.count(end, || Failure::of(&runs[at], seed, starts.len() > 1));
    }
    tally
}

/// So many of them, chosen by the seed, in their order.
fn choose(places: Vec<(usize, usize)>, sample: usize, seed: u64) -> Vec<(usize, usize)> {
    let (count, mut random) = (places.len(), seed);
    let mut left = sample.min(count);
    let mut chosen = Vec::with_capacity(left);
    for (at, place) in places.into_iter().enumerate() {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // Selection sampling (Knuth, The Art of Computer Programming 2, algorithm S).
        if (random >> 33) % ((count - at) as u64) < left as u64 {
            left -= 1;
            chosen.push(place);
        }
    }
    chosen
}

impl Tally {
    fn count(&mut self, end: Result<Left, Wrong>, failure: impl FnOnce() -> Failure) {
        self.runs += 1;
        let why = match end {
            Ok(Left::Before) => return self.before += 1,
            Ok(Left::After) => return self.after += 1,
            Err(Wrong::Neither(why)) => {
                self.neither += 1;
                why
            }
            Err(Wrong::Broken(why)) => {
                self.broken += 1;
                why
            }
        };
        self.failures.push(Failure { why, ..failure() });
    }
}

impl Failure {
    fn of((start, run): &(usize, Run<'_>), seed: Option<u64>, has_starts: bool) -> Failure {
        let start = if has_starts { format!(" --start {start}") } else { String::new() };
        let seed = seed.map(|seed| format!(" --seed {seed}")).unwrap_or_default();
        let (scenario, fault, at) = (run.scenario.name, run.row.name, run.at);
        Failure {
            repeat: format!("--scenario {scenario}{start} --fault {fault} --at {at}{seed}"),
            operation: run.operation.to_owned(),
            why: String::new(),
        }
    }
}
