//! The packer's command line.

mod gate;

use clap::Parser;
use std::process::ExitCode;

#[derive(Parser)]
enum Command {
    /// Run the production gates
    Gate(gate::Args),
}

fn main() -> anyhow::Result<ExitCode> {
    let Command::Gate(args) = Command::parse();
    let mut out = anstream::stdout().lock();
    if args.list {
        gate::list(&mut out)?;
        return Ok(ExitCode::SUCCESS);
    }
    let outcomes = gate::run(&args.options()?, &mut out)?;
    let failed = outcomes.iter().any(gate::GateOutcome::failed);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
