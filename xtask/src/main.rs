//! `cargo xtask`: every command, those for maintainers of the packer among them.

use command_line::{Audience, run};
use std::process::ExitCode;

fn main() -> ExitCode {
    run(Audience::Maintainers)
}
