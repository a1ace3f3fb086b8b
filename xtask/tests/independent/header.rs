//! The header of an archive in the canonical form of RFC 8785, and the prelude before it.

use super::Bank;
use serde_json::{Map, Value, json};

pub(super) fn prelude(header_bytes: usize) -> Vec<u8> {
    let header_bytes = u32::try_from(header_bytes).expect("headers are far below 4 GiB");
    let mut prelude = b"ASPA".to_vec();
    prelude.extend(1u32.to_le_bytes());
    prelude.extend(header_bytes.to_le_bytes());
    prelude.extend((32 + u64::from(header_bytes)).to_le_bytes());
    prelude.extend(0u32.to_le_bytes());
    prelude.extend(0u64.to_le_bytes());
    prelude
}

pub(super) fn entry(id: u64, declaration: &Value, bank: &Bank, offset: usize) -> Value {
    let declared = declaration["output"]["metadata"].as_object().into_iter().flatten();
    let mut metadata: Map<String, Value> = declared.map(|(key, value)| (key.clone(), value.clone())).collect();
    for (key, value) in &bank.added {
        assert!(metadata.insert(key.clone(), value.clone()).is_none(), "{key} is declared and added");
    }
    json!({
        "asset_id": id,
        "asset_name": declaration["name"],
        "bank_type": bank.kind,
        "codec": "NONE",
        "decoded_size": bank.decoded_bytes,
        "metadata": metadata,
        "offset": offset,
        "size": bank.payload.len(),
    })
}

/// The preload list: a running number for each bank type.
pub(super) fn slots(preloaded: &[(u64, &'static str)]) -> Vec<Value> {
    let slot = |at: usize| preloaded[..at].iter().filter(|(_, kind)| *kind == preloaded[at].1).count();
    (0..preloaded.len()).map(|at| json!({ "asset_id": preloaded[at].0, "slot": slot(at) })).collect()
}

/// RFC 8785 for values without floats: no space, members sorted by the UTF-16 code units of their keys.
pub(super) fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            members.sort_by_key(|(key, _)| key.encode_utf16().collect::<Vec<u16>>());
            let members = members.iter().map(|(key, value)| format!("{}:{}", string(key), canonical(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        Value::String(text) => string(text),
        other => other.to_string(),
    }
}

fn string(text: &str) -> String {
    let mut out = String::from('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => out.push(other),
        }
    }
    out + "\""
}
