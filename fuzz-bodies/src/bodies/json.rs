//! The strict reader of JSON against serde_json: what it accepts means the same there, and it refuses as no JSON only
//! what is none.

use crate::project::opened;
use prometeu_packer::diagnostic::Code;
use prometeu_packer::envelope::{self, Artifact, Node, NodeKind, Windows};
use prometeu_packer::trust::{Limit, Limits, admit};
use serde_json::{Map, Value};

pub(crate) fn body(data: &[u8]) {
    compare(data);
    // Most of what a fuzzer makes is no object with a version; as a member it is looked at all the same.
    compare(&[b"{\"schema_version\":3,\"x\":", data, b"}"].concat());
}

fn compare(text: &[u8]) {
    let limits = Limits::default();
    let admitted = admit(opened("assets/a/asset.json", text), Limit::DeclarationBytes, &limits);
    let Ok(admitted) = admitted else { return };
    match envelope::open(admitted, Artifact::Declaration, &Windows::default()) {
        Ok(opened) => {
            let there: Value = match serde_json::from_slice(text) {
                Ok(value) => value,
                // Its numbers are bounded, those of JSON are not.
                Err(error) => return assert!(error.to_string().starts_with("number out of range"), "{error}"),
            };
            let root = opened.tree().root();
            assert_eq!(value(root), there);
            assert_eq!(root.range(), bounds(text));
        }
        Err(finding) if finding.code == Code::JsonSyntax => {
            assert!(serde_json::from_slice::<Value>(text).is_err(), "JSON is refused: {finding:?}");
        }
        Err(finding) => {
            assert!(matches!(finding.code.family(), "json" | "file" | "version"), "{finding:?}");
            if finding.code.family() != "version" {
                let place = finding.place.as_ref().expect("every one carries line, column and offset");
                assert!(usize::try_from(place.span.offset).is_ok_and(|at| at <= text.len()), "{finding:?}");
            }
        }
    }
}

/// The text without the space around it.
fn bounds(text: &[u8]) -> std::ops::Range<usize> {
    let is_space = |b: &u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r');
    let start = text.iter().take_while(|b| is_space(b)).count();
    start..text.len() - text.iter().rev().take_while(|b| is_space(b)).count()
}

fn value(node: Node<'_>) -> Value {
    match node.kind() {
        NodeKind::Object => {
            let members = node.members().map(|(key, item)| (key.text().expect("a key").into_owned(), value(item)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        NodeKind::List => Value::Array(node.items().map(value).collect()),
        NodeKind::String => Value::String(node.text().expect("a string").into_owned()),
        NodeKind::Number => serde_json::from_str(node.raw()).expect("the whole text was read by the same reader"),
        NodeKind::Bool => Value::Bool(node.bool().expect("a boolean")),
        NodeKind::Null => Value::Null,
    }
}
