//! The text of a code for people: wrapped, its headings set apart. The text itself is the packer's.

use anstyle::Style;
use std::io::{self, Write};

/// Where a line ends that people read.
const COLUMNS: usize = 80;

/// Writes an explanation, of which each paragraph is one line and each heading a line of its own.
pub(super) fn write(text: &str, out: &mut dyn Write) -> io::Result<()> {
    let bold = Style::new().bold();
    let mut lines = text.lines().peekable();
    let mut is_first = true;
    while let Some(line) = lines.next() {
        let before_text = lines.peek().is_some_and(|next| !next.is_empty());
        if line.starts_with("    ") {
            // An example stands as it would in a file.
            writeln!(out, "{line}")?;
        } else if is_first || before_text {
            writeln!(out, "{bold}{line}{bold:#}")?;
        } else {
            wrap(line, out)?;
        }
        is_first = false;
    }
    writeln!(out)
}

fn wrap(paragraph: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut column = 0;
    for word in paragraph.split(' ') {
        let wide = word.chars().count();
        if column > 0 && column + 1 + wide > COLUMNS {
            writeln!(out)?;
            column = 0;
        }
        if column > 0 {
            write!(out, " ")?;
            column += 1;
        }
        write!(out, "{word}")?;
        column += wide;
    }
    writeln!(out)
}
