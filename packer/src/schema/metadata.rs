//! Runtime-facing metadata: plain JSON without what runtimes disagree on.

use super::reader::{Reader, exact_integer};
use crate::diagnostic::Code;
use crate::envelope::{Node, NodeKind};
use crate::trust::{Limit, Limits};
use serde_json::{Map, Value};

/// Reads `output.metadata`; `None` after a finding.
pub(super) fn read(reader: &mut Reader<'_>, node: Node<'_>, limits: &Limits) -> Option<Map<String, Value>> {
    let before = reader.findings.len();
    let value = walk(reader, node, limits, 1);
    match value {
        Value::Object(map) if reader.findings.len() == before => Some(map),
        _ => None,
    }
}

fn walk(reader: &mut Reader<'_>, node: Node<'_>, limits: &Limits, level: usize) -> Value {
    let levels = limits.size(Limit::MetadataLevels);
    if level > levels && matches!(node.kind(), NodeKind::Object | NodeKind::List) {
        refuse(reader, node, &format!("metadata is nested more than {levels} levels deep"));
        return Value::Null;
    }
    match node.kind() {
        NodeKind::Null => {
            refuse(reader, node, "metadata holds `null`");
            Value::Null
        }
        NodeKind::Number => match exact_integer(node.raw()) {
            Some(value) => Value::from(value),
            None => {
                refuse(
                    reader,
                    node,
                    &format!("metadata holds {}, which is no integer within ±(2^53 - 1)", node.excerpt()),
                );
                Value::Null
            }
        },
        NodeKind::Bool | NodeKind::String => value_of(node),
        NodeKind::List => node.items().map(|item| walk(reader, item, limits, level + 1)).collect(),
        NodeKind::Object => {
            let most = limits.size(Limit::MetadataMembers);
            if node.members().count() > most {
                refuse(reader, node, &format!("an object in the metadata has more than {most} members"));
                return Value::Null;
            }
            let member = |(key, value): (Node<'_>, Node<'_>)| {
                (key.text().unwrap_or_default().into_owned(), walk(reader, value, limits, level + 1))
            };
            Value::Object(node.members().map(member).collect())
        }
    }
}

fn refuse(reader: &mut Reader<'_>, node: Node<'_>, message: &str) {
    let help = "metadata may hold integers, strings, booleans, lists and objects";
    reader.say(Code::DeclarationMetadataInvalid, node, message, help);
}

/// A node as a plain value, for showing. A number that a plain value would spell otherwise is shown as its text.
#[must_use]
pub fn value_of(node: Node<'_>) -> Value {
    match node.kind() {
        NodeKind::Null => Value::Null,
        NodeKind::Bool => Value::Bool(node.bool() == Some(true)),
        NodeKind::String => Value::String(node.text().unwrap_or_default().into_owned()),
        NodeKind::Number => match serde_json::from_str::<Value>(node.raw()) {
            Ok(value) if serde_json::to_string(&value).is_ok_and(|text| text == node.raw()) => value,
            _ => Value::String(node.raw().to_owned()),
        },
        NodeKind::List => node.items().map(value_of).collect(),
        NodeKind::Object => {
            let member =
                |(key, value): (Node<'_>, Node<'_>)| (key.text().unwrap_or_default().into_owned(), value_of(value));
            Value::Object(node.members().map(member).collect())
        }
    }
}
