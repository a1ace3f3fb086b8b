//! The packer's command line: flags become options, one operation runs, its report is rendered.

mod bench;
mod cli;
mod command;
mod gate;
mod progress;
mod render;
mod surroundings;

use std::process::ExitCode;

fn main() -> ExitCode {
    surroundings::quiet_panics();
    ExitCode::from(command::run())
}
