//! Aligned columns.

use anstyle::Style;
use std::fmt::Write as _;
use std::io::{self, Write};

/// How a column is aligned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
}

/// One cell: its text and how it is coloured.
pub(super) type Cell = (String, Style);

/// Writes rows of as many cells as there are columns; an empty heading row is left out. There may be many rows, so each is
/// made twice, to be measured and to be written, and none is kept.
pub(super) fn write(
    out: &mut dyn Write,
    columns: &[(&str, Align)],
    rows: impl Iterator<Item = Vec<Cell>> + Clone,
) -> io::Result<()> {
    let mut widths: Vec<usize> = columns.iter().map(|(name, _)| name.chars().count()).collect();
    for row in rows.clone() {
        for (width, (text, _)) in widths.iter_mut().zip(row) {
            *width = text.chars().count().max(*width);
        }
    }
    let heading: Vec<Cell> = columns.iter().map(|(name, _)| ((*name).to_owned(), Style::new().dimmed())).collect();
    let with_heading = columns.iter().any(|(name, _)| !name.is_empty());
    // A row is put together before it is written: each writing costs more than its text.
    let mut line = String::new();
    for row in with_heading.then_some(heading).into_iter().chain(rows) {
        line.clear();
        for (at, (text, style)) in row.iter().enumerate() {
            let pad = " ".repeat(widths[at] - text.chars().count());
            let last = at + 1 == columns.len();
            let _ = match columns[at].1 {
                Align::Right => write!(line, "  {pad}{style}{text}{style:#}"),
                Align::Left if last => write!(line, "  {style}{text}{style:#}"),
                Align::Left => write!(line, "  {style}{text}{style:#}{pad}"),
            };
        }
        line.push('\n');
        out.write_all(line.as_bytes())?;
    }
    Ok(())
}
