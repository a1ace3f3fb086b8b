//! Writes a report: for people, or as one JSON document. Nothing else in the program writes to standard output.

mod findings;
mod human;
mod table;

use crate::cli::Format;
use prometeu_packer::report::Report;
use std::io::{self, ErrorKind, Write};

/// Exit code when standard output cannot take the answer.
const EXIT_OUTPUT: u8 = 6;

/// How people called the program, so that what they are told to do next can be typed as it stands.
pub(crate) struct Caller {
    /// The program's name.
    pub(crate) program: String,
    /// The flag that names the project, with a space in front; empty for the current folder.
    pub(crate) project: String,
    /// What stands before a path of the project to make it one of the current folder.
    pub(crate) prefix: String,
}

/// Writes the report and gives the exit code.
pub(crate) fn report(report: &Report, format: Format, caller: &Caller) -> u8 {
    let written = match format {
        Format::Human => write_human(report, caller),
        Format::Json => write_json(&prometeu_studio_adapter::to_wire(report)),
    };
    answered(written).unwrap_or(report.exit())
}

/// Composes the whole answer before any of it is written: one write, and colours only where a terminal takes it.
fn write_human(report: &Report, caller: &Caller) -> io::Result<()> {
    let colours = anstream::AutoStream::choice(&io::stdout());
    let mut text = anstream::AutoStream::new(Vec::new(), colours);
    human::write(report, caller, &mut text)?;
    let mut out = io::stdout().lock();
    out.write_all(&text.into_inner())?;
    out.flush()
}

/// Writes any document as JSON; an exit code only when that failed.
pub(crate) fn document(value: &serde_json::Value) -> Option<u8> {
    answered(write_json(value))
}

fn write_json(value: &impl serde::Serialize) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    serde_json::to_writer_pretty(&mut out, value)?;
    out.write_all(b"\n")?;
    out.flush()
}

/// A reader that went away has seen enough; any other trouble is the disk's.
pub(crate) fn answered(written: io::Result<()>) -> Option<u8> {
    match written {
        Ok(()) => None,
        Err(error) if error.kind() == ErrorKind::BrokenPipe => None,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error[disk/io]: standard output did not take the answer: {error}");
            Some(EXIT_OUTPUT)
        }
    }
}
