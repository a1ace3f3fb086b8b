//! The places of a new version in the library's source: the step, the shapes, the tables.

use super::{MARK, Pending, Version};
use anyhow::{Context, bail};
use prometeu_packer::envelope::Artifact;

const STEPS: &str = "packer/src/migrate/steps.rs";
const WINDOWS: &str = "packer/src/envelope/kind.rs";
/// Longer lines are broken by rustfmt.
const WIDTH: usize = 120;

/// The step itself: it leads on and changes nothing.
pub(super) fn step(pending: &mut Pending, version: &Version) -> anyhow::Result<()> {
    let Version { file, old, step, .. } = version;
    let (new, path) = (version.next(), format!("packer/src/migrate/steps/{step}.rs"));
    let artifact = variant(version.artifact)?;
    let text = format!(
        r#"//! `{file}` {old} → {new}: {MARK} what changes, and why.

use crate::envelope::{{Artifact, Tree}};
use crate::migrate::{{Edit, Known, Step, StepFault}};

pub(super) const STEP: Step = Step {{
    artifact: Artifact::{artifact},
    from: {old},
    name: "{step}",
    text: "{MARK} what it changes, as a sentence for the user",
    run,
}};

/// {MARK} when it fails, and that it may be run twice. `migrate/edit.rs` has the edits.
fn run(_tree: &Tree, _known: &Known) -> Result<Vec<Edit>, StepFault> {{
    Ok(Vec::new())
}}
"#
    );
    pending.put(&path, text);
    Ok(())
}

/// The shape as it is goes to the steps; the reader's own becomes that of the new version.
pub(super) fn shapes(pending: &mut Pending, version: &Version) -> anyhow::Result<()> {
    let Version { file, format, module, old, .. } = version;
    let (new, live) = (version.next(), format!("{module}/shape.rs"));
    let text = pending.text(&live)?;
    let body = text.lines().skip_while(|line| line.starts_with("//!")).map(|line| format!("{line}\n"));
    let header = format!("//! What an `{file}` of version {old} looks like. Frozen like the steps.\n");
    pending.put(&format!("packer/src/migrate/steps/{format}_v{old}_shape.rs"), header + &body.collect::<String>());
    pending.replace(&live, &format!("`{file}` of version {old} "), &format!("`{file}` of version {new} "))?;
    let todo =
        format!("    // {MARK} the members of version {new}; the text below is what schema and readers go by.\n");
    pending.replace(&live, &format!("    version: {old},\n"), &format!("{todo}    version: {new},\n"))?;
    let reader = format!("{module}.rs");
    pending.replace(&reader, &format!("`{file}`, version {old}:"), &format!("`{file}`, version {new}:"))
}

/// The rows of the tables: modules, steps, outgoing shapes, windows.
pub(super) fn tables(pending: &mut Pending, version: &Version) -> anyhow::Result<()> {
    let Version { format, step, old, .. } = version;
    let shape = format!("{format}_v{old}_shape");
    let text = pending.text(STEPS)?;
    let text = with_modules(&text, &[step, &shape]);
    let text = with_item(&text, "ALL: &[Step]", format, &format!("{step}::STEP"))?;
    let text = with_item(&text, "OUTGOING: &[&Shape]", &format!("&{format}"), &format!("&{shape}::SHAPE"))?;
    pending.put(STEPS, text);
    let row = format!("(Artifact::{},", variant(version.artifact)?);
    let text = pending.text(WINDOWS)?;
    let line = text.lines().find(|line| line.trim_start().starts_with(&row));
    let line = line.with_context(|| format!("{WINDOWS} has no row `{row}`"))?;
    let raised =
        raised(line, *old).with_context(|| format!("{WINDOWS}: `{line}` does not begin and end with {old}"))?;
    pending.replace(WINDOWS, line, &raised)
}

/// The module lines with these added, in order.
fn with_modules(text: &str, names: &[&str]) -> String {
    let is_module = |line: &&str| line.starts_with("mod ");
    let mut modules: Vec<String> = text.lines().filter(is_module).map(str::to_owned).collect();
    modules.extend(names.iter().map(|name| format!("mod {name};")));
    modules.sort();
    let first = text.lines().position(|line| is_module(&line)).unwrap_or_default();
    let mut lines: Vec<String> = text.lines().filter(|line| !is_module(line)).map(str::to_owned).collect();
    lines.splice(first..first, modules);
    lines.join("\n") + "\n"
}

