//! Commands that call no operation of the library: gates, benchmarks, files that are made from the code.

use crate::cli::{Audience, Cli, Format};
use crate::formats::{Mode, Task};
use crate::render::{self, Caller, gate_report};
use crate::{bench, formats, gate};
use clap_complete::Shell;
use prometeu_packer::diagnostic::{Code, Diagnostic};
use prometeu_packer::report::{OperationResult, Report};
use std::io::Write as _;

pub(super) fn run_gates(args: gate::Args, format: Format, caller: &Caller) -> u8 {
    let failed = |summary: String| {
        let finding =
            Diagnostic::new(Code::UsageArguments, &summary).help_to_run("`{program} gate --list` lists the gates");
        let report = Report::new("gate", &caller.program, summary, vec![finding], OperationResult::Nothing);
        render::report(&report, format, caller)
    };
    let result = match format {
        Format::Human if args.list => return render::answered(gate::list(&mut anstream::stdout())).unwrap_or(0),
        machine if args.list => return render::gates(&gate::listed(), machine, 0).unwrap_or(0),
        Format::Human => args.options().map(|options| gate::run(&options, &mut anstream::stdout())),
        _ => args.options().map(|options| gate::run(&options, &mut anstream::stderr())),
    };
    match result {
        Err(wrong) => failed(wrong.to_string()),
        Ok(Err(error)) => failed(format!("could not run the gates: {error:#}")),
        Ok(Ok(outcomes)) => {
            let exit = u8::from(outcomes.iter().any(gate::GateOutcome::failed));
            if let Some(Err(error)) = args.report.as_deref().map(|folder| gate_report::write(folder, &outcomes, exit)) {
                return failed(format!("could not write the gates' report: {error:#}"));
            }
            match format {
                Format::Human => exit,
                machine => render::gates(&outcomes, machine, exit).unwrap_or(exit),
            }
        }
    }
}

/// Prints what lets a shell complete the program for game projects.
pub(super) fn complete(shell: Shell, format: Format) -> u8 {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::for_audience(Audience::GameMakers), "prometeu-packer", &mut script);
    if format == Format::Human {
        return render::answered(anstream::stdout().write_all(&script)).unwrap_or(0);
    }
    let document = serde_json::json!({
        "report_version": 1,
        "operation": "completions",
        "status": "ok",
        "summary": format!("completions for {shell}"),
        "counts": { "errors": 0, "warnings": 0, "notes": 0 },
        "diagnostics": [],
        "result": { "shell": shell.to_string(), "script": String::from_utf8_lossy(&script) },
    });
    render::document(&document).unwrap_or(0)
}

pub(super) fn mode(check: bool) -> Mode {
    if check { Mode::Check } else { Mode::Write }
}

/// Makes or checks what the repository holds of the code's own tables.
pub(super) fn make(operation: &str, task: &Task, format: Format, caller: &Caller) -> u8 {
    match (formats::run(task), format) {
        (Ok(outcome), Format::Human) => {
            let exit = u8::from(outcome.failed());
            render::answered(outcome.show(&mut anstream::stdout())).unwrap_or(exit)
        }
        (Ok(outcome), _) => render::document(&outcome.report()).unwrap_or(u8::from(outcome.failed())),
        (Err(error), _) => {
            let finding = Diagnostic::new(Code::UsageArguments, format!("{error:#}"))
                .help("run it inside the packer's own repository; `--help` says what it takes");
            let summary = format!("`{operation}` did not end");
            let nothing = OperationResult::Nothing;
            render::report(&Report::new(operation, &caller.program, summary, vec![finding], nothing), format, caller)
        }
    }
}

pub(super) fn hostile(folder: &camino::Utf8Path) -> anyhow::Result<Vec<String>> {
    gate::hostile::write(&gate::Repository::find()?, folder)?;
    Ok(vec![format!("the hostile kit is in {folder}; kit.json says what is to come of each case")])
}

pub(super) fn fuzz(
    target: Option<&str>,
    seconds: u32,
    sanitizer: gate::fuzz::Sanitizer,
) -> anyhow::Result<Vec<String>> {
    gate::fuzz::targets_for(&gate::Repository::find()?, target, seconds, sanitizer)
}

pub(super) fn mutants(since: &str, files: &[String]) -> anyhow::Result<Vec<String>> {
    gate::mutants::run(&gate::Repository::find()?, since, files)
}

/// Answers with the lines that a tool of the maintainers gave, or with why it failed.
pub(super) fn run_tool(operation: &str, result: anyhow::Result<Vec<String>>, format: Format, caller: &Caller) -> u8 {
    let nothing = OperationResult::Nothing;
    let report = match result {
        Ok(lines) => Report::new(operation, &caller.program, lines.join("; "), Vec::new(), nothing),
        Err(error) => {
            let finding = Diagnostic::new(Code::UsageConfiguration, format!("{error:#}"))
                .help("run it inside the packer's own repository; `--help` says what it takes");
            Report::new(operation, &caller.program, format!("`{operation}` did not end"), vec![finding], nothing)
        }
    };
    render::report(&report, format, caller)
}

pub(super) fn run_bench(args: bench::Args, format: Format, caller: &Caller) -> u8 {
    let measured = match format {
        Format::Human => bench::run(args, &mut anstream::stdout()),
        _ => bench::run(args, &mut anstream::stderr()),
    };
    match (measured, format) {
        (Ok(_), Format::Human) => 0,
        (Ok(value), _) => render::document(&value).unwrap_or(0),
        (Err(error), _) => {
            let finding = Diagnostic::new(Code::UsageArguments, format!("{error:#}"))
                .help_to_run("measure a project that `{program} build` packs");
            let summary = "the measurement did not end".to_owned();
            let nothing = OperationResult::Nothing;
            render::report(&Report::new("bench", &caller.program, summary, vec![finding], nothing), format, caller)
        }
    }
}
