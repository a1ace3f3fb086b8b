//! From flags to an operation of the library.

use crate::cli::{Command, Doctor, Global, How, Migrate, Page, Register, TypeWord};
use crate::progress::Progress;
use crate::report_page::{self, Destination};
use crate::surroundings;
use prometeu_packer::diagnostic::{Code, Diagnostic};
use prometeu_packer::disk::{OsDisk, open_outside, replace_outside};
use prometeu_packer::envelope::Windows;
use prometeu_packer::ops::{
    self, Apply, BuildMode, Context, Edited, FixRequest, MigrateMode, Registration, Scope, Versions,
};
use prometeu_packer::report::{OperationResult, Report};
use prometeu_packer::schema::BankType;
use prometeu_packer::trust::Limits;
use std::time::{Duration, Instant};

pub(super) fn operate(command: Command, global: &Global, limits: Limits, windows: Windows, program: &str) -> Report {
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
                // Without edits there is nothing to decide, and so no preview.
                (false, _) => Edited::Refuse,
                (true, None) => Edited::PreviewKeeping,
                (true, Some(preview_id)) => Edited::Keep(preview_id.as_deref()),
            };
            ops::recover(&context, edited)
        }
        Command::Doctor(flags) => doctor(&context, flags),
        Command::Report(Page { out, .. }) => {
            let project = global.project.clone();
            let to = match out {
                Some(out) => Destination::File(out.clone(), project),
                None => Destination::Build(project),
            };
            report_page::report(&context, &to)
        }
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

pub(super) fn limits(settings: &[String]) -> Result<Limits, Diagnostic> {
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

pub(super) fn windows(floors: &[String]) -> Result<Windows, Diagnostic> {
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
