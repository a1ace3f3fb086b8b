//! The answer of each operation for people: what it is about, what was found, and one closing line that says what to
//! do next.

use super::table::{self, Align, Cell};
use super::{Caller, explain, findings, mutation, word};
use anstyle::{AnsiColor, Style};
use prometeu_packer::diagnostic::{Diagnostic, escape};
use prometeu_packer::envelope::{ReadRange, Window};
use prometeu_packer::plan::FileOutcome;
use prometeu_packer::report::{
    AssetDetails, BuildResult, DoctorResult, FixResult, FixRow, InputFile, MigrateResult, MutationResult,
    OperationResult, PackedAsset, Quarantined, Report, Status, TransactionRow, VerifyResult,
};
use prometeu_packer::schema::archive::{Region, TableEntry};
use prometeu_packer::trust::Unit;
use prometeu_packer::workspace::{Asset, Health, State};
use prometeu_studio_adapter::{outcome, unified_diff};
use std::io::{self, Write};

const PLAIN: Style = Style::new();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const WARN: Style = AnsiColor::Yellow.on_default();

/// How many packed assets a build lists.
const PACKED_SHOWN_MAX: usize = 20;
/// How many repairs the doctor lists.
const FIXES_SHOWN_MAX: usize = 20;
/// How many files of a migration are shown with their changes.
const MIGRATED_SHOWN_MAX: usize = 1_000;

pub(super) fn write(report: &Report, caller: &Caller, out: &mut dyn Write) -> io::Result<()> {
    findings::write(&report.findings, out)?;
    match &report.result {
        // The last two are Studio's alone.
        OperationResult::Nothing | OperationResult::PackSummary(_) | OperationResult::ValidatePack(_) => {}
        OperationResult::Doctor(doctor) => fixes(doctor, out)?,
        OperationResult::List(assets, quarantined) => list(assets, quarantined, out)?,
        OperationResult::Show(details) => show(details, out)?,
        OperationResult::Build(built) => build(built, caller, out)?,
        OperationResult::Verify(verified) => verify(verified, out)?,
        OperationResult::Mutation(changes) => mutation::write(changes, &report.findings, out)?,
        OperationResult::Migrate(migration) => migrate(migration, &report.findings, out)?,
        OperationResult::History(rows) => history(rows, out)?,
        OperationResult::Windows(rows) => {
            let row = |(name, window): &(&str, Window)| {
                let bound = |of: fn(ReadRange) -> u16| {
                    window.read.map_or_else(|| ("–".to_owned(), DIM), |range| plain(of(range)))
                };
                vec![plain(name), plain(window.written), bound(|range| range.min), bound(|range| range.max)]
            };
            let columns = [
                ("format", Align::Left),
                ("written", Align::Right),
                ("oldest read", Align::Right),
                ("newest read", Align::Right),
            ];
            table::write(out, &columns, rows.iter().map(row))?;
        }
        OperationResult::Limits(rows) => {
            let row = |(name, value, unit): &(&str, u64, Unit)| {
                let unit = match unit {
                    Unit::Bytes => "bytes",
                    Unit::Count => "",
                    Unit::Levels => "levels",
                    Unit::Pixels => "pixels",
                };
                vec![plain(name), plain(value), (unit.to_owned(), DIM)]
            };
            let columns = [("limit", Align::Left), ("value", Align::Right), ("", Align::Left)];
            table::write(out, &columns, rows.iter().map(row))?;
        }
        OperationResult::Explain(_, text) => explain::write(text, out)?,
    }
    closing(report, caller, out)?;
    out.flush()
}

/// The last line: how it ended, and what to do next.
fn closing(report: &Report, caller: &Caller, out: &mut dyn Write) -> io::Result<()> {
    let (style, word) = match report.status() {
        Status::Ok => (GOOD.bold(), "ok"),
        Status::Blocked => (BAD.bold(), "blocked"),
        Status::Failed => (BAD.bold(), "failed"),
    };
    let counts = report.counts();
    let mut counted = Vec::new();
    for (count, what) in [(counts.errors, "error"), (counts.warnings, "warning"), (counts.notes, "note")] {
        if count > 0 {
            counted.push(format!("{count} {what}{}", if count == 1 { "" } else { "s" }));
        }
    }
    let counted = if counted.is_empty() { String::new() } else { format!(" ({})", counted.join(", ")) };
    writeln!(out, "{style}{word}{style:#}: {}{counted}{}", escape(&report.summary), next_step(report, caller))
}

