//! Reads the header of an archive: exactly the known members, each of its type. A spelling that is not canonical
//! gets through here and is found by writing the header again. One entry at a time is in memory as a tree.

use super::faults::Faults;
use super::{CODEC, PRELUDE_BYTES, PreloadEntry, TableEntry, bank_word, header, metadata, rules};
use crate::diagnostic::{Code, Diagnostic};
use crate::envelope::{self, Node, NodeKind, Tree};
use crate::schema::registry::ASSET_ID_MAX;
use crate::schema::{BankType, SAFE_INTEGER_MAX, declaration};
use crate::trust::{Limit, Limits};

/// What a header says, with the byte of the file at which each entry stands.
#[derive(Default)]
pub(super) struct Header {
    pub(super) entries: Vec<TableEntry>,
    pub(super) entry_offsets: Vec<u64>,
    pub(super) preload: Vec<PreloadEntry>,
    pub(super) preload_offsets: Vec<u64>,
    /// Whether the entries still have their metadata; those of a large header are let go once they are checked.
    pub(super) has_metadata: bool,
    /// What is wrong with single entries, though they could be read.
    pub(super) late: Vec<Diagnostic>,
}

/// The largest header whose metadata is kept, in bytes. In memory it is some twenty times as large as in the file.
const KEPT_BYTES: usize = 4 * 1024 * 1024;
/// An entry has no more bytes than the declaration that it is made of, what the format adds, and so many for each sample.
const SAMPLE_BYTES: u64 = 96;
const ADDED_BYTES: u64 = 4 * 1024;

/// Reads the header's bytes, one entry after the other; `None` after a finding. Metadata is kept if that is wanted and
/// the header is not too large.
pub(super) fn read(bytes: Vec<u8>, keeps_metadata: bool, limits: &Limits, faults: &mut Faults<'_>) -> Option<Header> {
    let mut limits = limits.clone();
    // A sound bank has one sample an input, and `samples` one member a sample.
    limits.set(Limit::ObjectMembers.name(), limits.get(Limit::ObjectMembers).max(limits.get(Limit::AssetInputs)));
    let tree = outline(bytes, &limits, faults)?;
    let [table, preload] = members(tree.root(), ["asset_table", "preload"], "the header", faults)?;
    for (list, name) in [(table, "asset_table"), (preload, "preload")] {
        if list.kind() != NodeKind::List {
            wrong(list, name, "a list", faults);
            return None;
        }
    }
    let has_metadata = keeps_metadata && tree.text().len() <= KEPT_BYTES;
    let header = Header { has_metadata, ..Header::default() };
    let mut twin = Twin { text: tree.text().as_bytes(), at: 0, differs: None };
    let header = read_lists([table, preload], header, &limits, &mut twin, faults).filter(|_| !faults.any())?;
    if let Some(at) = twin.differs.or((twin.at < twin.text.len()).then_some(twin.at)) {
        let message = "the header is not in canonical form (RFC 8785) from here on: spaces, order of members, \
                       escapes or numbers are written another way";
        faults.note(Code::ArchiveHeaderNotCanonical, (PRELUDE_BYTES + at) as u64, message);
    }
    Some(header)
}

/// The two lists with where each of their items stands. All of the text is checked, the items' inside is not kept.
fn outline(bytes: Vec<u8>, limits: &Limits, faults: &mut Faults<'_>) -> Option<Tree> {
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = PRELUDE_BYTES + error.utf8_error().valid_up_to();
            faults.note(Code::ArchiveHeaderInvalid, at as u64, "the header is not UTF-8 from here on");
            return None;
        }
    };
    // Names and values of a few members, and no more items than there may be assets.
    let values = limits.size(Limit::RegisteredAssets).saturating_mul(2).saturating_add(64);
    let tree = envelope::outline(text, ITEMS, values, limits);
    tree.map_err(|fault| note_json(&fault, faults)).ok()
}

/// The level of the lists' items: the header is level 0, its lists are level 1.
const ITEMS: usize = 2;

