//! Takes single entries out of `doctor.toml`. It belongs to people, so this cuts the bytes of the entry out of their text
//! and touches no other: a writer of TOML would have to be trusted with every comment, line end and blank of the file.

use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// For each entry in a `[[allow]]` of its own the offset at which it is found to stand, and the bytes that go with it: its
/// members, the comments right above and between them, and the blank lines behind it. In order. A text that is no TOML
/// has none, and so has a list in brackets.
#[must_use]
pub fn cuts(text: &str) -> Vec<(usize, Range<usize>)> {
    let Ok(table) = DeTable::parse(text) else { return Vec::new() };
    let Some(entries) = table.get_ref().get("allow").and_then(|list| list.get_ref().as_array()) else {
        return Vec::new();
    };
    let cut = |entry: &toml::Spanned<DeValue<'_>>| {
        let start = entry.span().start;
        let last = entry.get_ref().as_table()?.values().map(|value| value.span().end).max()?;
        text[start..].starts_with("[[").then(|| (start, begin(text, start)..end(text, last)))
    };
    entries.iter().filter_map(cut).collect()
}

/// The start of the first line of the comments that stand right above the line of `at`.
fn begin(text: &str, at: usize) -> usize {
    let start_of_line = |at: usize| text[..at].rfind('\n').map_or(0, |end| end + 1);
    let mut begin = start_of_line(at);
    while begin > 0 {
        let above = start_of_line(begin - 1);
        if !text[above..begin].trim_start().starts_with('#') {
            break;
        }
        begin = above;
    }
    begin
}

/// The end of the line of `at` and of the blank lines below it.
fn end(text: &str, at: usize) -> usize {
    let mut end = at;
    for (count, line) in text[at..].split_inclusive('\n').enumerate() {
        if count > 0 && !line.trim().is_empty() {
            break;
        }
        end += line.len();
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text without its entry `at`.
    fn without(text: &str, at: usize) -> String {
        let (_, cut) = cuts(text)[at].clone();
        format!("{}{}", &text[..cut.start], &text[cut.end..])
    }

    const TEXT: &str = "# What we live with.\nschema_version = 1\n\n# Sources of the atlas.\n[[allow]] # one\ncode = 'a'\n\n# until the release\nreason = \"\"\"\n[[allow]]\n# no comment\n\"\"\" # said\n\n\n# Belongs to the second.\n\n  # So does this.\n  [[allow]]\n  code = 'b'\n# The end.\n";

    #[test]
    fn an_entry_goes_with_what_belongs_to_it_and_nothing_else_changes() {
        assert_eq!(
            without(TEXT, 0),
            "# What we live with.\nschema_version = 1\n\n# Belongs to the second.\n\n  # So does this.\n  [[allow]]\n  code = 'b'\n# The end.\n"
        );
        let kept = TEXT.find("  # So does this.").expect("it is there");
        assert_eq!(without(TEXT, 1), format!("{}# The end.\n", &TEXT[..kept]));
    }

    #[test]
    fn line_ends_stay_as_they_are_and_the_last_one_may_be_missing() {
        let crlf = TEXT.replace('\n', "\r\n");
        let alike = |at| without(TEXT, at).replace('\n', "\r\n");
        assert_eq!((without(&crlf, 0), without(&crlf, 1)), (alike(0), alike(1)));
        assert_eq!(without("[[allow]]\ncode = 'a'", 0), "");
        assert_eq!(without("[[allow]]\ncode = 'a'\n[[allow]]\ncode = 'b'", 1), "[[allow]]\ncode = 'a'\n");
    }

    #[test]
    fn what_has_no_header_of_its_own_is_left_to_people() {
        assert_eq!(cuts("allow = [{ code = 'a' }, { code = 'b' }]"), []);
        assert_eq!(cuts("[[allow]\n"), []);
        assert_eq!(cuts("[[allow]]\n"), [], "an entry without a member is wrong, not unused");
    }
}
