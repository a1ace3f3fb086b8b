//! Build services take `##[` and `##vso[` anywhere in a line of a log for a command. The second mark can be written as the
//! format escapes it, which means the same to who reads the format and nothing to them.

use std::io::{self, Write};

/// A text on its way out, without two marks in a row.
pub(super) struct Unmarked<W> {
    out: W,
    /// What is written for the second of two marks.
    escaped: &'static str,
    /// Whether the last byte that was written is a mark.
    is_marked: bool,
}

impl<W: Write> Unmarked<W> {
    pub(super) fn new(out: W, escaped: &'static str) -> Unmarked<W> {
        Unmarked { out, escaped, is_marked: false }
    }
}

impl<W: Write> Write for Unmarked<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for run in bytes.split_inclusive(|byte| *byte == b'#') {
            match run {
                b"#" if self.is_marked => self.out.write_all(self.escaped.as_bytes())?,
                _ => self.out.write_all(run)?,
            }
            self.is_marked = run.ends_with(b"#") && !(run == b"#" && self.is_marked);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says where it failed by panicking")]

    use super::*;

    #[test]
    fn marks_are_told_apart_wherever_the_text_is_cut() {
        for text in ["##[error]", "a##vso[b", "###", "#", "# #", "####x", ""] {
            for at in 0..=text.len() {
                let mut out = Unmarked::new(Vec::new(), r"\u0023");
                out.write_all(&text.as_bytes()[..at]).unwrap();
                out.write_all(&text.as_bytes()[at..]).unwrap();
                assert_eq!(String::from_utf8(out.out).unwrap(), text.replace("##", r"#\u0023"), "{text} cut at {at}");
            }
        }
    }
}
