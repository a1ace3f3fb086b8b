//! Writes an answer in the format that was asked for. Nothing else in the program writes to standard output.

pub(crate) mod answer;
mod explain;
mod findings;
pub(crate) mod gate_report;
mod github;
mod human;
mod junit;
mod mutation;
mod sarif;
mod table;
mod unmarked;

use crate::cli::Format;
use crate::gate::{self, GateOutcome};
use answer::Answer;
use prometeu_packer::diagnostic::escape;
use prometeu_packer::report::Report;
use std::io::{self, BufWriter, ErrorKind, Write};
use unmarked::Unmarked;

/// Exit code when standard output cannot take the answer.
const EXIT_OUTPUT: u8 = 6;
/// So much of a long answer is handed to the system at once.
const OUTPUT_BYTES: usize = 64 << 10;

/// How people called the program, so that what they are told to do next can be typed as it stands.
#[derive(Default)]
pub(crate) struct Caller {
    /// The program's name.
    pub(crate) program: String,
    /// The whole command, quoted for a shell; empty where it cannot be typed again.
    pub(crate) again: String,
    /// The flag that names the project, quoted, with a space in front; empty for the current folder.
    pub(crate) project: String,
    /// What stands before a path of the project to make it one of the current folder. Not escaped.
    pub(crate) prefix: String,
}

impl Caller {
    /// The prefix where it leads further down from the current folder, else nothing: what others are told must not
    /// depend on where a folder lies.
    fn prefix_within(&self) -> String {
        let leaves = self.prefix.starts_with(['/', '\\']) || self.prefix.get(1..2) == Some(":");
        match leaves || self.prefix.split(['/', '\\']).any(|part| part == "..") {
            true => String::new(),
            false => escape(self.prefix.trim_start_matches("./")),
        }
    }
}

/// A word of a command line as a shell takes it, escaped.
pub(crate) fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./=:,@+".contains(c);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => escape(text),
        false => format!("'{}'", escape(text).replace('\'', r"'\''")),
    }
}

/// Writes the report and gives the exit code.
pub(crate) fn report(report: &Report, format: Format, caller: &Caller) -> u8 {
    let text = match format {
        Format::Human => {
            let colours = anstream::AutoStream::choice(&io::stdout());
            return answered(human(report, caller, colours, io::stdout())).unwrap_or(report.exit());
        }
        // Written while it is made: it may be long.
        Format::Json => return document(&prometeu_studio_adapter::to_wire(report)).unwrap_or(report.exit()),
        checker => {
            // Documents go into files and beside lines; the log still tells people what happened.
            if checker != Format::Github {
                let _ = human(report, caller, anstream::AutoStream::choice(&io::stderr()), io::stderr());
            }
            checked(&Answer::of_report(report, caller), checker)
        }
    };
    put(text).unwrap_or(report.exit())
}

/// Writes how the gates went in a machine format; an exit code only when that failed.
pub(crate) fn gates(outcomes: &[GateOutcome], format: Format, exit: u8) -> Option<u8> {
    match format {
        Format::Json => document(&gate::report(outcomes)),
        checker => put(checked(&Answer::of_gates(outcomes, exit), checker)),
    }
}

/// Writes any document as JSON; an exit code only when that failed.
pub(crate) fn document(value: &impl serde::Serialize) -> Option<u8> {
    let mut out = Unmarked::new(BufWriter::with_capacity(OUTPUT_BYTES, io::stdout().lock()), r"\u0023");
    answered(serde_json::to_writer_pretty(&mut out, value).map_err(io::Error::from).and_then(|()| {
        out.write_all(b"\n")?;
        out.flush()
    }))
}

/// The second of two marks as Rust and JavaScript would write it.
const MARK_FOR_PEOPLE: &str = r"\u{23}";

/// Written while it is made, as a list may be long.
fn human(
    report: &Report,
    caller: &Caller,
    colours: anstream::ColorChoice,
    out: impl Write + 'static,
) -> io::Result<()> {
    let mut out = Unmarked::new(BufWriter::with_capacity(OUTPUT_BYTES, out), MARK_FOR_PEOPLE);
    human::write(report, caller, &mut anstream::AutoStream::new(&mut out as &mut (dyn Write + 'static), colours))
}

/// A text as people may be shown it.
pub(crate) fn for_people(text: String) -> String {
    without_marks(text, &["#", MARK_FOR_PEOPLE].concat())
}

fn json(value: &impl serde::Serialize) -> io::Result<String> {
    let text = serde_json::to_string_pretty(value)?;
    Ok(without_marks(text, r"#\u0023") + "\n")
}

fn checked(answer: &Answer, format: Format) -> io::Result<String> {
    match format {
        Format::Junit => junit::document(answer).map(|text| without_marks(text, "#&#35;")),
        Format::Github => Ok(for_people(github::document(answer))),
        _ => json(&sarif::document(answer)),
    }
}

/// Build services take `##[` and `##vso[` anywhere in a line of a log for a command. With the second mark written as the
/// format escapes it, the text means the same to who reads the format and nothing to them.
fn without_marks(text: String, escaped: &str) -> String {
    if text.contains("##") { text.replace("##", escaped) } else { text }
}

/// Writes a whole answer, composed before, at once.
fn put(text: io::Result<String>) -> Option<u8> {
    answered(text.and_then(|text| {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()
    }))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_one_word_to_a_shell() {
        assert_eq!(word("ui/atlas"), "ui/atlas");
        assert_eq!(word("a b"), "'a b'");
        assert_eq!(word("it's; rm\n"), r"'it'\''s; rm\u{a}'");
        assert_eq!(word(""), "''");
    }

    #[test]
    fn only_a_folder_further_down_is_told() {
        let within = |prefix: &str| Caller { prefix: prefix.to_owned(), ..Caller::default() }.prefix_within();
        assert_eq!(within("games/one/"), "games/one/");
        assert_eq!(within("./games/"), "games/");
        for outside in ["", "/home/me/", "../two/", "games/../../x/", r"C:\games\"] {
            assert_eq!(within(outside), "", "{outside}");
        }
    }
}
