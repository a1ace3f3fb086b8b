//! The form in which `index.json` is written: one entry a line, ascending by id, known members first and in their order,
//! unknown ones behind them with their text as it was.

use super::registry::{ENTRY, TOP};
use crate::envelope::shape::Object;
use crate::envelope::{Node, Tree};

/// The text of a registry whose tree is current.
#[must_use]
pub fn registry_text(tree: &Tree) -> String {
    let members = ordered(tree.root(), &TOP);
    let lines = members.iter().map(|(key, value)| match key.text().as_deref() {
        Some("assets") => format!("  {}: {}", key.raw(), entries(*value)),
        _ => format!("  {}: {}", key.raw(), value.raw()),
    });
    format!("{{\n{}\n}}\n", lines.collect::<Vec<_>>().join(",\n"))
}

fn entries(list: Node<'_>) -> String {
    let mut entries: Vec<Node<'_>> = list.items().collect();
    // Entries with the same id keep their order: which one stands second decides who gives way.
    entries.sort_by_key(|entry| entry.member("asset_id").and_then(|id| id.raw().parse::<u64>().ok()));
    let line = |entry: &Node<'_>| {
        let members = ordered(*entry, &ENTRY).into_iter().map(|(key, value)| format!("{}:{}", key.raw(), value.raw()));
        format!("    {{{}}}", members.collect::<Vec<_>>().join(","))
    };
    if entries.is_empty() {
        return "[]".to_owned();
    }
    format!("[\n{}\n  ]", entries.iter().map(line).collect::<Vec<_>>().join(",\n"))
}

/// The members of an object: the known ones in their order, then the others in the order of the text.
fn ordered<'t>(object: Node<'t>, known: &Object) -> Vec<(Node<'t>, Node<'t>)> {
    let rank = |key: Node<'t>| known.position(&key.text().unwrap_or_default());
    let mut members: Vec<_> = object.members().collect();
    members.sort_by_key(|(key, _)| rank(*key));
    members
}
