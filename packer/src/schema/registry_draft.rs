//! A registry that is being changed, and the form in which `index.json` is written: one entry a line, ascending by id,
//! known members first, in their order and in plain spelling, unknown ones behind them with their text as it was.

use super::registry::{ENTRY, Entry, TOP};
use crate::diagnostic::is_unprintable;
use crate::digest::{Digest, Hasher};
use crate::envelope::shape::Object;
use crate::envelope::{self, Node, NodeKind, Tree};
use crate::trust::Limits;
use std::borrow::Cow;
use std::fmt;
use uuid::Uuid;

/// The text of a registry whose tree is current.
#[must_use]
pub fn registry_text(tree: &Tree) -> String {
    RegistryDraft::of(tree).text()
}

/// Whether the text of a current tree is what [`registry_text`] makes of it; found without making that.
#[must_use]
pub(super) fn is_canonical(tree: &Tree) -> bool {
    let mut rest = Rest(tree.text());
    RegistryDraft::of(tree).write(&mut rest).is_ok() && rest.0.is_empty()
}

/// What is left of a text of which everything that is written here has to be the beginning.
struct Rest<'t>(&'t str);

impl fmt::Write for Rest<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(text).ok_or(fmt::Error)?;
        Ok(())
    }
}

/// Takes a text piece by piece, of which only the digest and the length are wanted.
#[derive(Default)]
struct Sum {
    hasher: Hasher,
    bytes: usize,
}

impl fmt::Write for Sum {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.hasher.update(text.as_bytes());
        self.bytes += text.len();
        Ok(())
    }
}

/// What stands around an entry or a member at most: a comma, a line feed and the indentation, brackets.
const LAYOUT_BYTES: usize = 8;

/// A registry as text that can be changed entry by entry.
#[derive(Clone, Debug)]
pub struct RegistryDraft<'t> {
    /// [`top_members`].
    members: Vec<(String, String)>,
    entries: Vec<DraftEntry<'t>>,
}

#[derive(Clone, Debug)]
struct DraftEntry<'t> {
    asset_id: Option<u64>,
    /// As it is written; where it stands so in the file, that.
    line: Cow<'t, str>,
}

impl<'t> RegistryDraft<'t> {
    /// The registry of a current tree.
    #[must_use]
    pub fn of(tree: &'t Tree) -> RegistryDraft<'t> {
        let items = tree.root().member("assets").into_iter().flat_map(Node::items);
        let mut entries = Vec::with_capacity(items.count());
        for node in tree.root().member("assets").into_iter().flat_map(Node::items) {
            // By itself: of a large registry that was read only the outline is kept.
            let entry = Tree::known_to_parse(node.raw().to_owned());
            let is_object = node.kind() == NodeKind::Object;
            let line = if is_object { line_of(entry.root()) } else { "{}".to_owned() };
            let line = if line == node.raw() { Cow::Borrowed(node.raw()) } else { Cow::Owned(line) };
            entries.push(DraftEntry { asset_id: is_object.then(|| id_of(entry.root())).flatten(), line });
        }
        RegistryDraft { members: top_members(tree), entries }
    }

    /// The same, apart from the tree.
    #[must_use]
    pub fn into_owned(self) -> RegistryDraft<'static> {
        let owned =
            |entry: DraftEntry<'_>| DraftEntry { asset_id: entry.asset_id, line: entry.line.into_owned().into() };
        RegistryDraft { members: self.members, entries: self.entries.into_iter().map(owned).collect() }
    }

    /// The text of the file.
    #[must_use]
    pub fn text(&self) -> String {
        // Room for all of it at once: growing into that many bytes takes half as many again.
        let bytes = |text: &str| text.len() + LAYOUT_BYTES;
        let members = self.members.iter().map(|(key, value)| bytes(key) + bytes(value));
        let entries = self.entries.iter().map(|entry| bytes(&entry.line));
        let mut text = String::with_capacity(members.chain(entries).sum());
        self.write(&mut text).expect("a string takes everything");
        text
    }

