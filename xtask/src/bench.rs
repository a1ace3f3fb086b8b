//! `bench`: how long the commands take, beside what the same machine needs at least, measured in the same run. It
//! reports and never judges: a missed goal is printed, and the run still succeeds.

mod change;
mod chart;
mod decode;
mod floor;
mod inputs;
mod measure;
mod old;
mod process;
mod replace;
mod scratch;
mod statistics;
mod table;
mod walk;

use anyhow::{Context, bail};
use clap::{Subcommand, value_parser};
use floor::Floor;
use measure::Measured;
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;

/// Names more projects to measure, separated as in PATH.
const CORPUS: &str = "PROMETEU_CORPUS";
/// How many declarations are migrated unless told otherwise.
const OLD_DECLARATIONS: u32 = 10_000;
/// The project that is always there, relative to the repository.
const SHOWCASE: &str = "fixtures/projects/showcase";

/// The flags of `cargo xtask bench`.
#[derive(Clone, Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub(crate) struct Args {
    /// Projects to measure, each in a copy [default: the showcase and those in PROMETEU_CORPUS]
    #[arg(value_name = "PROJECT")]
    projects: Vec<PathBuf>,
    /// Old declarations whose migration is measured, made for it [default: 10000, and none beside named projects]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(0..=100_000))]
    migrate: Option<u32>,
    /// Rounds that count, after one that warms up; in each, everything runs once
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = value_parser!(u32).range(1..=1000))]
    rounds: u32,
    /// Write a chart of times over numbers of assets
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    #[command(subcommand)]
    part: Option<Part>,
}

/// What the benchmark runs as processes of their own, so that floors pay for a start just as commands do.
#[derive(Clone, Debug, Subcommand)]
enum Part {
    /// Do the least work that a command could get by with
    #[command(hide = true)]
    Floor {
        /// Which work
        name: Floor,
        /// The project; `build` and `migrate` write into it
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

/// Measures the projects one after the other. `out` gets a table for people as soon as one is done, the value is
/// the whole for programs: times in milliseconds, memory in bytes.
///
/// # Errors
/// When a project cannot be copied, a command or floor fails on it, or `out` cannot be written.
pub(crate) fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Value> {
    if let Some(Part::Floor { name, folder }) = args.part {
        let done = name.run(&folder)?;
        return Ok(json!({ "files": done.files, "bytes": done.bytes }));
    }
    let old = args.migrate.unwrap_or(if args.projects.is_empty() { OLD_DECLARATIONS } else { 0 });
    let projects = if args.projects.is_empty() { usual_projects()? } else { args.projects };
    let mut measured = Vec::new();
    for project in &projects {
        let result = measure::project(project, args.rounds)
            .with_context(|| format!("could not measure the project {}", project.display()))?;
        measured.push(show(out, &result)?);
    }
    if old > 0 {
        let result = measure::migration(old, args.rounds).context("could not measure a migration")?;
        measured.push(show(out, &result)?);
    }
    let measured = json!({ "rounds": args.rounds, "projects": measured });
    if let Some(file) = args.svg {
        let chart = chart::svg(&measured).context("nothing was measured that could be drawn")?;
        std::fs::write(&file, chart).with_context(|| format!("could not write {}", file.display()))?;
    }
    Ok(measured)
}

fn show(out: &mut dyn Write, measured: &Measured) -> anyhow::Result<Value> {
    table::write(out, measured)?;
    out.flush()?;
    Ok(table::to_json(measured))
}

fn usual_projects() -> anyhow::Result<Vec<PathBuf>> {
    let current = std::env::current_dir()?;
    let showcase = current.ancestors().map(|folder| folder.join(SHOWCASE)).find(|folder| folder.is_dir());
    let corpus = std::env::var_os(CORPUS).unwrap_or_default();
    let named = std::env::split_paths(&corpus).filter(|folder| !folder.as_os_str().is_empty());
    let projects: Vec<PathBuf> = showcase.into_iter().chain(named).collect();
    if projects.is_empty() {
        bail!("there is no {SHOWCASE} above the current folder and {CORPUS} names none; name a project");
    }
    Ok(projects)
}