fn next_step(report: &Report, caller: &Caller) -> String {
    let Caller { program, project, prefix, .. } = caller;
    let first = report.findings.iter().find(|finding| finding.blocking);
    match (report.status(), &report.result, first) {
        (Status::Ok, OperationResult::Build(built), _) => match &built.archive {
            Some(archive) => format!("; next: `{program} verify {}`", word(&format!("{prefix}{}", archive.path))),
            None => format!("; next: `{program} build{project}` writes it"),
        },
        (status, OperationResult::Doctor(doctor), first) if status != Status::Failed => match (&doctor.fix, first) {
            (Some(fix), _) if fix.mutation.transaction_id.is_some() => after_fix(caller, &fix.mutation),
            (Some(fix), _) if can_be_applied(fix) => {
                format!("; to carry it out: {}", again(caller, &fix.mutation))
            }
            (Some(_), Some(first)) => format!("; next: `{program} explain {}`", first.code.as_str()),
            (None, _) if !doctor.fixes.is_empty() => {
                let workspace = if doctor.scope == "workspace" { " --workspace" } else { "" };
                let first = doctor.fixes.first().filter(|_| !doctor.fixes.iter().any(|row| row.safe));
                let only = first.map(|row| format!(" --only {}", row.code.as_str())).unwrap_or_default();
                format!("; next: `{program} doctor{workspace} --fix{only}{project}`")
            }
            (None, Some(first)) => format!("; next: `{program} explain {}`", first.code.as_str()),
            (_, None) => format!("; next: `{program} build{project}`"),
        },
        (Status::Ok, OperationResult::Migrate(migration), _) => match &migration.migration_id {
            Some(id) => format!("; to go back: `{program} migrate --rollback {id} --apply{project}`"),
            None if migration.mode == "rollback" => "; the same with `--apply` carries it out".to_owned(),
            None if migration.files.iter().any(|file| file.outcome == FileOutcome::Pending) => {
                format!("; next: `{program} migrate --apply{project}`")
            }
            None => String::new(),
        },
        (Status::Ok, OperationResult::Mutation(mutation), _) => match &mutation.transaction_id {
            Some(id) if mutation.reversible => format!("; to go back: `{program} undo {id} --apply{project}`"),
            None if !mutation.applied && !mutation.preview_id.is_empty() && mutation.changes_something() => {
                format!("; to carry it out: {}", again(caller, mutation))
            }
            _ => format!("; next: `{program} list{project}`"),
        },
        (_, _, Some(first)) => format!("; next: `{program} explain {}`", first.code.as_str()),
        _ => String::new(),
    }
}

/// How what was repaired is taken back.
fn after_fix(caller: &Caller, mutation: &MutationResult) -> String {
    let Caller { program, project, .. } = caller;
    match mutation.transaction_id.as_deref().filter(|_| mutation.reversible) {
        Some(id) => format!("; to go back: `{program} undo {id} --apply{project}`"),
        None => format!("; next: `{program} doctor{project}`"),
    }
}

fn can_be_applied(fix: &FixResult) -> bool {
    fix.mutation.changes_something() && !fix.findings.iter().any(|finding| finding.blocking)
}

/// What repairs there are, unless some were asked for: then what they change.
fn fixes(doctor: &DoctorResult, out: &mut dyn Write) -> io::Result<()> {
    if let Some(fix) = &doctor.fix {
        return mutation::write(&fix.mutation, &fix.findings, out);
    }
    if doctor.fixes.is_empty() {
        return Ok(());
    }
    let bold = Style::new().bold();
    writeln!(out, "{bold}could be repaired{bold:#}")?;
    let kind = |safe| if safe { ("safe".to_owned(), GOOD) } else { ("asks".to_owned(), WARN) };
    let row = |row: &FixRow| vec![kind(row.safe), plain(row.code.as_str()), (escape(&row.path), DIM)];
    table::write(out, &[("", Align::Left); 3], doctor.fixes.iter().take(FIXES_SHOWN_MAX).map(row))?;
    if doctor.fixes.len() > FIXES_SHOWN_MAX {
        writeln!(out, "  … and {} more; `--format json` has all of them", doctor.fixes.len() - FIXES_SHOWN_MAX)?;
    }
    writeln!(out)
}

