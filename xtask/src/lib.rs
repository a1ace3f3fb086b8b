//! The packer's command line: flags become options, one operation runs, its report is rendered. Two programs have it:
//! `xtask` in this repository, and `prometeu-packer` for game projects, which leaves out what only maintainers need.

mod bench;
mod gate;
mod formats;
mod surroundings;
mod report_page;
mod cli;
mod progress;
mod render;
mod command;

pub use cli::Audience;
use std::process::ExitCode;

/// Runs what the command line asks for.
#[must_use]
pub fn run(audience: Audience) -> ExitCode {
    surroundings::quiet_panics();
    ExitCode::from(command::run(audience))
}
