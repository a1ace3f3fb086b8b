//! The production gates: one table of checks, run the same way on a laptop and in CI. A gate looks at the
//! repository from outside, through its files and its built programs; nothing here names the packer's library.

mod choice;
mod complete;
mod coverage;
mod crash;
mod deny;
mod determinism;
mod doctest;
mod flow;
mod fmt;
mod formats;
mod frames;
mod frozen;
pub(crate) mod fuzz;
pub(crate) mod hostile;
mod instructions;
mod kill;
mod layers;
mod lint;
mod minimal;
pub(crate) mod mutants;
mod page;
mod protocol;
mod random;
mod report;
mod repository;
mod shape;
mod source;
mod studio;
mod test;
mod tool;
mod tree;
mod unused;
mod workflows;

use anstyle::{AnsiColor, Style};
pub(crate) use choice::{Args, GateOptions, Group};
pub(crate) use report::{report, summary};
pub(crate) use repository::Repository;
use std::io::{self, Write};
use std::time::Instant;

/// Every gate, in the order in which they run: the quick ones first.
pub(crate) const TABLE: &[Gate] = &[
    fmt::GATE,
    layers::GATE,
    shape::GATE,
    frozen::GATE,
    formats::GATE,
    protocol::GATE,
    complete::GATE,
    workflows::GATE,
    workflows::ACTIONLINT,
    workflows::ZIZMOR,
    unused::GATE,
    deny::GATE,
    lint::GATE,
    test::GATE,
    doctest::GATE,
    flow::READ,
    flow::DOCTOR,
    flow::BUILD,
    flow::MUTATION,
    flow::MIGRATION,
    test::STUDIO_GATE,
    flow::STUDIO,
    studio::GATE,
    page::GATE,
    determinism::GATE,
    instructions::GATE,
    hostile::GATE,
    crash::GATE,
    kill::GATE,
    fuzz::GATE,
    minimal::GATE,
    coverage::GATE,
];

/// One check of the repository.
#[derive(Debug)]
pub(crate) struct Gate {
    /// What `--only` and `--list` call it.
    pub(crate) name: &'static str,
    /// What a pass proves, in one sentence.
    pub(crate) why: &'static str,
    /// Whose promise that is.
    pub(crate) group: Group,
    /// Whether every shard runs a part of it; otherwise one shard runs it whole.
    pub(crate) is_divided: bool,
    /// Does the check. An error is a failure too: a gate that could not look has not passed.
    pub(crate) run: fn(&Repository) -> anyhow::Result<Verdict>,
    /// What to do when it fails, beginning with a command.
    pub(crate) repair: &'static str,
}

/// What a gate found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing is wrong; the lines are worth reading none the less.
    Passed(Vec<String>),
    /// What is wrong, a line each.
    Failed(Vec<String>),
    /// It could not run here; the reason says how to get what is missing.
    Skipped(String),
}

/// How one gate ended.
#[derive(Debug)]
pub(crate) struct GateOutcome {
    /// The gate.
    pub(crate) gate: &'static Gate,
    /// What it found.
    pub(crate) verdict: Verdict,
    /// Wall time in seconds.
    pub(crate) seconds: f64,
}

impl GateOutcome {
    /// The verdict in one word, as reports spell it.
    pub(crate) fn word(&self) -> &'static str {
        match self.verdict {
            Verdict::Passed(_) => "passed",
            Verdict::Failed(_) => "failed",
            Verdict::Skipped(_) => "skipped",
        }
    }

    /// Whether this outcome fails the whole run.
    pub(crate) fn failed(&self) -> bool {
        matches!(self.verdict, Verdict::Failed(_))
    }
}

/// Writes the gates with what each one proves.
///
/// # Errors
/// When `out` cannot be written.
pub(crate) fn list(out: &mut dyn Write) -> io::Result<()> {
    TABLE.iter().try_for_each(|gate| writeln!(out, "{:<12} {:<7} {}", gate.name, gate.group.name(), gate.why))
}

/// Every gate as an outcome that is none yet, for programs that ask which there are.
pub(crate) fn listed() -> Vec<GateOutcome> {
    let skipped = |gate| GateOutcome { gate, verdict: Verdict::Skipped("listed, not run".into()), seconds: 0.0 };
    TABLE.iter().map(skipped).collect()
}

/// Runs the gates and tells `out` how each one went; what the tools themselves have to say goes to standard
/// error. Every chosen gate has an outcome, those too that did not run because an earlier one had failed.
///
/// # Errors
/// When this is not the packer's repository, or `out` cannot be written.
pub(crate) fn run(options: &GateOptions, out: &mut dyn Write) -> anyhow::Result<Vec<GateOutcome>> {
    let repository = Repository { shard: options.shard, ..Repository::find()? };
    run_in(&repository, options, out)
}

fn run_in(repository: &Repository, options: &GateOptions, out: &mut dyn Write) -> anyhow::Result<Vec<GateOutcome>> {
    let started = Instant::now();
    let mut outcomes: Vec<GateOutcome> = Vec::new();
    for &gate in &options.gates {
        let stopped = !options.keep_going && outcomes.iter().any(GateOutcome::failed);
        outcomes.push(if stopped {
            GateOutcome { gate, verdict: Verdict::Skipped("an earlier gate failed".into()), seconds: 0.0 }
        } else {
            run_one(repository, gate, options.refuse_skips, out)?
        });
    }
    let seconds = started.elapsed().as_secs_f64();
    writeln!(out, "{} in {seconds:.1} s", report::summary(&outcomes))?;
    Ok(outcomes)
}

fn run_one(
    repository: &Repository,
    gate: &'static Gate,
    refuse_skips: bool,
    out: &mut dyn Write,
) -> anyhow::Result<GateOutcome> {
    let bold = Style::new().bold();
    writeln!(out, "{bold}{}{bold:#}: {}", gate.name, gate.why)?;
    out.flush()?;
    let started = Instant::now();
    let verdict = match (gate.run)(repository) {
        Ok(Verdict::Skipped(reason)) if refuse_skips => {
            Verdict::Failed(vec![format!("{reason}; with `--strict`, no gate may be skipped")])
        }
        Ok(verdict) => verdict,
        Err(error) => Verdict::Failed(vec![format!("{error:#}")]),
    };
    let outcome = GateOutcome { gate, verdict, seconds: started.elapsed().as_secs_f64() };
    show(&outcome, out)?;
    Ok(outcome)
}

fn show(outcome: &GateOutcome, out: &mut dyn Write) -> io::Result<()> {
    let (colour, lines) = match &outcome.verdict {
        Verdict::Passed(lines) => (AnsiColor::Green, lines.as_slice()),
        Verdict::Failed(lines) => (AnsiColor::Red, lines.as_slice()),
        Verdict::Skipped(reason) => (AnsiColor::Yellow, std::slice::from_ref(reason)),
    };
    lines.iter().try_for_each(|line| writeln!(out, "  {line}"))?;
    let style = colour.on_default().bold();
    writeln!(out, "  {style}{}{style:#} {} in {:.1} s", outcome.word(), outcome.gate.name, outcome.seconds)?;
    if outcome.failed() {
        writeln!(out, "  to repair: {}", outcome.gate.repair)?;
    }
    out.flush()
}

#[cfg(test)]
mod tests;