fn note_json(fault: &Diagnostic, faults: &mut Faults<'_>) {
    let at = PRELUDE_BYTES as u64 + fault.place.as_ref().map_or(0, |place| place.span.offset);
    let message = format!("the header cannot be read as a JSON object: {}", fault.message);
    faults.note(Code::ArchiveHeaderInvalid, at, message);
}

fn read_lists(
    [table, preload]: [Node<'_>; 2],
    mut header: Header,
    limits: &Limits,
    twin: &mut Twin<'_>,
    faults: &mut Faults<'_>,
) -> Option<Header> {
    let mut late = Vec::new();
    let mut second = faults.beside(&mut late);
    // Every item stands in the text; growing into them takes half as much again.
    let count = table.items().count();
    header.entries.reserve_exact(count);
    header.entry_offsets.reserve_exact(count);
    twin.compare("{\"asset_table\":");
    let mut before = "[";
    for item in table.items() {
        let what = "an entry of the asset table";
        if let Some((tree, at)) = item_tree(item, what, limits, faults)
            && let Some(mut entry) = read_entry(tree.root(), limits, faults)
        {
            twin.compare(before);
            twin.compare(&header::entry_json(&entry));
            rules::check_entry(&entry, at, &mut second);
            if !header.has_metadata {
                entry.metadata = serde_json::Map::new();
            }
            header.entries.push(entry);
            header.entry_offsets.push(at);
        }
        before = ",";
        if faults.is_full() {
            return None;
        }
    }
    twin.compare(if before == "[" { "[],\"preload\":" } else { "],\"preload\":" });
    before = "[";
    for item in preload.items() {
        if let Some((tree, at)) = item_tree(item, "an entry of the preload list", limits, faults)
            && let Some(entry) = read_preload(tree.root(), faults)
        {
            twin.compare(before);
            twin.compare(&header::preload_json(entry));
            header.preload.push(entry);
            header.preload_offsets.push(at);
        }
        before = ",";
        if faults.is_full() {
            return None;
        }
    }
    twin.compare(if before == "[" { "[]}" } else { "]}" });
    faults.base = 0;
    header.late = late;
    Some(header)
}

/// One item of a list as a tree of its own, and where it stands in the file. Findings about it count from there.
fn item_tree(item: Node<'_>, what: &str, limits: &Limits, faults: &mut Faults<'_>) -> Option<(Tree, u64)> {
    faults.base = 0;
    if item.kind() != NodeKind::Object {
        wrong(item, what, "an object", faults);
        return None;
    }
    let most = limits.get(Limit::AssetInputs).saturating_mul(SAMPLE_BYTES);
    let most = most.saturating_add(limits.get(Limit::DeclarationBytes)).saturating_add(ADDED_BYTES);
    if item.raw().len() as u64 > most {
        let message = format!("{what} has more than {most} bytes, which no declaration could ask for");
        faults.note_node(Code::ArchiveHeaderInvalid, item, message);
        return None;
    }
    let at = faults.offset_of(item);
    let tree = envelope::object(item.raw().to_owned(), limits).map_err(|fault| note_json(&fault, faults)).ok()?;
    faults.base = at - PRELUDE_BYTES as u64;
    Some((tree, at))
}

fn read_entry(node: Node<'_>, limits: &Limits, faults: &mut Faults<'_>) -> Option<TableEntry> {
    let names = ["asset_id", "asset_name", "bank_type", "codec", "decoded_size", "metadata", "offset", "size"];
    let [id, name, bank, codec, decoded, metadata, offset, size] =
        members(node, names, "an entry of the asset table", faults)?;
    let asset_id = read_id(id, faults)?;
    let asset_name = name.text().filter(|text| declaration::is_name(text));
    if asset_name.is_none() {
        wrong(name, "asset_name", "1 to 64 of `a-z`, `0-9`, `_` and `-`, starting with a letter", faults);
    }
    let word = bank.text();
    let banks = [BankType::Glyph, BankType::Sound];
    let bank_type = banks.into_iter().find(|known| word.as_deref() == Some(bank_word(*known)));
    if bank_type.is_none() {
        wrong(bank, "bank_type", "`GLYPH` or `SOUNDS`", faults);
    }
    if codec.text().as_deref() != Some(CODEC) {
        wrong(codec, "codec", "`NONE`", faults);
    }
    let mut bytes = |node, name| read_integer(node, name, 0, SAFE_INTEGER_MAX.unsigned_abs(), faults);
    let (decoded_bytes, offset, bytes) = (bytes(decoded, "decoded_size"), bytes(offset, "offset"), bytes(size, "size"));
    let bank = bank_type?;
    Some(TableEntry {
        asset_id,
        asset_name: asset_name?.into(),
        bank,
        offset: offset?,
        bytes: bytes?,
        decoded_bytes: decoded_bytes?,
        metadata: metadata::read(metadata, bank, limits, faults)?,
    })
}

fn read_preload(node: Node<'_>, faults: &mut Faults<'_>) -> Option<PreloadEntry> {
    let [id, slot] = members(node, ["asset_id", "slot"], "an entry of the preload list", faults)?;
    let asset_id = read_id(id, faults);
    let slot = read_integer(slot, "slot", 0, u64::from(u32::MAX), faults);
    Some(PreloadEntry { asset_id: asset_id?, slot: u32::try_from(slot?).ok()? })
}

fn read_id(node: Node<'_>, faults: &mut Faults<'_>) -> Option<u32> {
    let id = read_integer(node, "asset_id", 1, u64::from(ASSET_ID_MAX), faults);
    id.and_then(|id| u32::try_from(id).ok())
}

fn read_integer(node: Node<'_>, name: &str, low: u64, high: u64, faults: &mut Faults<'_>) -> Option<u64> {
    let value = integer(node).and_then(|value| u64::try_from(value).ok());
    let value = value.filter(|value| (low..=high).contains(value));
    if value.is_none() {
        wrong(node, name, &format!("an integer from {low} to {high}"), faults);
    }
    value
}

/// The integer within ±(2^53 - 1) that a number means, in whatever way it is written.
pub(super) fn integer(node: Node<'_>) -> Option<i64> {
    if node.kind() != NodeKind::Number {
        return None;
    }
    let value = node.raw().parse::<f64>().ok()?;
    // Every such integer is exact as f64; what lies beyond, or between two integers, is refused.
    (value.fract() == 0.0 && value.abs() <= SAFE_INTEGER_MAX as f64).then_some(value as i64)
}

/// The values of an object that has these members and no others.
fn members<'t, const N: usize>(
    object: Node<'t>,
    names: [&str; N],
    what: &str,
    faults: &mut Faults<'_>,
) -> Option<[Node<'t>; N]> {
    if object.kind() != NodeKind::Object {
        wrong(object, what, "an object", faults);
        return None;
    }
    let (mut values, mut seen) = ([object; N], [false; N]);
    for (key, value) in object.members() {
        let name = key.text().unwrap_or_default();
        let Some(at) = names.iter().position(|known| *known == name) else {
            faults.note_node(Code::ArchiveHeaderInvalid, key, format!("`{name}` is no member of {what}"));
            return None;
        };
        (values[at], seen[at]) = (value, true);
    }
    if let Some(at) = seen.iter().position(|seen| !seen) {
        faults.note_node(Code::ArchiveHeaderInvalid, object, format!("{what} has no `{}`", names[at]));
        return None;
    }
    Some(values)
}

fn wrong(node: Node<'_>, name: &str, wanted: &str, faults: &mut Faults<'_>) {
    let message = format!("in the header, {name} is {}, not {wanted}", node.excerpt());
    faults.note_node(Code::ArchiveHeaderInvalid, node, message);
}

/// Compares a text with what it should be, piece by piece, and remembers the first byte that differs.
struct Twin<'t> {
    text: &'t [u8],
    at: usize,
    differs: Option<usize>,
}

impl Twin<'_> {
    fn compare(&mut self, text: &str) {
        if self.differs.is_none() {
            let (bytes, rest) = (text.as_bytes(), &self.text[self.at..]);
            let same = bytes.iter().zip(rest).take_while(|(a, b)| a == b).count();
            self.at += same;
            self.differs = (same < bytes.len()).then_some(self.at);
        }
    }
}
