//! What a mutation would change, or did, for people: the registry first, then files and folders.

use super::table::{self, Align, Cell};
use anstyle::{AnsiColor, Style};
use prometeu_packer::diagnostic::{Diagnostic, escape};
use prometeu_packer::plan::PlannedChange;
use prometeu_packer::report::MutationResult;
use std::io::{self, Write};

const PLAIN: Style = Style::new();
const DIM: Style = Style::new().dimmed();

/// More changes than anybody reads; machine formats carry all.
const SHOWN_MAX: usize = 1_000;

/// `findings` are those of the plan: what cannot be carried out needs no way back.
pub(super) fn write(mutation: &MutationResult, findings: &[Diagnostic], out: &mut dyn Write) -> io::Result<()> {
    let row = |change: &PlannedChange| vec![verb(change), (escape(&change.told), PLAIN)];
    part("the registry", mutation, &mutation.registry, row, out)?;
    let row = |change: &PlannedChange| vec![verb(change), (escape(&change.path), PLAIN), (escape(&change.told), DIM)];
    part("files and folders", mutation, &mutation.workspace, row, out)?;
    if let Some(declaration) = &mutation.declaration {
        for line in declaration.lines() {
            writeln!(out, "    {DIM}{}{DIM:#}", escape(line))?;
        }
        writeln!(out)?;
    }
    let is_blocked = !mutation.applied && findings.iter().any(|finding| finding.blocking);
    if mutation.changes_something() && !mutation.preview_id.is_empty() && !is_blocked {
        let told = if mutation.reversible { "this can be undone" } else { "this cannot be undone" };
        writeln!(out, "{told}\n")?;
    }
    Ok(())
}

fn part(
    what: &str,
    mutation: &MutationResult,
    changes: &[PlannedChange],
    row: impl Fn(&PlannedChange) -> Vec<Cell>,
    out: &mut dyn Write,
) -> io::Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let bold = Style::new().bold();
    let told = if mutation.applied { "changed in" } else { "would change in" };
    writeln!(out, "{bold}{told} {what}{bold:#}")?;
    let columns = [("", Align::Left); 3];
    table::write(out, &columns[..row(&changes[0]).len()], changes.iter().take(SHOWN_MAX).map(&row))?;
    if changes.len() > SHOWN_MAX {
        writeln!(out, "  … and {} more; `--format json` has all of them", changes.len() - SHOWN_MAX)?;
    }
    writeln!(out)
}

/// What is made is green, what goes is red.
fn verb(change: &PlannedChange) -> Cell {
    let style = match change.verb {
        "create" | "add" => AnsiColor::Green.on_default(),
        "delete" | "drop" => AnsiColor::Red.on_default(),
        _ => AnsiColor::Yellow.on_default(),
    };
    (change.verb.to_owned(), style)
}
