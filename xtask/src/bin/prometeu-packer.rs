//! `prometeu-packer`: the commands for game projects, to be installed and released.

use command_line::{Audience, run};
use std::process::ExitCode;

fn main() -> ExitCode {
    run(Audience::GameMakers)
}
