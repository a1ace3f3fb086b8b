//! Where in a text something stands. A span is made from a byte offset and the text it points into;
//! it never owns the text.

use std::sync::Arc;

/// A place in a UTF-8 text file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Line, counted from 1; lines end at a line feed.
    pub line: u32,
    /// Column, counted from 1 in Unicode scalar values.
    pub column: u32,
    /// Bytes from the start of the file, counted from 0.
    pub offset: u64,
    /// Bytes that are meant, 0 for a point.
    pub length: u64,
}

/// A span with the line of text that it points into, so that a reader can be shown the place
/// without the file being opened again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The place.
    pub span: Span,
    /// The text of its line without the line end, cut around the place when the line is long.
    pub line_text: Arc<str>,
    /// Byte offset inside `line_text` at which the place starts; always a character boundary.
    pub line_start: usize,
}

/// The longest line excerpt that a [`Place`] carries, in bytes.
const EXCERPT_BYTES_MAX: usize = 240;

/// Finds the place of `start..end` (byte offsets) in `text`.
///
/// Offsets beyond the text or inside a character are moved back to the nearest boundary, and
/// invalid UTF-8 counts one column for each replacement character.
#[must_use]
pub fn locate(text: &[u8], start: usize, end: usize) -> Place {
    LineIndex::new(text).locate(text, start, end)
}

/// How many lines lie before points of a text that stand close to each other, so that many places in it are found without
/// counting from its start each time. It takes a fortieth of the text, also where that is nothing but line feeds.
#[derive(Debug)]
pub struct LineIndex(Vec<Mark>);

/// A known position.
#[derive(Clone, Copy, Debug)]
struct Mark {
    offset: usize,
    line_begin: usize,
    line: u32,
    /// Columns before `offset` in its line.
    columns: u32,
}

/// There is a mark at least every so many bytes.
const MARK_EVERY_BYTES: usize = 1024;

impl Mark {
    const START: Mark = Mark { offset: 0, line_begin: 0, line: 1, columns: 0 };

    /// The position `to` in the text, which lies no earlier.
    fn advanced(self, text: &[u8], to: usize) -> Mark {
        let passed = &text[self.offset..to];
        let Some(last) = passed.iter().rposition(|&b| b == b'\n') else {
            return Mark { offset: to, columns: self.columns.saturating_add(columns(passed)), ..self };
        };
        let lines = u32::try_from(passed.iter().filter(|&&b| b == b'\n').count()).unwrap_or(u32::MAX);
        Mark {
            offset: to,
            line_begin: self.offset + last + 1,
            line: self.line.saturating_add(lines),
            columns: columns(&passed[last + 1..]),
        }
    }
}

impl LineIndex {
    /// Reads the whole text once.
    #[must_use]
    pub fn new(text: &[u8]) -> LineIndex {
        let mut marks = vec![Mark::START];
        let mut mark = Mark::START;
        while mark.offset < text.len() {
            let rest = &text[mark.offset..];
            mark = mark.advanced(text, mark.offset + boundary(rest, rest.len().min(MARK_EVERY_BYTES)));
            marks.push(mark);
        }
        LineIndex(marks)
    }

    /// Finds the place of `start..end` in the text that the index was made from.
    #[must_use]
    pub fn locate(&self, text: &[u8], start: usize, end: usize) -> Place {
        let start = start.min(text.len());
        let end = end.clamp(start, text.len());
        let after = self.0.partition_point(|mark| mark.offset <= start);
        let mark = self.0[after.saturating_sub(1)].advanced(text, start);
        let (line_text, line_start) = excerpt(text, mark.line_begin, start);
        Place {
            span: Span {
                line: mark.line,
                column: mark.columns.saturating_add(1),
                offset: start as u64,
                length: (end - start) as u64,
            },
            line_text,
            line_start,
        }
    }
}

fn columns(text: &[u8]) -> u32 {
    u32::try_from(String::from_utf8_lossy(text).chars().count()).unwrap_or(u32::MAX)
}

/// The last start of a character at or before `most`, which is not 0, but never 0 itself.
fn boundary(text: &[u8], most: usize) -> usize {
    let is_start = |at: &usize| *at == text.len() || text[*at] & 0b1100_0000 != 0b1000_0000;
    (most.saturating_sub(3).max(1)..=most).rev().find(is_start).unwrap_or(most)
}

/// The line around `at`, cut to what can be shown.
fn excerpt(text: &[u8], line_begin: usize, at: usize) -> (Arc<str>, usize) {
    let from = line_begin.max(at.saturating_sub(EXCERPT_BYTES_MAX / 2));
    let most = text.len().min(from + EXCERPT_BYTES_MAX);
    let to = text[at..most.max(at)].iter().position(|&b| b == b'\n').map_or(most.max(at), |end| at + end);
    let before = String::from_utf8_lossy(&text[from..at]).into_owned();
    let start = before.len();
    let after = String::from_utf8_lossy(&text[at..to]);
    ((before + after.strip_suffix('\r').unwrap_or(&after)).into(), start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_in_bytes_and_columns_in_characters() {
        let text = "{\n  \"ä\": 1\n}".as_bytes();
        let place = locate(text, 10, 11);
        assert_eq!(place.span, Span { line: 2, column: 8, offset: 10, length: 1 });
        assert_eq!(&*place.line_text, "  \"ä\": 1");
        assert_eq!(&place.line_text[place.line_start..], "1");
    }

    #[test]
    fn survives_offsets_beyond_the_text_and_invalid_bytes() {
        assert_eq!(locate(b"", 7, 9).span, Span { line: 1, column: 1, offset: 0, length: 0 });
        let place = locate(b"\xff\xfe{", 2, 3);
        assert_eq!(place.span.column, 3);
        assert_eq!(&place.line_text[place.line_start..], "{");
    }

    #[test]
    fn finds_the_same_from_every_mark_and_takes_little_where_lines_are_many() {
        let text = "ä\n\n€b\n".repeat(1000) + &"ö".repeat(3000) + &"\n".repeat(100_000);
        let index = LineIndex::new(text.as_bytes());
        assert!(index.0.len() < text.len() / 1000, "{} marks", index.0.len());
        let (mut line, mut column) = (1, 1);
        for (at, c) in text.char_indices() {
            let span = index.locate(text.as_bytes(), at, at).span;
            assert_eq!((span.line, span.column), (line, column), "at byte {at}");
            (line, column) = if c == '\n' { (line + 1, 1) } else { (line, column + 1) };
        }
    }

    #[test]
    fn cuts_long_lines_around_the_place() {
        let text = vec![b'a'; 100_000];
        let place = locate(&text, 50_000, 50_001);
        assert!(place.line_text.len() <= EXCERPT_BYTES_MAX && place.line_start < place.line_text.len());
    }
}
