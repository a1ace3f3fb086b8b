//! The metadata of one table entry: the values that may stand there, and what each bank type must say.

use super::TableEntry;
use super::faults::Faults;
use super::read::integer;
use crate::diagnostic::Code;
use crate::envelope::{Node, NodeKind};
use crate::schema::BankType;
use crate::schema::declaration::TILE_SIZES;
use crate::trust::{Limit, Limits};
use serde_json::{Map, Value};

/// So many members does a format add at most to those that were declared.
const ADDED_MEMBERS: usize = 4;

/// Reads the metadata; `None` after a finding.
pub(super) fn read(
    node: Node<'_>,
    bank: BankType,
    limits: &Limits,
    faults: &mut Faults<'_>,
) -> Option<Map<String, Value>> {
    if node.kind() != NodeKind::Object {
        refuse(node, &format!("the metadata is {}, not an object", node.excerpt()), faults);
        return None;
    }
    let most = limits.size(Limit::MetadataMembers);
    check_count(node, most.saturating_add(ADDED_MEMBERS), faults)?;
    let mut map = Map::new();
    for (key, value) in node.members() {
        let name = key.text().unwrap_or_default().into_owned();
        let is_samples = bank == BankType::Sound && name == "samples";
        let most = if is_samples { most.max(limits.size(Limit::AssetInputs)) } else { most };
        map.insert(name, walk(value, 2, most, limits, faults)?);
    }
    Some(map)
}

/// Checks what the format demands of an entry whose header stands at byte `at`.
pub(super) fn check(entry: &TableEntry, at: u64, faults: &mut Faults<'_>) {
    let mut check = |name: &str, wanted: &str, fits: &dyn Fn(i64) -> bool| {
        let value = entry.metadata.get(name);
        if !value.and_then(Value::as_i64).is_some_and(fits) {
            let found = value.map_or("missing".to_owned(), |value| match value {
                Value::Object(_) | Value::Array(_) => "no number".to_owned(),
                plain => plain.to_string(),
            });
            let message = format!("`metadata.{name}` of `{}` is {found}, not {wanted}", entry.asset_name);
            faults.note(Code::ArchiveMetadataInvalid, at, message);
        }
    };
    match entry.bank {
        BankType::Glyph => {
            check("tile_size", "8, 16 or 32", &|value| TILE_SIZES.contains(&value));
            check("width", "256", &|value| value == 256);
            check("height", "256", &|value| value == 256);
            check("palette_count", "64", &|value| value == 64);
            check("palette_authored", "from 1 to 64", &|value| (1..=64).contains(&value));
        }
        BankType::Sound => {
            check("sample_rate", "from 8000 to 48000", &|value| (8000..=48000).contains(&value));
            check("channels", "1", &|value| value == 1);
            check_samples(entry, at, faults);
        }
    }
}

/// Where a sample lies in its payload: offset and length in bytes, if they are even and inside.
pub(super) fn sample_range(sample: &Value, payload_bytes: u64) -> Option<(u64, u64)> {
    let sample = sample.as_object().filter(|sample| sample.len() == 2)?;
    let (offset, length) = (sample.get("offset")?.as_u64()?, sample.get("length")?.as_u64()?);
    let fits = offset % 2 == 0 && length % 2 == 0 && offset.checked_add(length)? <= payload_bytes;
    fits.then_some((offset, length))
}

fn check_samples(entry: &TableEntry, at: u64, faults: &mut Faults<'_>) {
    let Some(samples) = entry.metadata.get("samples").and_then(Value::as_object) else {
        let message = format!("`metadata.samples` of `{}` is missing or no object", entry.asset_name);
        faults.note(Code::ArchiveMetadataInvalid, at, message);
        return;
    };
    for (id, sample) in samples {
        if sample_range(sample, entry.bytes).is_none() {
            let message = format!(
                "sample `{id}` of `{}` is no even `offset` and `length` inside its {} bytes",
                entry.asset_name, entry.bytes
            );
            faults.note(Code::ArchiveMetadataInvalid, at, message);
        }
    }
}

fn walk(node: Node<'_>, level: usize, most: usize, limits: &Limits, faults: &mut Faults<'_>) -> Option<Value> {
    let levels = limits.size(Limit::MetadataLevels);
    let inner = limits.size(Limit::MetadataMembers);
    if level > levels && matches!(node.kind(), NodeKind::Object | NodeKind::List) {
        refuse(node, &format!("metadata is nested more than {levels} levels deep"), faults);
        return None;
    }
    match node.kind() {
        NodeKind::Null => {
            refuse(node, "metadata holds `null`", faults);
            None
        }
        NodeKind::Number => {
            let value = integer(node);
            if value.is_none() {
                let message = format!("metadata holds {}, which is no integer within ±(2^53 - 1)", node.excerpt());
                refuse(node, &message, faults);
            }
            value.map(Value::from)
        }
        NodeKind::Bool => node.bool().map(Value::from),
        NodeKind::String => node.text().map(|text| Value::String(text.into_owned())),
        NodeKind::List => node.items().map(|item| walk(item, level + 1, inner, limits, faults)).collect(),
        NodeKind::Object => {
            check_count(node, most, faults)?;
            let mut map = Map::new();
            for (key, value) in node.members() {
                map.insert(key.text()?.into_owned(), walk(value, level + 1, inner, limits, faults)?);
            }
            Some(Value::Object(map))
        }
    }
}

fn check_count(node: Node<'_>, most: usize, faults: &mut Faults<'_>) -> Option<()> {
    let fits = node.members().count() <= most;
    if !fits {
        refuse(node, &format!("an object in the metadata has more than {most} members"), faults);
    }
    fits.then_some(())
}

fn refuse(node: Node<'_>, message: &str, faults: &mut Faults<'_>) {
    faults.note_node(Code::ArchiveMetadataInvalid, node, message);
}
