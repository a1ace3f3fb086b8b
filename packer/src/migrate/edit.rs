//! Edits to the text of a control file: a value replaced, a member added. Every other byte stays as it is.

use crate::envelope::{Node, Tree};
use std::ops::Range;

/// New text for a byte range of a file; an empty range inserts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced.
    pub range: Range<usize>,
    /// What stands there afterwards.
    pub text: String,
}

/// Puts `json` in the place of a value.
pub(crate) fn replace(value: Node<'_>, json: impl Into<String>) -> Edit {
    Edit { range: value.range(), text: json.into() }
}

/// How far back a line's start is looked for.
const INDENT_BYTES_MAX: usize = 256;

/// Adds a member behind the member `after`, laid out like it: on a line of its own where that one has one.
pub(crate) fn add_after(tree: &Tree, (key, value): (Node<'_>, Node<'_>), name: &str, json: &str) -> Edit {
    let text = tree.text();
    let colon = &text[key.range().end..value.range().start];
    // Nobody indents deeper; and a text on one line is not searched from every member to its start.
    let nearby = key.range().start.saturating_sub(INDENT_BYTES_MAX);
    let before = &text.as_bytes()[nearby..key.range().start];
    let line = before.iter().rposition(|&b| b == b'\n').map_or(0, |at| nearby + at + 1);
    let indent = if line > 0 { &text[line..key.range().start] } else { "" };
    let own_line = line > 0 && indent.bytes().all(|b| b == b' ' || b == b'\t');
    let gap = match own_line {
        true if text[..line].ends_with("\r\n") => format!("\r\n{indent}"),
        true => format!("\n{indent}"),
        false if colon.ends_with(' ') => " ".to_owned(),
        false => String::new(),
    };
    let end = value.range().end;
    Edit { range: end..end, text: format!(",{gap}\"{name}\"{colon}{json}") }
}

/// The tree after the edits, which must not overlap.
pub(super) fn apply(tree: Tree, mut edits: Vec<Edit>) -> Tree {
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let edits: Vec<_> = edits.into_iter().map(|edit| (edit.range, edit.text)).collect();
    tree.edited(&edits)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::{Tree, add_after, apply};

    /// The text with a member `b` of the value `2` behind `a`.
    fn added(text: &str) -> String {
        let tree = Tree::known_to_parse(text.to_owned());
        let behind = tree.root().members().next().unwrap();
        let edit = add_after(&tree, behind, "b", "2");
        apply(tree, vec![edit]).into_text()
    }

    #[test]
    fn a_new_member_is_laid_out_like_the_one_before_it() {
        assert_eq!(added("{\"a\":1}"), "{\"a\":1,\"b\":2}");
        assert_eq!(added("{\"a\" : 1}"), "{\"a\" : 1, \"b\" : 2}");
        assert_eq!(added("{\n  \"a\": 1\n}\n"), "{\n  \"a\": 1,\n  \"b\": 2\n}\n");
        assert_eq!(added("{\n\t\"a\":1, \"c\":3\n}"), "{\n\t\"a\":1,\n\t\"b\":2, \"c\":3\n}");
        assert_eq!(added("{\n\"a\":1\n}"), "{\n\"a\":1,\n\"b\":2\n}");
        assert_eq!(added("{\r\n  \"a\": 1\r\n}"), "{\r\n  \"a\": 1,\r\n  \"b\": 2\r\n}");
        // It does not begin its line, so the new one does not either.
        assert_eq!(added("\n{ \"a\": 1}"), "\n{ \"a\": 1, \"b\": 2}");
    }

    #[test]
    fn a_line_that_is_indented_beyond_reason_is_not_copied() {
        let text = format!("{{\n{}\"a\":1}}", " ".repeat(300));
        assert_eq!(added(&text), format!("{{\n{}\"a\":1,\"b\":2}}", " ".repeat(300)));
    }
}
