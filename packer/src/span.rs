//! Where in a text something stands. A span is made from a byte offset and the text it points into;
//! it never owns the text.

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
    pub line_text: String,
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
    let start = start.min(text.len());
    let end = end.clamp(start, text.len());
    let line_begin = text[..start].iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
    let line_end = text[start..].iter().position(|&b| b == b'\n').map_or(text.len(), |at| start + at);
    let line = 1 + text[..start].iter().filter(|&&b| b == b'\n').count();
    let column = 1 + String::from_utf8_lossy(&text[line_begin..start]).chars().count();
    let (line_text, line_start) = excerpt(&text[line_begin..line_end], start - line_begin);
    Place {
        span: Span {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
            offset: start as u64,
            length: (end - start) as u64,
        },
        line_text,
        line_start,
    }
}

fn excerpt(line: &[u8], at: usize) -> (String, usize) {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let at = at.min(line.len());
    let from = if line.len() <= EXCERPT_BYTES_MAX { 0 } else { at.saturating_sub(EXCERPT_BYTES_MAX / 2) };
    let to = line.len().min(from + EXCERPT_BYTES_MAX);
    let before = String::from_utf8_lossy(&line[from..at]).into_owned();
    let start = before.len();
    (before + &String::from_utf8_lossy(&line[at..to.max(at)]), start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_in_bytes_and_columns_in_characters() {
        let text = "{\n  \"ä\": 1\n}".as_bytes();
        let place = locate(text, 10, 11);
        assert_eq!(place.span, Span { line: 2, column: 8, offset: 10, length: 1 });
        assert_eq!(place.line_text, "  \"ä\": 1");
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
    fn cuts_long_lines_around_the_place() {
        let text = vec![b'a'; 100_000];
        let place = locate(&text, 50_000, 50_001);
        assert!(place.line_text.len() <= EXCERPT_BYTES_MAX && place.line_start < place.line_text.len());
    }
}
