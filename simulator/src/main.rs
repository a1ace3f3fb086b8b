//! `crash-simulator`: plays the scenarios, prints the table, and exits with 1 when a project was left as it should not be.

use anyhow::{Context as _, Result};
use clap::Parser;
use crash_simulator::faults::{FAULTS, Row};
use crash_simulator::play::{Options, Tally, play};
use crash_simulator::scenario::Scenario;
use crash_simulator::{scenarios, table};
use std::io::Write;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

/// Plays every change of a project against every fault of the disk, at every operation.
#[derive(Parser)]
struct Flags {
    /// Play this scenario alone
    #[arg(long, value_name = "NAME", value_parser = scenario)]
    scenario: Option<&'static Scenario>,
    /// Let this fault strike alone
    #[arg(long, value_name = "NAME", value_parser = fault)]
    fault: Option<&'static Row>,
    /// Of a scenario that has several, play from this start alone
    #[arg(long, value_name = "N")]
    start: Option<usize>,
    /// Let it strike at this operation alone
    #[arg(long, value_name = "N")]
    at: Option<usize>,
    /// The first seed of power losses, and of the sample [default: from the clock]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Power losses at each operation
    #[arg(long, value_name = "K")]
    seeds: Option<u64>,
    /// At most so many operations for each scenario and fault
    #[arg(long, value_name = "N", default_value_t = 40)]
    sample: usize,
    /// Every operation
    #[arg(long, conflicts_with = "sample")]
    all: bool,
    /// One JSON document
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    run(Flags::parse()).unwrap_or_else(|error| {
        let _ = writeln!(std::io::stderr(), "error: {error:#}");
        ExitCode::from(2)
    })
}

fn run(flags: Flags) -> Result<ExitCode> {
    let seed = match flags.seed {
        Some(seed) => seed,
        None => SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs(),
    };
    let options = Options {
        scenarios: match flags.scenario {
            Some(one) => vec![one],
            None => scenarios::all().collect(),
        },
        faults: flags.fault.map_or_else(|| FAULTS.iter().collect(), |one| vec![one]),
        start: flags.start,
        at: flags.at,
        seed,
        // One place is one power loss, the one that was named.
        seeds: flags.seeds.unwrap_or(if flags.at.is_some() { 1 } else { 6 }),
        sample: (!flags.all).then_some(flags.sample),
    };
    let tallies = play(&options)?;
    let mut out = std::io::stdout().lock();
    if flags.json {
        writeln!(out, "{:#}", table::to_json(seed, &tallies))?;
    } else {
        table::write(&mut out, &tallies)?;
        writeln!(out, "--seed {seed} repeats this")?;
    }
    out.flush().context("could not write the table")?;
    Ok(ExitCode::from(u8::from(tallies.iter().any(|tally: &Tally| !tally.failures.is_empty()))))
}

fn scenario(name: &str) -> Result<&'static Scenario, String> {
    let names: Vec<&str> = scenarios::all().map(|scenario| scenario.name).collect();
    scenarios::named(name).ok_or_else(|| format!("the scenarios are {}", names.join(", ")))
}

fn fault(name: &str) -> Result<&'static Row, String> {
    let names = FAULTS.iter().map(|row| row.name).collect::<Vec<_>>().join(", ");
    FAULTS.iter().find(|row| row.name == name).ok_or_else(|| format!("the faults are {names}"))
}
