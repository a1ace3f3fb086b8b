//! From the command line to an operation and from its report to an exit code.

mod words;
mod operation;
mod maintenance;

use crate::cli::{Audience, Cli, Command, Format, Global, Page};
use crate::formats::Task;
use crate::render::Caller;
use crate::{render, surroundings};
use maintenance::{complete, fuzz, hostile, make, mode, mutants, run_bench, run_gates, run_tool};
use operation::{limits, operate, windows};
use prometeu_packer::diagnostic::{Code, Diagnostic, escape};
use prometeu_packer::report::{OperationResult, Report};
use prometeu_studio_adapter::server::{Setup, serve_standard_streams};
use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;
use words::{parse, usage};

/// More threads than this only wait for each other.
const THREADS_MAX: usize = 64;
/// Exit code of a fault of the packer itself.
const EXIT_FAULT: u8 = 70;

/// Runs what the command line asks for and gives the exit code.
pub(crate) fn run(audience: Audience) -> u8 {
    let program = surroundings::program();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let mut cli = match parse(audience, arguments.clone()) {
        Ok(cli) => cli,
        Err(error) => return usage(audience, error, &arguments, &program),
    };
    if let Command::Report(Page { folder: Some(folder), .. }) = &cli.command {
        cli.global.project.clone_from(folder);
    }
    let format = cli.global.format;
    let name = cli.command.name();
    let caller = caller(&cli.global, &program, &arguments);
    match guarded(name, &program, || execute(cli, &caller)) {
        Ok(exit) => exit,
        Err(fault) => {
            render::report(&fault, format, &caller);
            EXIT_FAULT
        }
    }
}

/// Runs an operation. One that panics gives a report that says so.
fn guarded(name: &str, program: &str, operation: impl FnOnce() -> u8) -> Result<u8, Box<Report>> {
    catch_unwind(AssertUnwindSafe(operation)).map_err(|fault| {
        let said = fault.downcast_ref::<String>().map(String::as_str).or_else(|| fault.downcast_ref::<&str>().copied());
        let summary = format!("a fault of the packer itself: {}; please report it", said.unwrap_or("no message"));
        Box::new(Report::fault(name, program, summary))
    })
}

fn caller(global: &Global, program: &str, arguments: &[OsString]) -> Caller {
    let is_here = global.project.as_os_str() == ".";
    // What is no text, or cannot be shown, cannot be typed either.
    let typed = |argument: &OsString| argument.to_str().filter(|text| escape(text) == **text).map(render::word);
    let typed: Option<Vec<String>> = arguments.iter().skip(1).map(typed).collect();
    Caller {
        program: program.to_owned(),
        again: typed.map(|words| format!("{program} {}", words.join(" "))).unwrap_or_default(),
        project: if is_here {
            String::new()
        } else {
            format!(" --project {}", render::word(&global.project.to_string_lossy()))
        },
        prefix: if is_here { String::new() } else { global.project.join("").display().to_string() },
    }
}

fn execute(cli: Cli, caller: &Caller) -> u8 {
    let program = caller.program.as_str();
    let Cli { command, global } = cli;
    let format = global.format;
    if let Some(threads) = global.threads {
        // The pool is made once, here, before anything uses it.
        let threads = usize::from(threads).clamp(1, THREADS_MAX);
        let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
    }
    if !matches!(format, Format::Human | Format::Json) && !command.is_check() {
        let message = format!("`{}` has no answer in this format", command.name());
        let finding = Diagnostic::new(Code::UsageArguments, message)
            .help("`doctor`, `build`, `migrate`, `verify` and `gate` have; every command has `--format json`");
        return render::report(&wrong_usage(command.name(), program, finding), format, caller);
    }
    let command = match command {
        Command::Gate(args) => return run_gates(args, format, caller),
        Command::Bench(args) => return run_bench(args, format, caller),
        Command::Schemas { check } => return make("schemas", &Task::Schemas(mode(check)), format, caller),
        Command::Docs { check } => return make("docs", &Task::Docs(mode(check)), format, caller),
        Command::Serve => return serve(&global, format, caller),
        Command::Hostile { folder } => return run_tool("hostile", hostile(&folder), format, caller),
        Command::Fuzz { target, seconds, sanitizer } => {
            return run_tool("fuzz", fuzz(target.as_deref(), seconds, sanitizer), format, caller);
        }
        Command::Mutants { files, since } => return run_tool("mutants", mutants(&since, &files), format, caller),
        Command::NewStep(new) => return make("new-step", &Task::NewStep(new), format, caller),
        Command::Completions { shell } => return complete(shell, format),
        command => command,
    };
    let name = command.name();
    let settings = limits(&global.limit).and_then(|limits| Ok((limits, windows(&global.window_floor)?)));
    let report = match settings {
        Ok((limits, windows)) => operate(command, &global, limits, windows, program),
        Err(finding) => wrong_usage(name, program, finding),
    };
    let exit = render::report(&report, format, caller);
    // The process ends here, and the system takes memory back faster than it can be given up piece by piece.
    std::mem::forget(report);
    exit
}

/// Speaks to Studio on the standard streams; the project is named there.
fn serve(global: &Global, format: Format, caller: &Caller) -> u8 {
    let settings = limits(&global.limit).and_then(|limits| Ok((limits, windows(&global.window_floor)?)));
    match settings {
        Ok((limits, windows)) => {
            let wait = Duration::from_secs(global.wait);
            serve_standard_streams(Setup { limits, windows, wait, ..Setup::named(&caller.program) })
        }
        Err(finding) => render::report(&wrong_usage("serve", &caller.program, finding), format, caller),
    }
}

fn wrong_usage(operation: &str, program: &str, finding: Diagnostic) -> Report {
    Report::new(operation, program, "wrong usage", vec![finding], OperationResult::Nothing)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "a fault is made on purpose")]
    use super::{EXIT_FAULT, guarded};

    #[test]
    fn a_panic_is_a_report_with_an_exit_code_of_its_own() {
        assert!(matches!(guarded("list", "packer", || 3), Ok(3)));
        let Err(report) = guarded("list", "packer", || panic!("no such thing")) else { panic!("it was a fault") };
        assert_eq!((report.exit(), EXIT_FAULT), (70, 70));
        assert!(report.summary.contains("no such thing; please report it"), "{}", report.summary);
    }
}
