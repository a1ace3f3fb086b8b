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
