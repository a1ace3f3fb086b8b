//! Archives out of a fuzzer's bytes, each of which decides one thing: most of them for what is right, a few for
//! something next to it. No bytes at all make an empty archive.

use super::reader::canonical;
use serde_json::{Map, Value, json};

/// The prelude before a header of so many bytes.
pub(super) fn prelude(header_bytes: usize) -> [u8; 32] {
    let mut prelude = [0; 32];
    prelude[..4].copy_from_slice(b"ASPA");
    prelude[4] = 1;
    prelude[8..12].copy_from_slice(&(header_bytes as u32).to_le_bytes());
    prelude[12..20].copy_from_slice(&(32 + header_bytes as u64).to_le_bytes());
    prelude
}

pub(super) fn make(data: &[u8]) -> Vec<u8> {
    let mut choices = Choices(data);
    let (mut table, mut preload) = (Vec::new(), Vec::new());
    let (mut offset, mut id, mut slots) = (0, 0, [0, 0]);
    for _ in 0..choices.next() % 24 {
        id += 1 + u64::from(choices.next() % 2);
        let is_glyph = choices.next() % 8 == 7;
        let size = if is_glyph { 34_816 } else { u64::from(choices.next()) * 2 };
        table.push(entry(&mut choices, id, is_glyph, offset, size));
        offset += size;
        if choices.next() % 16 != 15 {
            let slot = &mut slots[usize::from(is_glyph)];
            let asset_id = choices.of(id.into(), &[json!(0), json!(id + 1), json!(id - 1)]);
            preload.push(
                json!({ "asset_id": asset_id, "slot": choices.of(json!(*slot), &[json!(*slot + 1), json!(-1)]) }),
            );
            *slot += 1;
        }
    }
    let header = json!({ "asset_table": table, "preload": choices.of(preload.into(), &[json!({}), json!([{}])]) });
    let text = canonical(&header);
    let text = match choices.of(0, &[1, 2, 3, 4, 5]) {
        1 => text + "\n",
        2 => text.replacen('1', "1.0", 1),
        3 => text.replacen('1', "1e0", 1),
        4 => text.replacen('a', "\\u0061", 1),
        5 => text.replacen('{', "{\"preload\":[],", 1),
        _ => text,
    };
    let mut file = prelude(text.len()).to_vec();
    let changed = choices.of(32, &[3, 4, 5, 8, 9, 11, 12, 19, 20, 31]);
    if let Some(byte) = file.get_mut(changed) {
        *byte = byte.wrapping_add(choices.next());
    }
    file.extend(text.bytes());
    let payload = choices.of(offset, &[offset + 1, offset + 2, offset.saturating_sub(1)]);
    file.resize(file.len() + payload as usize, 7);
    file
}

fn entry(choices: &mut Choices<'_>, id: u64, is_glyph: bool, offset: u64, size: u64) -> Value {
    let decoded_size = if is_glyph { 67_584 } else { size };
    let bank = if is_glyph { "GLYPH" } else { "SOUNDS" };
    let around =
        |right: u64| [json!(right + 1), json!(right + 2), json!(right.wrapping_sub(1)), json!("0"), Value::Null];
    let long = "n".repeat(64);
    let names = ["", "A", "a b", "a-", "0a", "_a", "\u{e9}", &long, &(long.clone() + "n"), "a1"].map(Value::from);
    json!({
        "asset_id": choices.of(id.into(), &[json!(0), json!(i32::MAX), json!(1_u64 << 31), json!(1.5), json!(id - 1)]),
        "asset_name": choices.of(format!("a{id}").into(), &names),
        "bank_type": choices.of(bank.into(), &["GLYPH", "SOUNDS", "glyph"].map(Value::from)),
        "codec": choices.of("NONE".into(), &["RAW", "", "none"].map(Value::from)),
        "decoded_size": choices.of(decoded_size.into(), &around(decoded_size)),
        "metadata": metadata(choices, is_glyph, size),
        "offset": choices.of(offset.into(), &around(offset)),
        "size": choices.of(size.into(), &around(size)),
    })
}

fn metadata(choices: &mut Choices<'_>, is_glyph: bool, size: u64) -> Value {
    let mut members = Map::new();
    let near = |right: u64| [json!(right - 1), json!(right + 1), json!(0), json!(right.to_string()), json!([right])];
    let mut put = |name: &str, right: u64, choices: &mut Choices<'_>| {
        members.insert(name.to_owned(), choices.of(right.into(), &near(right)));
    };
    if is_glyph {
        put("tile_size", 8 << (choices.next() % 3), choices);
        put("palette_authored", 1 + u64::from(choices.next() % 64), choices);
        put("width", 256, choices);
        put("height", 256, choices);
        put("palette_count", 64, choices);
    } else {
        put("sample_rate", [8000, 44_100, 48_000][usize::from(choices.next() % 3)], choices);
        put("channels", 1, choices);
        members.insert("samples".to_owned(), samples(choices, size));
    }
    for _ in 0..choices.next() % 4 {
        // The last two are sorted one way in UTF-8 and the other way in UTF-16.
        let names = ["samples", "width", "b", "\n", "\u{7f}", "\"", "\u{ff5e}", "\u{10400}"];
        let name = names[usize::from(choices.next() % 8)];
        members.entry(name).or_insert(value(choices));
    }
    choices.of(members.into(), &[json!([]), json!({}), Value::Null])
}

fn samples(choices: &mut Choices<'_>, size: u64) -> Value {
    let mut samples = Map::new();
    for at in 0..choices.next() % 4 {
        let offset = u64::from(choices.next()) * 2 % (size + 2);
        let length = choices.of(size - offset.min(size), &[0, 1, 1, size + 1, size + 2, (1 << 53) - 2]);
        let offset = choices.of(offset, &[1, offset + 1, offset + 2]);
        let sample = json!({ "length": length, "offset": offset });
        let others = [
            json!({ "length": 0 }),
            json!({ "length": 0, "offset": 0, "x": 0 }),
            json!({ "length": true, "offset": 0 }),
        ];
        samples.insert(at.to_string(), choices.of(sample, &others));
    }
    samples.into()
}

fn value(choices: &mut Choices<'_>) -> Value {
    let safe = (1_i64 << 53) - 1;
    let plain = [
        json!(safe),
        json!(-safe),
        json!("\u{2028}\u{1}"),
        json!(false),
        json!([[], {}, ""]),
        json!({ "\u{e000}": 1, "\u{1f600}": 2 }),
    ];
    let refused =
        [json!(safe + 1), json!(-safe - 1), json!(0.5), json!(-0.0), json!(1e300), Value::Null, json!(u64::MAX)];
    let right = plain[usize::from(choices.next() % 6)].clone();
    let mut value = choices.of(right, &refused);
    // From two levels above the deepest to one below.
    for _ in 0..choices.of(0, &[12, 13, 14, 15, 16, 40]) {
        value = if choices.next().is_multiple_of(2) { json!([value]) } else { json!({ "a": value }) };
    }
    match choices.of(0, &[1023, 1024, 1025, 1028]) {
        0 => value,
        many => (0..many).map(|at| (at.to_string(), Value::Bool(true))).collect::<Map<_, _>>().into(),
    }
}

/// Bytes that decide; zeros where they have run out.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    fn next(&mut self) -> u8 {
        self.0.split_off_first().copied().unwrap_or(0)
    }

    /// One of them: the first in 31 of 32 cases.
    fn of<T: Clone>(&mut self, right: T, others: &[T]) -> T {
        match self.next() {
            0..248 => right,
            _ => others[usize::from(self.next()) % others.len()].clone(),
        }
    }
}
