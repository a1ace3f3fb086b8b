//! A registry that is being changed, and the form in which `index.json` is written: one entry a line, ascending by id,
//! known members first and in their order, unknown ones behind them with their text as it was.

use super::registry::{ENTRY, Entry, TOP};
use crate::envelope::shape::Object;
use crate::envelope::{self, Node, Tree};
use crate::trust::Limits;
use uuid::Uuid;

/// The text of a registry whose tree is current.
#[must_use]
pub fn registry_text(tree: &Tree) -> String {
    RegistryDraft::of(tree).text()
}

/// A registry as text that can be changed entry by entry.
#[derive(Clone, Debug)]
pub struct RegistryDraft {
    /// Name and value of each top member, as written; of `assets` only the name.
    members: Vec<(String, String)>,
    entries: Vec<DraftEntry>,
}

#[derive(Clone, Debug)]
struct DraftEntry {
    asset_id: Option<u64>,
    line: String,
}

impl RegistryDraft {
    /// The registry of a current tree.
    #[must_use]
    pub fn of(tree: &Tree) -> RegistryDraft {
        let members = ordered(tree.root(), &TOP).into_iter().map(|(key, value)| {
            let known = TOP.members.iter().map(|member| member.name).find(|name| key.text().as_deref() == Some(name));
            let name = known.map_or_else(|| key.raw().to_owned(), |name| format!("\"{name}\""));
            (name, if known == Some("assets") { String::new() } else { value.raw().to_owned() })
        });
        let entries = tree.root().member("assets").into_iter().flat_map(Node::items);
        RegistryDraft { members: members.collect(), entries: entries.map(draft_entry).collect() }
    }

    /// The text of the file.
    #[must_use]
    pub fn text(&self) -> String {
        let lines = self.members.iter().map(|(key, value)| match key.as_str() {
            "\"assets\"" => format!("  {key}: {}", self.list()),
            _ => format!("  {key}: {value}"),
        });
        format!("{{\n{}\n}}\n", lines.collect::<Vec<_>>().join(",\n"))
    }

    fn list(&self) -> String {
        let mut entries: Vec<&DraftEntry> = self.entries.iter().collect();
        // Entries with the same id keep their order: which one stands second decides who gives way.
        entries.sort_by_key(|entry| entry.asset_id);
        if entries.is_empty() {
            return "[]".to_owned();
        }
        let lines: Vec<String> = entries.iter().map(|entry| format!("    {}", entry.line)).collect();
        format!("[\n{}\n  ]", lines.join(",\n"))
    }

    /// The text of each entry, in the order of the file.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.line.as_str())
    }

    /// The text of an entry, on one line; `None` when the registry holds no such entry.
    #[must_use]
    pub fn line_of(&self, entry: &Entry) -> Option<String> {
        self.find(entry).map(|at| self.entries[at].line.clone())
    }

    /// Whether an entry with exactly this text is there.
    #[must_use]
    pub fn holds(&self, line: &str) -> bool {
        self.entries.iter().any(|entry| entry.line == line)
    }

    /// Adds an entry.
    pub fn add(&mut self, line: &str) {
        if let Ok(tree) = envelope::object(line.to_owned(), &Limits::default()) {
            self.entries.push(draft_entry(tree.root()));
        }
    }

    /// Takes the entry with exactly this text out; of several the last.
    pub fn remove(&mut self, line: &str) {
        if let Some(at) = self.entries.iter().rposition(|entry| entry.line == line) {
            self.entries.remove(at);
        }
    }

    /// Puts `json` in the place of the value of `next_asset_id`.
    pub fn set_next(&mut self, next: u64) {
        for (key, value) in &mut self.members {
            if key == "\"next_asset_id\"" {
                *value = next.to_string();
            }
        }
    }

    fn find(&self, wanted: &Entry) -> Option<usize> {
        let uuid = wanted.asset_uuid.to_string();
        let is_it = |entry: &DraftEntry| {
            if entry.asset_id != Some(wanted.asset_id.into()) || !entry.line.contains(&uuid) {
                return false;
            }
            let Ok(tree) = envelope::object(entry.line.clone(), &Limits::default()) else { return false };
            let text = |name: &str| tree.root().member(name).and_then(|node| node.text().map(|text| text.into_owned()));
            text("asset_uuid").as_deref() == Some(&uuid) && text("root").as_deref() == Some(&wanted.root)
        };
        self.entries.iter().rposition(is_it)
    }
}

/// The text of a new entry.
#[must_use]
pub fn entry_line(asset_id: u32, asset_uuid: &str, included_in_build: bool, root: &str) -> String {
    let (uuid, root) = (serde_json::Value::from(asset_uuid), serde_json::Value::from(root));
    format!(
        "{{\"asset_id\":{asset_id},\"asset_uuid\":{uuid},\"included_in_build\":{included_in_build},\"root\":{root}}}"
    )
}

/// The text of an entry with one of its members changed.
#[must_use]
pub fn with_member(line: &str, name: &str, json: &str) -> String {
    let Ok(tree) = envelope::object(line.to_owned(), &Limits::default()) else { return line.to_owned() };
    match tree.root().member(name).map(Node::range) {
        Some(range) => format!("{}{json}{}", &line[..range.start], &line[range.end..]),
        None => line.to_owned(),
    }
}

/// Id, uuid and root of an entry's text; `None` when it is none.
#[must_use]
pub fn identity_of(line: &str) -> Option<(u32, Uuid, String)> {
    let tree = envelope::object(line.to_owned(), &Limits::default()).ok()?;
    let member = |name: &str| tree.root().member(name);
    let id = member("asset_id")?.raw().parse().ok()?;
    let uuid = Uuid::parse_str(&member("asset_uuid")?.text()?).ok()?;
    Some((id, uuid, member("root")?.text()?.into_owned()))
}

fn draft_entry(node: Node<'_>) -> DraftEntry {
    let members = ordered(node, &ENTRY).into_iter().map(|(key, value)| format!("{}:{}", key.raw(), value.raw()));
    let line = format!("{{{}}}", members.collect::<Vec<_>>().join(","));
    DraftEntry { asset_id: node.member("asset_id").and_then(|id| id.raw().parse().ok()), line }
}

/// The members of an object: the known ones in their order, then the others in the order of the text.
pub(super) fn ordered<'t>(object: Node<'t>, known: &Object) -> Vec<(Node<'t>, Node<'t>)> {
    let rank = |key: Node<'t>| known.position(&key.text().unwrap_or_default());
    let mut members: Vec<_> = object.members().collect();
    members.sort_by_key(|(key, _)| rank(*key));
    members
}