/// How a preview is carried out.
fn again(caller: &Caller, mutation: &MutationResult) -> String {
    let apply = format!("--apply {}", mutation.preview_id);
    let consent = mutation.consent.as_deref().filter(|_| !caller.again.contains(" --confirm"));
    let consent = consent.map(|name| format!(" --confirm {}", word(name))).unwrap_or_default();
    match caller.again.is_empty() {
        true => format!("the same with `{apply}{consent}`"),
        false => format!("`{} {apply}{consent}`", caller.again),
    }
}

fn plain(text: impl ToString) -> Cell {
    (escape(&text.to_string()), PLAIN)
}

fn health(health: Health) -> Cell {
    let (word, style) = match health {
        Health::Ok => ("ok", GOOD),
        Health::Warning => ("warning", WARN),
        Health::Blocked => ("blocked", BAD),
        Health::Missing => ("missing", BAD),
        Health::Unsupported => ("unsupported", BAD),
    };
    (word.to_owned(), style)
}

fn list(assets: &[Asset], quarantined: &[Quarantined], out: &mut dyn Write) -> io::Result<()> {
    let row = |asset: &Asset| {
        let built = match (asset.state, asset.included_in_build) {
            (State::Unregistered, _) => ("unregistered".to_owned(), DIM),
            (State::Registered, true) => ("yes".to_owned(), PLAIN),
            (State::Registered, false) => ("no".to_owned(), DIM),
        };
        vec![
            plain(asset.asset_id().map_or("–".to_owned(), |id| id.to_string())),
            plain(asset.reference.name.as_deref().unwrap_or("–")),
            plain(asset.bank().map_or("–", |bank| bank.name())),
            built,
            health(asset.health),
            (escape(&asset.reference.root), DIM),
        ]
    };
    let columns = [
        ("id", Align::Right),
        ("name", Align::Left),
        ("type", Align::Left),
        ("built", Align::Left),
        ("health", Align::Left),
        ("root", Align::Left),
    ];
    if !assets.is_empty() {
        table::write(out, &columns, assets.iter().map(row))?;
        writeln!(out)?;
    }
    if !quarantined.is_empty() {
        let row = |row: &Quarantined| {
            vec![plain(&row.id), plain(row.name.as_deref().unwrap_or("–")), (escape(&row.root), DIM)]
        };
        let columns = [("quarantined as", Align::Left), ("name", Align::Left), ("root", Align::Left)];
        table::write(out, &columns, quarantined.iter().map(row))?;
        writeln!(out)?;
    }
    Ok(())
}

fn show(details: &AssetDetails, out: &mut dyn Write) -> io::Result<()> {
    let asset = &details.asset;
    let mut rows = vec![
        vec![("id".to_owned(), DIM), plain(asset.asset_id().map_or("not registered".to_owned(), |id| id.to_string()))],
        vec![("uuid".to_owned(), DIM), plain(asset.asset_uuid.map_or("–".to_owned(), |uuid| uuid.to_string()))],
        vec![("name".to_owned(), DIM), plain(asset.reference.name.as_deref().unwrap_or("–"))],
        vec![("type".to_owned(), DIM), plain(asset.bank().map_or("–", |bank| bank.name()))],
        vec![("health".to_owned(), DIM), health(asset.health)],
        vec![("built".to_owned(), DIM), plain(if asset.included_in_build { "yes" } else { "no" })],
    ];
    if let Some(version) = asset.schema_version {
        rows.push(vec![("version".to_owned(), DIM), plain(version)]);
    }
    if let Some(output) = &details.output {
        rows.push(vec![("output".to_owned(), DIM), plain(output)]);
    }
    table::write(out, &[("", Align::Left), ("", Align::Left)], rows.into_iter())?;
    writeln!(out)?;
    let row = |input: &InputFile| {
        vec![plain(&input.path), plain(input.bytes), (input.sha256.to_string()[..12].to_owned(), DIM)]
    };
    let columns = [("input", Align::Left), ("bytes", Align::Right), ("sha256", Align::Left)];
    table::write(out, &columns, details.inputs.iter().map(row))?;
    writeln!(out)
}