/// The table with an item behind the last one that begins with `format`, laid out as rustfmt does.
fn with_item(text: &str, table: &str, format: &str, item: &str) -> anyhow::Result<String> {
    let parts = text.split_once(&format!("{table} =")).and_then(|(before, rest)| {
        let (list, after) = rest.split_once("];")?;
        Some((before, list.split_once("&[")?.1, after))
    });
    let Some((before, list, after)) = parts else { bail!("{STEPS} has no table `{table}`") };
    let mut items: Vec<&str> = list.split(',').map(str::trim).filter(|item| !item.is_empty()).collect();
    let last = items.iter().rposition(|item| item.starts_with(&format!("{format}_")));
    items.insert(last.map_or(items.len(), |at| at + 1), item);
    let head = before.rsplit('\n').next().unwrap_or_default().chars().count() + table.len() + " =".len();
    let row = format!("&[{}];", items.join(", "));
    let list = match row.len() {
        short if head + 1 + short <= WIDTH => format!(" {row}"),
        short if "    ".len() + short <= WIDTH => format!("\n    {row}"),
        _ => format!(" &[\n{}];", items.iter().map(|item| format!("    {item},\n")).collect::<String>()),
    };
    Ok(format!("{before}{table} ={list}{after}"))
}

/// The row with its first and its last number, the versions that are written and read at most, one higher.
fn raised(row: &str, old: u16) -> Option<String> {
    let number = |text: &str| text.parse() == Ok(old);
    let digits = |c: char| c.is_ascii_digit();
    let first = row.find(digits)?;
    let first_end = first + row[first..].find(|c| !digits(c))?;
    let last_end = row.rfind(digits)? + 1;
    let last = row[..last_end].rfind(|c| !digits(c))? + 1;
    let fits = first < last && number(&row[first..first_end]) && number(&row[last..last_end]);
    let new = old + 1;
    fits.then(|| format!("{}{new}{}{new}{}", &row[..first], &row[first_end..last], &row[last_end..]))
}

/// The variant's name in the source.
fn variant(artifact: Artifact) -> anyhow::Result<&'static str> {
    match artifact {
        Artifact::Declaration => Ok("Declaration"),
        Artifact::Registry => Ok("Registry"),
        other => bail!("{} has no steps", other.name()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::{raised, with_item, with_modules};

    #[test]
    fn a_window_is_raised_where_it_says_what_is_written_and_read_at_most() {
        let row =
            |written, max| format!("(Artifact::A, \"a.json\", Window {{ written: {written}, min: 1, max: {max} }}),");
        assert_eq!(raised(&row(3, 3), 3).unwrap(), row(4, 4));
        assert_eq!(raised("(A, \"a.json\", read(9, 9, 9)),", 9).unwrap(), "(A, \"a.json\", read(10, 9, 10)),");
        assert_eq!(raised(&row(3, 3), 2), None);
        assert_eq!(raised("no number", 2), None);
    }

    #[test]
    fn an_item_stands_behind_those_of_its_format_and_fits_the_width() {
        let table = |list: &str| format!("x\n\npub(super) static ALL: &[Step] ={list}\ny\n");
        let with = |list: &str, item: &str| with_item(&table(list), "ALL: &[Step]", "asset", item).unwrap();
        assert_eq!(
            with(" &[asset_v2::S, index_v2::S];", "asset_v3::S"),
            table(" &[asset_v2::S, asset_v3::S, index_v2::S];")
        );
        let (long, longer) = ("a".repeat(80), "b".repeat(90));
        assert_eq!(with(" &[asset_v2::S];", &long), table(&format!("\n    &[asset_v2::S, {long}];")));
        assert_eq!(with(&format!("\n    &[{long}];"), &longer), table(&format!(" &[\n    {long},\n    {longer},\n];")));
    }

    #[test]
    fn modules_stay_sorted() {
        assert_eq!(
            with_modules("//! x\n\nmod a;\nmod c;\n\nuse d;\n", &["b", "e"]),
            "//! x\n\nmod a;\nmod b;\nmod c;\nmod e;\n\nuse d;\n"
        );
    }
}
