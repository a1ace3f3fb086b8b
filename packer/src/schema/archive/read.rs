//! Reads the header of an archive: exactly the known members, each of its type. A spelling that is not canonical
//! gets through here and is found by writing the header again.

use super::faults::{Faults, offset_of};
use super::{CODEC, PRELUDE_BYTES, PreloadEntry, TableEntry, bank_word, header, metadata};
use crate::diagnostic::Code;
use crate::envelope::{self, Node, NodeKind, Tree};
use crate::schema::registry::ASSET_ID_MAX;
use crate::schema::{BankType, SAFE_INTEGER_MAX, declaration};
use crate::trust::{Limit, Limits};
use std::io::{self, Write};

/// What a header says, with the byte of the file at which each entry stands.
#[derive(Default)]
pub(super) struct Header {
    pub(super) entries: Vec<TableEntry>,
    pub(super) entry_offsets: Vec<u64>,
    pub(super) preload: Vec<PreloadEntry>,
    pub(super) preload_offsets: Vec<u64>,
}

/// Reads the header's bytes; `None` after a finding.
pub(super) fn read(bytes: Vec<u8>, limits: &Limits, faults: &mut Faults<'_>) -> Option<Header> {
    let tree = parse(bytes, limits, faults)?;
    let header = read_lists(&tree, limits, faults).filter(|_| !faults.any())?;
    let mut twin = Twin { text: tree.text().as_bytes(), at: 0, differs: None };
    header::write(&header.entries, &header.preload, &mut twin).expect("comparing never fails");
    if let Some(at) = twin.differs.or((twin.at < twin.text.len()).then_some(twin.at)) {
        let message = "the header is not in canonical form (RFC 8785) from here on: spaces, order of members, \
                       escapes or numbers are written another way";
        faults.note(Code::ArchiveHeaderNotCanonical, (PRELUDE_BYTES + at) as u64, message);
    }
    Some(header)
}

fn parse(bytes: Vec<u8>, limits: &Limits, faults: &mut Faults<'_>) -> Option<Tree> {
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = PRELUDE_BYTES + error.utf8_error().valid_up_to();
            faults.note(Code::ArchiveHeaderInvalid, at as u64, "the header is not UTF-8 from here on");
            return None;
        }
    };
    // A sound bank has one sample an input, and `samples` one member a sample.
    let mut limits = limits.clone();
    limits.set(Limit::ObjectMembers.name(), limits.get(Limit::ObjectMembers).max(limits.get(Limit::AssetInputs)));
    let tree = envelope::object(text, &limits);
    tree.map_err(|fault| {
        let at = PRELUDE_BYTES as u64 + fault.place.map_or(0, |place| place.span.offset);
        let message = format!("the header cannot be read as a JSON object: {}", fault.message);
        faults.note(Code::ArchiveHeaderInvalid, at, message);
    })
    .ok()
}

fn read_lists(tree: &Tree, limits: &Limits, faults: &mut Faults<'_>) -> Option<Header> {
    let [table, preload] = members(tree.root(), ["asset_table", "preload"], "the header", faults)?;
    for (list, name) in [(table, "asset_table"), (preload, "preload")] {
        if list.kind() != NodeKind::List {
            wrong(list, name, "a list", faults);
            return None;
        }
    }
    let mut header = Header::default();
    for node in table.items() {
        if faults.is_full() {
            return None;
        }
        if let Some(entry) = read_entry(node, limits, faults) {
            header.entries.push(entry);
            header.entry_offsets.push(offset_of(node));
        }
    }
    for node in preload.items() {
        if faults.is_full() {
            return None;
        }
        if let Some(entry) = read_preload(node, faults) {
            header.preload.push(entry);
            header.preload_offsets.push(offset_of(node));
        }
    }
    Some(header)
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
        asset_name: asset_name?.into_owned(),
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

/// Compares what is written to it with a text and remembers the first byte that differs.
struct Twin<'t> {
    text: &'t [u8],
    at: usize,
    differs: Option<usize>,
}

impl Write for Twin<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.differs.is_none() {
            let rest = &self.text[self.at..];
            let same = bytes.iter().zip(rest).take_while(|(a, b)| a == b).count();
            self.at += same;
            self.differs = (same < bytes.len()).then_some(self.at);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
