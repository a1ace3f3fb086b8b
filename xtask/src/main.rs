//! The packer's command line: flags become options, one operation runs, its report is rendered.

mod bench;
mod gate;
mod formats;
mod surroundings;
mod cli;
mod progress;
mod render;
mod command;

use std::process::ExitCode;

fn main() -> ExitCode {
    surroundings::quiet_panics();
    ExitCode::from(command::run())
}
