//! The places of a new version in what people read: the changelog and the page of formats. Tables that are made from the
//! code are left to `docs`.

use super::{MARK, Pending, Version};
use anyhow::Context;

const CHANGELOG: &str = "CHANGELOG.md";
const FORMATS: &str = "docs/formats.md";

/// Under *Formats* of what is not released yet: the row of the format, and what its readers have to know.
pub(super) fn changelog(pending: &mut Pending, version: &Version) -> anyhow::Result<()> {
    let (file, old, new) = (version.file, version.old, version.next());
    let text = pending.text(CHANGELOG)?;
    let (before, unreleased) = text.split_once("## Unreleased\n").context("CHANGELOG.md has no `## Unreleased`")?;
    let heading = "### Formats\n\n";
    let note =
        format!("- `{file}` {new}: {MARK} what changed since {old}, for those who read or write such files.\n\n");
    let end = unreleased.find("\n## ").unwrap_or(unreleased.len());
    let unreleased = match unreleased[..end].find(heading) {
        Some(at) => {
            let at = at + heading.len();
            format!("{}{note}{}", &unreleased[..at], &unreleased[at..])
        }
        None => format!("\n{heading}{note}{}", unreleased.trim_start_matches('\n')),
    };
    pending.put(CHANGELOG, format!("{before}## Unreleased\n{unreleased}"));
    Ok(())
}

/// The heading of the format, and the row of the step in the table of what is done in memory.
pub(super) fn formats(pending: &mut Pending, version: &Version) -> anyhow::Result<()> {
    let Version { file, format, step, old, .. } = version;
    let new = version.next();
    let (from, to) = (format!("## `{file}`, version {old}\n"), format!("## `{file}`, version {new}\n"));
    let todo = format!("\n{MARK} bring the example and the rules below to version {new}.\n");
    pending.replace(FORMATS, &from, &(to + &todo))?;
    let text = pending.text(FORMATS)?;
    let last = format!("| {} → {old} `{format}_v{old}_", old.saturating_sub(1));
    let row = text.lines().find(|line| line.starts_with(&last));
    let row = row.with_context(|| format!("{FORMATS} has no row that begins with `{last}`"))?;
    pending.replace(FORMATS, row, &format!("{row}\n| {old} → {new} `{step}` | {MARK} what it does in memory |"))
}
