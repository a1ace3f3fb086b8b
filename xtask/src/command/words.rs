//! The words of a command line: read as clap reads them, wherever its options stand, and what is said where they mean nothing.

use super::wrong_usage;
use crate::cli::{Audience, Cli, Format};
use crate::render::{self, Caller};
use clap::ValueEnum as _;
use clap::error::ErrorKind;
use prometeu_packer::diagnostic::{Code, Diagnostic, escape, escape_bytes};
use std::ffi::OsString;
use std::io::Write as _;

/// Reads the command line. Options may stand anywhere: where those of a command stand before it, it is put in front.
pub(super) fn parse(audience: Audience, arguments: Vec<OsString>) -> Result<Cli, clap::Error> {
    let error = match parse_in_order(audience, &arguments) {
        Err(error) if error.kind() == ErrorKind::UnknownArgument => error,
        parsed => return parsed,
    };
    let commands = Cli::for_audience(audience);
    let is_command = |word: &OsString| word.to_str().is_some_and(|name| commands.find_subcommand(name).is_some());
    let mut places = (2..arguments.len()).filter(|at| is_command(&arguments[*at]));
    let in_front = |at: usize| [&arguments[..1], &arguments[at..=at], &arguments[1..at], &arguments[at + 1..]].concat();
    places.find_map(|at| parse_in_order(audience, &in_front(at)).ok()).ok_or(error)
}

/// Reads a command line whose command comes before its options. `--apply` takes the word behind it as the id of a preview,
/// unless that word is needed elsewhere: in `forget --apply ui/atlas` it is the asset.
fn parse_in_order(audience: Audience, arguments: &[OsString]) -> Result<Cli, clap::Error> {
    let is_apply = |argument: &OsString| argument == "--apply";
    match Cli::read(audience, arguments) {
        Err(error) if error.kind() == ErrorKind::MissingRequiredArgument && arguments.iter().any(is_apply) => {
            let (apply, mut others): (Vec<_>, Vec<_>) = arguments.iter().cloned().partition(is_apply);
            let end = others.iter().position(|argument| argument == "--").unwrap_or(others.len());
            others.splice(end..end, apply);
            Cli::read(audience, others).map_err(|_| error)
        }
        parsed => parsed,
    }
}

/// Answers a command line that was not understood, or one that asked for help.
pub(super) fn usage(audience: Audience, error: clap::Error, arguments: &[OsString], program: &str) -> u8 {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return render::answered(error.print()).unwrap_or(0);
    }
    let shown: Vec<String> = arguments.iter().map(|argument| escape_bytes(argument.as_encoded_bytes())).collect();
    let text = said(audience, &error, &shown);
    let Some(format) = machine_format(&shown) else {
        let _ = writeln!(std::io::stderr(), "{}", render::for_people(text.trim_end().to_owned()));
        return 2;
    };
    let said = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
    let command = Cli::for_audience(audience);
    let operation = shown.iter().skip(1).find(|argument| command.find_subcommand(argument).is_some());
    let operation = operation.map_or("usage", String::as_str);
    let finding =
        Diagnostic::new(Code::UsageArguments, said).help_to_run("`{program} --help` shows the commands and flags");
    let caller = Caller { program: program.to_owned(), ..Caller::default() };
    render::report(&wrong_usage(operation, program, finding), format, &caller)
}

/// What is wrong, in several lines, none of which an argument can begin: they are quoted as they are shown.
fn said(audience: Audience, error: &clap::Error, shown: &[String]) -> String {
    match (error.kind(), Cli::read(audience, shown)) {
        (kind, Err(again)) if again.kind() == kind => again.render().to_string(),
        (ErrorKind::InvalidUtf8, _) => error.render().to_string(),
        _ => escape(&error.render().to_string()),
    }
}

/// The format that a program asked for, as far as that can be told.
fn machine_format(arguments: &[String]) -> Option<Format> {
    let spaced = arguments.windows(2).filter(|pair| pair[0] == "--format").map(|pair| pair[1].as_str());
    let joined = arguments.iter().filter_map(|argument| argument.strip_prefix("--format="));
    let mut asked = spaced.chain(joined).filter_map(|name| Format::from_str(name, false).ok());
    asked.next_back().filter(|format| *format != Format::Human)
}
