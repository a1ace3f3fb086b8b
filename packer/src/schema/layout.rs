//! The form in which a new or tidied `asset.json` is written: known members first and in their order, one a line,
//! indented by two spaces. Every value and every unknown member keeps its text.

use super::declaration;
use super::registry_draft::ordered;
use crate::envelope::shape::{Object, Value};
use crate::envelope::{Node, NodeKind, Tree};
use crate::migrate::edit;

/// An object that nobody knows the members of.
static UNKNOWN: Object = Object::open(&[]);

/// The canonical text of a declaration whose tree is current. A list or object that stands on one line stays there, so
/// that `{ "enabled": true }` and a list of a hundred files may both look as they are read best.
#[must_use]
pub fn declaration_text(tree: &Tree) -> String {
    let mut text = String::with_capacity(tree.text().len() + 64);
    container(tree.root(), &declaration::TOP, 0, true, &mut text);
    text.push('\n');
    text
}

/// The text of a declaration with one known member set: changed where it is there, else added where it belongs. Every
/// other byte stays.
#[must_use]
pub fn declaration_with(tree: &Tree, name: &str, json: &str) -> String {
    let (top, known) = (tree.root(), &declaration::TOP);
    let rank = |key: Node<'_>| known.position(&key.text().unwrap_or_default());
    let edit = match top.member(name) {
        Some(value) => edit::replace(value, json),
        None => {
            let before = top.members().filter(|(key, _)| rank(*key) < known.position(name));
            let before = before.max_by_key(|(key, _)| rank(*key)).expect("a declaration that was opened has a version");
            edit::add_after(tree, before, name, json)
        }
    };
    let (text, range) = (tree.text(), edit.range);
    format!("{}{}{}", &text[..range.start], edit.text, &text[range.end..])
}

/// Writes a list or an object, one item a line where it is `open`.
fn container(node: Node<'_>, known: &Object, level: usize, open: bool, out: &mut String) {
    let is_object = node.kind() == NodeKind::Object;
    let items: Vec<_> = match is_object {
        true => ordered(node, known).into_iter().map(|(key, value)| (Some(key), value)).collect(),
        false => node.items().map(|value| (None, value)).collect(),
    };
    let (start, end) = if is_object { ('{', '}') } else { ('[', ']') };
    out.push(start);
    for (at, (key, item)) in items.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        match open {
            true => new_line(level + 1, out),
            false if at > 0 || is_object => out.push(' '),
            false => {}
        }
        let name = key.and_then(Node::text).unwrap_or_default();
        if let Some(key) = key {
            // A known name may be spelled with escapes.
            match known.knows(&name) {
                true => out.extend(["\"", &*name, "\": "]),
                false => out.extend([key.raw(), ": "]),
            }
        }
        let inside = known.members.iter().find(|member| member.name == name);
        let inside = match inside.map(|member| &member.value) {
            Some(Value::Object(inside)) => inside,
            _ => &UNKNOWN,
        };
        value(*item, inside, level + 1, open, out);
    }
    match open {
        _ if items.is_empty() => {}
        true => new_line(level, out),
        false if is_object => out.push(' '),
        false => {}
    }
    out.push(end);
}

fn value(node: Node<'_>, known: &Object, level: usize, may_open: bool, out: &mut String) {
    match node.kind() {
        NodeKind::List | NodeKind::Object => {
            // A text of JSON holds no line break inside a string.
            let open = may_open && node.raw().contains(['\n', '\r']);
            container(node, known, level, open, out);
        }
        _ => out.push_str(node.raw()),
    }
}

fn new_line(level: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", level));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::envelope::object;
    use crate::trust::Limits;
    use expect_test::{Expect, expect};

    fn check(text: &str, expected: Expect) {
        let tidy = |text: &str| declaration_text(&object(text.to_owned(), &Limits::default()).unwrap());
        let tidied = tidy(text);
        expected.assert_eq(&tidied);
        assert_eq!(tidy(&tidied), tidied, "twice is once");
    }

    #[test]
    fn known_members_come_first_and_each_stands_on_its_line() {
        check(
            "{\"x\":1.50,\"y\\u0079\":-0,\"na\\u006de\":\"\\u0061\",\"build\":{\"note\":0,\"alpha_threshold\":9},\"type\":\"sound_bank\",\"schema_version\":3}",
            expect![[r#"
                {
                  "schema_version": 3,
                  "name": "\u0061",
                  "type": "sound_bank",
                  "build": { "alpha_threshold": 9, "note": 0 },
                  "x": 1.50,
                  "y\u0079": -0
                }
            "#]],
        );
    }

    #[test]
    fn what_stood_on_one_line_stays_there_and_what_was_open_stays_open() {
        check(
            "{\r\n\t\"preload\" : {},\"inputs\":{\n\"sprites\":[ \"a.png\",\"b.png\" ],\"palettes\":[\n\"a.gpl\"],\"z\":[\n]}}",
            expect![[r#"
                {
                  "inputs": {
                    "sprites": ["a.png", "b.png"],
                    "palettes": [
                      "a.gpl"
                    ],
                    "z": []
                  },
                  "preload": {}
                }
            "#]],
        );
    }
}
