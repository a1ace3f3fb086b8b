//! From the command line to an operation and from its report to an exit code.

use crate::cli::{Audience, Cli, Command, Doctor, Format, Global, How, Migrate, Register, TypeWord};
use crate::formats::{Mode, Task};
use crate::progress::Progress;
use crate::render::{Caller, gate_report};
use crate::{bench, formats, gate, render, surroundings};
use clap::ValueEnum as _;
use clap::error::ErrorKind;
use clap_complete::Shell;
use prometeu_packer::diagnostic::{Code, Diagnostic, escape, escape_bytes};
use prometeu_packer::disk::{OsDisk, open_outside, replace_outside};
use prometeu_packer::envelope::Windows;
use prometeu_packer::ops::{
    self, Apply, BuildMode, Context, Edited, FixRequest, MigrateMode, Registration, Scope, Versions,
};
use prometeu_packer::report::{OperationResult, Report};
use prometeu_packer::schema::BankType;
use prometeu_packer::trust::Limits;
use prometeu_studio_adapter::server::{Setup, serve_standard_streams};
use std::ffi::OsString;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// More threads than this only wait for each other.
const THREADS_MAX: usize = 64;
/// Exit code of a fault of the packer itself.
const EXIT_FAULT: u8 = 70;

/// Runs what the command line asks for and gives the exit code.
pub(crate) fn run(audience: Audience) -> u8 {
    let program = surroundings::program();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let cli = match parse(audience, arguments.clone()) {
        Ok(cli) => cli,
        Err(error) => return usage(audience, error, &arguments, &program),
    };
    let format = cli.global.format;
    let name = cli.command.name();
    let caller = caller(&cli.global, &program, &arguments);
    match catch_unwind(AssertUnwindSafe(|| execute(cli, &caller))) {
        Ok(exit) => exit,
        Err(fault) => {
            let said =
                fault.downcast_ref::<String>().map(String::as_str).or_else(|| fault.downcast_ref::<&str>().copied());
            let summary = format!("a fault of the packer itself: {}; please report it", said.unwrap_or("no message"));
            render::report(&Report::fault(name, &program, summary), format, &caller);
            EXIT_FAULT
        }
    }
}