fn build(built: &BuildResult, caller: &Caller, out: &mut dyn Write) -> io::Result<()> {
    let Some(archive) = &built.archive else { return Ok(()) };
    let row = |asset: &PackedAsset| {
        vec![plain(asset.asset_id), plain(&asset.name), plain(asset.bank.name()), plain(asset.bytes)]
    };
    let columns = [("id", Align::Right), ("name", Align::Left), ("type", Align::Left), ("bytes", Align::Right)];
    table::write(out, &columns, built.packed.iter().take(PACKED_SHOWN_MAX).map(row))?;
    if built.packed.len() > PACKED_SHOWN_MAX {
        writeln!(out, "  … and {} more", built.packed.len() - PACKED_SHOWN_MAX)?;
    }
    writeln!(out)?;
    let shown = |path: &str| plain(format!("{}{path}", caller.prefix));
    let mut files = vec![vec![shown(&archive.path), plain(format!("sha256 {}", archive.sha256))]];
    files.extend(built.companions.iter().map(|path| vec![shown(path), plain("")]));
    table::write(out, &[("", Align::Left), ("", Align::Left)], files.into_iter())?;
    writeln!(out, "\n  {DIM}{} ms{DIM:#}", built.elapsed_ms)
}

fn verify(verified: &VerifyResult, out: &mut dyn Write) -> io::Result<()> {
    let entry = |entry: &TableEntry| {
        let bank = plain(entry.bank.name());
        vec![plain(entry.asset_id), plain(&entry.asset_name), bank, plain(entry.offset), plain(entry.bytes)]
    };
    let columns = [
        ("id", Align::Right),
        ("name", Align::Left),
        ("type", Align::Left),
        ("offset", Align::Right),
        ("bytes", Align::Right),
    ];
    if !verified.entries.is_empty() {
        table::write(out, &columns, verified.entries.iter().map(entry))?;
        writeln!(out)?;
    }
    let region = |region: &Region| vec![plain(region.offset), plain(region.bytes), plain(&region.what)];
    if !verified.regions.is_empty() {
        let columns = [("offset", Align::Right), ("bytes", Align::Right), ("what", Align::Left)];
        table::write(out, &columns, verified.regions.iter().map(region))?;
        writeln!(out)?;
    }
    Ok(())
}

fn migrate(migration: &MigrateResult, findings: &[Diagnostic], out: &mut dyn Write) -> io::Result<()> {
    // What kept it from being made is not to be looked for above a thousand lines of what it would have made.
    let is_refused = findings.iter().any(|finding| finding.blocking);
    let shown: Vec<_> = migration.files.iter().filter(|file| file.outcome != FileOutcome::Unchanged).collect();
    for file in shown.iter().take(MIGRATED_SHOWN_MAX) {
        let versions = match (file.from, file.to) {
            (Some(from), Some(to)) if from != to => format!(", version {from} to {to}"),
            (Some(from), _) => format!(", version {from}"),
            _ => String::new(),
        };
        writeln!(out, "{}{versions}: {}", escape(file.path.as_str()), outcome(file.outcome))?;
        for step in file.steps().filter(|_| !is_refused) {
            writeln!(out, "  - {}", escape(step.text))?;
        }
        let texts = file.texts.as_ref().filter(|_| file.outcome == FileOutcome::Pending && !is_refused);
        let diff = texts.and_then(|texts| unified_diff(file.path.as_str(), texts.before(), &texts.after()));
        for line in diff.unwrap_or_default().lines() {
            let style = match line.as_bytes().first() {
                Some(b'+') => GOOD,
                Some(b'-') => BAD,
                _ => DIM,
            };
            writeln!(out, "    {style}{line}{style:#}")?;
        }
    }
    if shown.len() > MIGRATED_SHOWN_MAX {
        writeln!(out, "… and {} more files; `--format json` has all of them", shown.len() - MIGRATED_SHOWN_MAX)?;
    }
    if migration.migration_id.is_none() && shown.iter().any(|file| file.outcome == FileOutcome::Pending) {
        writeln!(out, "\n  preview {DIM}{}{DIM:#}", migration.preview_id)?;
    }
    if shown.is_empty() { Ok(()) } else { writeln!(out) }
}

fn history(rows: &[TransactionRow], out: &mut dyn Write) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let row = |row: &TransactionRow| {
        let files = format!("{} file{}", row.files.len(), if row.files.len() == 1 { "" } else { "s" });
        vec![plain(&row.id), plain(&row.time), plain(&row.operation), plain(row.outcome), plain(files)]
    };
    let columns = [
        ("id", Align::Left),
        ("time", Align::Left),
        ("operation", Align::Left),
        ("outcome", Align::Left),
        ("", Align::Left),
    ];
    table::write(out, &columns, rows.iter().map(row))?;
    writeln!(out)
}
