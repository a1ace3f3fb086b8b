//! Aligned columns.

use anstyle::Style;
use std::io::{self, Write};

/// How a column is aligned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
}

/// One cell: its text and how it is coloured.
pub(super) type Cell = (String, Style);

/// Writes rows of as many cells as there are columns; an empty heading row is left out.
pub(super) fn write(out: &mut dyn Write, columns: &[(&str, Align)], rows: &[Vec<Cell>]) -> io::Result<()> {
    let width = |at: usize| {
        let widest = rows.iter().map(|row| row[at].0.chars().count()).max().unwrap_or(0);
        widest.max(columns[at].0.chars().count())
    };
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let heading: Vec<Cell> = columns.iter().map(|(name, _)| ((*name).to_owned(), Style::new().dimmed())).collect();
    let with_heading = columns.iter().any(|(name, _)| !name.is_empty());
    for row in with_heading.then_some(&heading).into_iter().chain(rows) {
        for (at, (text, style)) in row.iter().enumerate() {
            let pad = " ".repeat(widths[at] - text.chars().count());
            let last = at + 1 == columns.len();
            match columns[at].1 {
                Align::Right => write!(out, "  {pad}{style}{text}{style:#}")?,
                Align::Left if last => write!(out, "  {style}{text}{style:#}")?,
                Align::Left => write!(out, "  {style}{text}{style:#}{pad}")?,
            }
        }
        writeln!(out)?;
    }
    Ok(())
}