/// Reads the command line. Options may stand anywhere: where those of a command stand before it, it is put in front.
fn parse(audience: Audience, arguments: Vec<OsString>) -> Result<Cli, clap::Error> {
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
        Command::Fuzz { target, seconds } => return run_tool("fuzz", fuzz(target.as_deref(), seconds), format, caller),
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
    render::report(&report, format, caller)
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

fn operate(command: Command, global: &Global, limits: Limits, windows: Windows, program: &str) -> Report {
    match &command {
        Command::Window => return ops::windows(&windows, program),
        Command::Limits => return ops::limits(&limits, program),
        Command::Explain { code } => return ops::explain(code, program),
        Command::Verify { file, explain_bytes } => {
            return ops::verify(open_outside(file), *explain_bytes, &limits, &windows, program);
        }
        Command::MergeRegistry { base, ours, theirs } => {
            let versions =
                Versions { base: open_outside(base), ours: open_outside(ours), theirs: open_outside(theirs) };
            return ops::merge_registry(versions, &|text| replace_outside(ours, text), &limits, &windows, program);
        }
        _ => {}
    }
    let disk = match OsDisk::open_project(&global.project) {
        Ok(disk) => disk,
        Err(error) => {
            let message = format!("could not open the project folder {}: {}", error.path, error.source);
            let finding =
                Diagnostic::new(Code::UsageProject, message).help("name an existing folder with `--project DIR`");
            return Report::new(command.name(), program, "no such project", vec![finding], OperationResult::Nothing);
        }
    };
    let started = Instant::now();
    let progress = Progress::new(surroundings::interruption());
    let context = Context {
        disk: &disk,
        limits,
        windows,
        events: &progress,
        operation_id: surroundings::operation_id(),
        wait: Duration::from_secs(global.wait),
        program: program.to_owned(),
    };
    let mut report = match &command {
        Command::Init => ops::init(&context),
        Command::List => ops::list(&context),
        Command::Show { asset } => ops::show(&context, asset),
        Command::Build { check, full } => {
            let mode = match (check, full) {
                (false, false) => BuildMode::Publish,
                (false, true) => BuildMode::PublishAnew,
                (true, false) => BuildMode::Check,
                (true, true) => BuildMode::CheckAnew,
            };
            ops::build(&context, mode)
        }
        Command::Migrate(flags) => migrate(&context, flags),
        Command::History => ops::history(&context),
        Command::Recover { keep_edited, apply } => {
            let edited = match (keep_edited, apply) {
                (false, _) => Edited::Refuse,
                (true, false) => Edited::PreviewKeeping,
                (true, true) => Edited::Keep,
            };
            ops::recover(&context, edited)
        }
        Command::Doctor(flags) => doctor(&context, flags),
        other => mutate(&context, other),
    };
    progress.clear();
    if let OperationResult::Build(built) = &mut report.result {
        built.elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    }
    report
}

fn doctor(context: &Context<'_>, flags: &Doctor) -> Report {
    let today = surroundings::today();
    if flags.fix {
        let Doctor { workspace, only, keep, .. } = flags.clone();
        let wanted = FixRequest { workspace, today, only, keep };
        return ops::fix(context, &wanted, how(&flags.apply, &None));
    }
    let scope = if flags.workspace { Scope::Workspace { today } } else { Scope::Registered };
    ops::doctor(context, scope)
}

/// Whether a plan is shown or carried out.
fn how<'a>(apply: &Option<Option<String>>, consent: &Option<String>) -> Apply<'a> {
    match apply.clone() {
        None => Apply::Preview,
        Some(preview_id) => Apply::Now {
            preview_id,
            consent: consent.clone(),
            mint: &surroundings::fresh_uuid,
            time: surroundings::now(),
        },
    }
}

fn migrate(context: &Context<'_>, flags: &Migrate) -> Report {
    if let Some(id) = &flags.rollback {
        let preview_id = flags.apply.as_ref().and_then(Option::as_deref);
        return ops::rollback(context, id, preview_id, flags.apply.is_some().then(surroundings::now));
    }
    if let Some(id) = &flags.forget {
        return ops::forget(context, id);
    }
    if flags.history {
        return ops::migrations(context);
    }
    match &flags.apply {
        _ if flags.check => ops::migrate(context, MigrateMode::Check),
        None => ops::migrate(context, MigrateMode::Preview),
        Some(preview_id) => {
            let mut mint = surroundings::fresh_uuid;
            let mode =
                MigrateMode::Apply { preview_id: preview_id.as_deref(), mint: &mut mint, time: surroundings::now() };
            ops::migrate(context, mode)
        }
    }
}

fn mutate(context: &Context<'_>, command: &Command) -> Report {
    let how = |flags: &How, consent: &Option<String>| how(&flags.apply, consent);
    match command {
        Command::Register(flags) => ops::register(context, &registration(flags), how(&flags.how, &None)),
        Command::Adopt { root, new_identity, how: h } => ops::adopt(context, root, *new_identity, how(h, &None)),
        Command::Forget { asset, how: h } => ops::forget_asset(context, &asset.asset, how(h, &None)),
        Command::Remove { asset, confirm, how: h } => ops::remove(context, &asset.asset, how(h, confirm)),
        Command::Quarantine { asset, how: h } => ops::quarantine(context, &asset.asset, how(h, &None)),
        Command::Restore { id, how: h } => ops::restore(context, id, how(h, &None)),
        Command::Relocate { asset, root, how: h } => ops::relocate(context, &asset.asset, root, how(h, &None)),
        Command::Rename { asset, name, how: h } => ops::rename(context, &asset.asset, name, how(h, &None)),
        Command::Include { asset, how: h } => ops::set_included(context, &asset.asset, true, how(h, &None)),
        Command::Exclude { asset, how: h } => ops::set_included(context, &asset.asset, false, how(h, &None)),
        Command::Undo { id, how: h } => ops::undo(context, id, how(h, &None)),
        other => unreachable!("{} is no mutation", other.name()),
    }
}

fn registration(flags: &Register) -> Registration {
    let bank = |word| match word {
        TypeWord::GlyphBank => BankType::Glyph,
        TypeWord::SoundBank => BankType::Sound,
    };
    Registration {
        root: flags.root.clone(),
        bank: flags.bank.map(bank),
        name: flags.name.clone(),
        inputs: flags.input.clone(),
        tile_size: flags.tile_size,
    }
}

fn limits(settings: &[String]) -> Result<Limits, Diagnostic> {
    let mut limits = Limits::default();
    for setting in settings {
        if !named_number(setting).is_some_and(|(name, value)| limits.set(name, value)) {
            let message = format!("`--limit {setting}` names no limit and value");
            return Err(Diagnostic::new(Code::UsageArguments, message)
                .help_to_run("`{program} limits` lists the names; a value is a whole number"));
        }
    }
    Ok(limits)
}

fn windows(floors: &[String]) -> Result<Windows, Diagnostic> {
    let mut windows = Windows::default();
    for floor in floors {
        if !named_number(floor).is_some_and(|(name, min)| windows.raise_floor(name, min)) {
            let message = format!("`--window-floor {floor}` names no format and floor");
            return Err(Diagnostic::new(Code::UsageArguments, message).help_to_run(
                "`{program} window` lists the formats; a floor is from the oldest version read to one above the newest",
            ));
        }
    }
    Ok(windows)
}

/// `NAME=VALUE` with a whole number as the value.
fn named_number(setting: &str) -> Option<(&str, u64)> {
    let (name, value) = setting.split_once('=')?;
    Some((name, value.parse().ok()?))
}

fn run_gates(args: gate::Args, format: Format, caller: &Caller) -> u8 {
    let failed = |summary: String| {
        let finding =
            Diagnostic::new(Code::UsageArguments, &summary).help_to_run("`{program} gate --list` lists the gates");
        let report = Report::new("gate", &caller.program, summary, vec![finding], OperationResult::Nothing);
        render::report(&report, format, caller)
    };
    let result = match format {
        Format::Human if args.list => return i32::from(gate::list(&mut anstream::stdout()).is_err()) as u8,
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
fn complete(shell: Shell, format: Format) -> u8 {
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

fn mode(check: bool) -> Mode {
    if check { Mode::Check } else { Mode::Write }
}

/// Makes or checks what the repository holds of the code's own tables.
fn make(operation: &str, task: &Task, format: Format, caller: &Caller) -> u8 {
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

fn hostile(folder: &camino::Utf8Path) -> anyhow::Result<Vec<String>> {
    gate::hostile::write(&gate::Repository::find()?, folder)?;
    Ok(vec![format!("the hostile kit is in {folder}; kit.json says what is to come of each case")])
}

fn fuzz(target: Option<&str>, seconds: u32) -> anyhow::Result<Vec<String>> {
    gate::fuzz::targets_for(&gate::Repository::find()?, target, seconds)
}

/// Answers with the lines that a tool of the maintainers gave, or with why it failed.
fn run_tool(operation: &str, result: anyhow::Result<Vec<String>>, format: Format, caller: &Caller) -> u8 {
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

fn run_bench(args: bench::Args, format: Format, caller: &Caller) -> u8 {
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

/// Answers a command line that was not understood, or one that asked for help.
fn usage(audience: Audience, error: clap::Error, arguments: &[OsString], program: &str) -> u8 {
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