    /// Digest and length in bytes of the text of the file, found without making that.
    #[must_use]
    pub fn sum(&self) -> (Digest, usize) {
        let mut sum = Sum::default();
        self.write(&mut sum).expect("a sum takes everything");
        (sum.hasher.finish(), sum.bytes)
    }

    /// Writes the file: its members, and the lines in the place of the value of `assets`.
    fn write(&self, out: &mut impl fmt::Write) -> fmt::Result {
        let mut entries: Vec<&DraftEntry> = self.entries.iter().collect();
        // Entries with the same id keep their order: which one stands second decides who gives way.
        entries.sort_by_key(|entry| entry.asset_id);
        let mut before = "{";
        for (key, value) in &self.members {
            write!(out, "{before}\n  {key}: {value}")?;
            before = ",";
            if key == "\"assets\"" {
                let mut before = "[";
                for entry in &entries {
                    write!(out, "{before}\n    {}", entry.line)?;
                    before = ",";
                }
                out.write_str(if before == "[" { "[]" } else { "\n  ]" })?;
            }
        }
        out.write_str("\n}\n")
    }

    /// The text of each entry, in the order of the file.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| &*entry.line)
    }

    /// The text of an entry, on one line; `None` when the registry holds no such entry.
    #[must_use]
    pub fn line_of(&self, entry: &Entry) -> Option<String> {
        self.find(entry).map(|at| self.entries[at].line.to_string())
    }

    /// Whether an entry with exactly this text is there.
    #[must_use]
    pub fn holds(&self, line: &str) -> bool {
        self.entries.iter().any(|entry| entry.line == line)
    }

    /// Adds an entry.
    pub fn add(&mut self, line: &str) {
        if let Ok(tree) = envelope::object(line.to_owned(), &Limits::default()) {
            let entry = tree.root();
            self.entries.push(DraftEntry { asset_id: id_of(entry), line: line_of(entry).into() });
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
            let Ok(tree) = envelope::object(entry.line.to_string(), &Limits::default()) else { return false };
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

fn id_of(entry: Node<'_>) -> Option<u64> {
    entry.member("asset_id").and_then(|id| id.raw().parse().ok())
}

fn line_of(entry: Node<'_>) -> String {
    let members = ordered(entry, &ENTRY).into_iter().map(|(key, value)| {
        let (key, value) = written(key, value, &ENTRY);
        format!("{key}:{value}")
    });
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

/// Name and value of each top member, as they are written; of `assets` only the name.
fn top_members(tree: &Tree) -> Vec<(String, String)> {
    let members = ordered(tree.root(), &TOP).into_iter().map(|(key, value)| match key.text().as_deref() {
        Some("assets") => ("\"assets\"".to_owned(), String::new()),
        _ => {
            let (key, value) = written(key, value, &TOP);
            (key.into_owned(), value.into_owned())
        }
    });
    members.collect()
}

/// Name and value of a member as they are written: of a known one in plain spelling, of any other as they were.
pub(super) fn written<'t>(key: Node<'t>, value: Node<'t>, known: &Object) -> (Cow<'t, str>, Cow<'t, str>) {
    match known.knows(&key.text().unwrap_or_default()) {
        true => (plain(key), plain(value)),
        false => (key.raw().into(), value.raw().into()),
    }
}

/// A text without escapes, unless it holds what nobody can see; anything else as it was.
fn plain(node: Node<'_>) -> Cow<'_, str> {
    let text = node.text().filter(|text| node.raw().contains('\\') && !text.chars().any(is_unprintable));
    text.map_or(node.raw().into(), |text| serde_json::Value::from(&*text).to_string().into())
}

/// The members of an object: the known ones in their order, then the others in the order of the text.
pub(super) fn ordered<'t>(object: Node<'t>, known: &Object) -> Vec<(Node<'t>, Node<'t>)> {
    let rank = |key: Node<'t>| known.position(&key.text().unwrap_or_default());
    let mut members: Vec<_> = object.members().collect();
    members.sort_by_key(|(key, _)| rank(*key));
    members
}
