//! The program that an IDE starts: the Studio adapter on standard input and output. Everything is said on the wire; client
//! libraries that always pass `--stdio` may.

use anyhow::bail;
use prometeu_studio_adapter::server::{Setup, serve_standard_streams};
use prometeu_studio_adapter::surroundings;
use std::io::Write as _;
use std::process::ExitCode;

/// What messages call the packer by: the program that people can run themselves.
const PACKER: &str = "prometeu-packer";

fn main() -> ExitCode {
    surroundings::quiet_panics();
    match run() {
        Ok(exit) => ExitCode::from(exit),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{error:#}");
            ExitCode::from(2)
        }
    }
}

fn run() -> anyhow::Result<u8> {
    match std::env::args_os().nth(1) {
        None => serve(),
        Some(argument) if argument == "--stdio" && std::env::args_os().len() == 2 => serve(),
        Some(argument) if argument == "--version" => {
            writeln!(std::io::stdout(), "prometeu-studio-adapter {}", env!("CARGO_PKG_VERSION"))?;
            Ok(0)
        }
        Some(_) => bail!("it takes no arguments and speaks JSON-RPC on standard input and output; see PROTOCOL.md"),
    }
}

fn serve() -> anyhow::Result<u8> {
    Ok(serve_standard_streams(Setup::named(PACKER)))
}
