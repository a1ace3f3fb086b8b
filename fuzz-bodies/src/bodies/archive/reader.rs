//! A second reader of archives, version 1, written from their description: docs/formats.md and docs/trust.md. It shares
//! no code with the packer, holds everything in memory and says of a file only whether a build could have written it.

use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The largest integer that every reader of JSON agrees on.
const SAFE: i64 = (1 << 53) - 1;
const LEVELS: usize = 16;
const MEMBERS: usize = 1024;
/// What the format adds to the members that were declared.
const ADDED: usize = 4;
const SAMPLES: usize = 4096;

#[derive(Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) bank: String,
    pub(super) offset: u64,
    pub(super) size: u64,
    pub(super) decoded_size: u64,
    pub(super) metadata: Map<String, Value>,
}

type Verdict<T = ()> = Result<T, &'static str>;

pub(super) fn read(file: &[u8]) -> Verdict<Vec<Entry>> {
    let number = |at: usize, bytes: usize| {
        let field = file.get(at..at + bytes).ok_or("the prelude is cut off")?;
        Ok(field.iter().rev().fold(0u64, |value, &byte| value * 256 + u64::from(byte)))
    };
    hold(file.starts_with(b"ASPA") && number(4, 4)? == 1, "another kind of file")?;
    let (header_bytes, start) = (number(8, 4)?, number(12, 8)?);
    hold(number(20, 4)? == 0 && number(24, 8)? == 0, "flags")?;
    hold(header_bytes > 0 && header_bytes <= 64 << 20 && start == 32 + header_bytes, "no place for a header")?;
    let text = file.get(32..start as usize).ok_or("the header is cut off")?;
    let header: Value = serde_json::from_slice(text).map_err(|_| "the header is no JSON")?;
    hold(canonical(&header).as_bytes() == text, "the header is spelled otherwise")?;

    let [table, preload] = members(&header, ["asset_table", "preload"])?;
    let table = table.as_array().ok_or("no list")?.iter().map(entry).collect::<Verdict<Vec<_>>>()?;
    hold(table.is_sorted_by(|a, b| a.id < b.id), "ids")?;
    let names: BTreeSet<&str> = table.iter().map(|entry| &*entry.name).collect();
    hold(names.len() == table.len(), "names")?;
    let mut end = 0;
    for entry in &table {
        hold(entry.offset == end, "a gap or an overlap")?;
        end += entry.size;
    }
    hold(start + end == file.len() as u64, "the file ends elsewhere")?;
    slots(preload.as_array().ok_or("no list")?, &table)?;
    Ok(table)
}

fn hold(holds: bool, otherwise: &'static str) -> Verdict {
    holds.then_some(()).ok_or(otherwise)
}

/// The values of an object that has these members, and no others.
fn members<'a, const N: usize>(value: &'a Value, names: [&str; N]) -> Verdict<[&'a Value; N]> {
    let object = value.as_object().filter(|object| object.len() == N).ok_or("other members")?;
    hold(names.iter().all(|name| object.contains_key(*name)), "other members")?;
    Ok(names.map(|name| &object[name]))
}

fn within(value: Option<&Value>, low: i64, high: i64) -> Verdict<u64> {
    let value = value.and_then(Value::as_i64).filter(|value| (low..=high).contains(value));
    value.map(i64::unsigned_abs).ok_or("a number out of range")
}

fn entry(value: &Value) -> Verdict<Entry> {
    let names = ["asset_id", "asset_name", "bank_type", "codec", "decoded_size", "metadata", "offset", "size"];
    let [id, name, bank, codec, decoded_size, metadata, offset, size] = members(value, names)?;
    let name = name.as_str().ok_or("no name")?;
    let is_of_names = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '_' | '-');
    hold(name.len() <= 64 && name.starts_with(|c: char| c.is_ascii_lowercase()), "no name")?;
    hold(name.chars().all(is_of_names) && codec == "NONE", "no name or codec")?;
    let entry = Entry {
        id: within(Some(id), 1, i64::from(i32::MAX))?,
        name: name.to_owned(),
        bank: bank.as_str().ok_or("no type")?.to_owned(),
        offset: within(Some(offset), 0, SAFE)?,
        size: within(Some(size), 0, SAFE)?,
        decoded_size: within(Some(decoded_size), 0, SAFE)?,
        metadata: metadata.as_object().ok_or("no metadata")?.clone(),
    };
    let is_sound = entry.bank == "SOUNDS";
    hold(entry.metadata.len() <= MEMBERS + ADDED, "too many members")?;
    for (key, value) in &entry.metadata {
        plain(value, 2, if is_sound && key == "samples" { SAMPLES } else { MEMBERS })?;
    }
    let number = |name: &str, low, high| within(entry.metadata.get(name), low, high);
    match &*entry.bank {
        "GLYPH" => {
            hold((entry.size, entry.decoded_size) == (32_768 + 2048, 65_536 + 2048), "the size of a glyph bank")?;
            hold([8, 16, 32].contains(&number("tile_size", 8, 32)?), "tile_size")?;
            number("width", 256, 256).and(number("height", 256, 256)).and(number("palette_count", 64, 64))?;
            number("palette_authored", 1, 64)?;
        }
        "SOUNDS" => {
            hold(entry.size == entry.decoded_size && entry.size.is_multiple_of(2), "the size of a sound bank")?;
            number("sample_rate", 8000, 48_000).and(number("channels", 1, 1))?;
            let samples = entry.metadata.get("samples").and_then(Value::as_object).ok_or("no samples")?;
            for sample in samples.values() {
                let [offset, length] = members(sample, ["offset", "length"])?;
                let (offset, length) = (within(Some(offset), 0, SAFE)?, within(Some(length), 0, SAFE)?);
                hold(offset % 2 == 0 && length % 2 == 0 && offset + length <= entry.size, "a sample")?;
            }
        }
        _ => return Err("no type"),
    }
    Ok(entry)
}

/// What metadata may hold: `level` is how deep the value lies, `most` how many members it may have.
fn plain(value: &Value, level: usize, most: usize) -> Verdict {
    match value {
        Value::Null => Err("null"),
        Value::Bool(_) | Value::String(_) => Ok(()),
        Value::Number(_) => within(Some(value), -SAFE, SAFE).map(drop),
        _ if level > LEVELS => Err("too deep"),
        Value::Array(items) => items.iter().try_for_each(|item| plain(item, level + 1, MEMBERS)),
        Value::Object(members) => {
            hold(members.len() <= most, "too many members")?;
            members.values().try_for_each(|member| plain(member, level + 1, MEMBERS))
        }
    }
}

fn slots(preload: &[Value], table: &[Entry]) -> Verdict {
    let (mut last, mut taken) = (0, [0, 0]);
    for slot in preload {
        let [id, slot] = members(slot, ["asset_id", "slot"])?;
        let id = within(Some(id), last + 1, i64::from(i32::MAX))?;
        let entry = table.iter().find(|entry| entry.id == id).ok_or("preloads what is not there")?;
        let next = &mut taken[usize::from(entry.bank == "GLYPH")];
        within(Some(slot), *next, (*next).min(15))?;
        (*next, last) = (*next + 1, id as i64);
    }
    Ok(())
}

/// RFC 8785, for values without floats.
pub(super) fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            members.sort_by_key(|(key, _)| key.encode_utf16().collect::<Vec<u16>>());
            let text = |(key, value): &(&String, &Value)| format!("{}:{}", Value::from(key.as_str()), canonical(value));
            format!("{{{}}}", members.iter().map(text).collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        // Strings are escaped there as the RFC demands: what must be, as short as can be.
        other => other.to_string(),
    }
}
