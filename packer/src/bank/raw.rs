//! Raw payloads: one file whose bytes are the payload as they are. Here is checked that they can be one: by
//! size, and by the metadata that the declaration has to give because no input does.

use super::source::Source;
use super::{Facts, Inputs, Layout, Purpose, Role, glyph, sound};
use crate::diagnostic::{Code, Diagnostic};
use crate::schema::BankType;
use serde_json::{Map, Value};
use std::io::{self, Write};

/// Size of the payload file and the metadata that the format adds; a finding when the size cannot be right.
pub fn layout(bank: BankType, inputs: &dyn Inputs, findings: &mut Vec<Diagnostic>) -> Option<Layout> {
    let measured = Source::scan(inputs, Role::Payload, 0).and_then(|source| measure(bank, &source));
    measured.map_err(|found| findings.push(found)).ok()
}

/// Copies the payload; see [`materialise`](super::materialise).
///
/// # Errors
/// Only what `sink` answered.
pub fn materialise(
    bank: BankType,
    inputs: &dyn Inputs,
    sink: &mut dyn Write,
    findings: &mut Vec<Diagnostic>,
) -> io::Result<Option<Facts>> {
    let opened = Source::open(inputs, Role::Payload, 0).and_then(|source| Ok((measure(bank, &source)?, source)));
    let (layout, mut source) = match opened {
        Ok(opened) => opened,
        Err(found) => {
            findings.push(found);
            return Ok(None);
        }
    };
    while inputs.purpose() == Purpose::Make {
        match source.take(usize::MAX) {
            Ok([]) => break,
            Ok(run) => sink.write_all(run)?,
            Err(found) => {
                findings.push(found);
                return Ok(None);
            }
        }
    }
    match source.finish() {
        Ok(digest) => Ok(Some(Facts { layout, inputs: vec![digest], palette_per_tile: Vec::new(), fragile: None })),
        Err(found) => {
            findings.push(found);
            Ok(None)
        }
    }
}

fn measure(bank: BankType, source: &Source) -> Result<Layout, Diagnostic> {
    let bytes = source.bytes();
    match bank {
        BankType::Glyph if bytes != glyph::PAYLOAD_BYTES => {
            let message = format!("the payload has {bytes} bytes; a glyph bank has {}", glyph::PAYLOAD_BYTES);
            Err(size_mismatch(source, &message, "a payload is a sheet of 32768 bytes and 64 palettes of 32 bytes"))
        }
        BankType::Sound if !bytes.is_multiple_of(2) => {
            let message = format!("the payload has {bytes} bytes; samples have 2 each");
            Err(size_mismatch(source, &message, "a payload is signed 16-bit little-endian mono samples, nothing else"))
        }
        BankType::Glyph => Ok(Layout { bytes, metadata: glyph::constants() }),
        BankType::Sound => Ok(Layout { bytes, metadata: Map::new() }),
    }
}

fn size_mismatch(source: &Source, message: &str, help: &str) -> Diagnostic {
    let found = source.finding(Code::PayloadSizeMismatch, message).number("bytes", source.bytes());
    found.help(help)
}

/// Checks the metadata that the declaration of a raw bank gives, for a payload of `bytes`.
///
/// The findings name no file: they are about the declaration, which only the caller knows. Members that no
/// format knows are left alone, and so is `tile_size`, which every glyph bank declares.
#[must_use]
pub fn check_metadata(bank: BankType, declared: &Map<String, Value>, bytes: u64) -> Vec<Diagnostic> {
    match bank {
        BankType::Glyph => {
            demand_integer(declared, "palette_authored", 1, glyph::PALETTES as u64).into_iter().collect()
        }
        BankType::Sound => {
            let (low, high) = (*sound::SAMPLE_RATES.start(), *sound::SAMPLE_RATES.end());
            let mut findings = Vec::new();
            findings.extend(demand_integer(declared, "sample_rate", u64::from(low), u64::from(high)));
            findings.extend(demand_integer(declared, "channels", 1, 1));
            match declared.get("samples").and_then(Value::as_object) {
                Some(samples) => {
                    findings.extend(samples.iter().filter_map(|(id, sample)| check_sample(id, sample, bytes)))
                }
                None => findings.push(invalid(
                    "a raw sound bank declares no `samples`",
                    "add the object `samples`: for each id its `offset` and `length` in bytes",
                )),
            }
            findings
        }
    }
}

fn demand_integer(declared: &Map<String, Value>, key: &str, low: u64, high: u64) -> Option<Diagnostic> {
    let found = match declared.get(key) {
        Some(value) if value.as_u64().is_some_and(|value| (low..=high).contains(&value)) => return None,
        Some(value) => format!("is {}", shown(value)),
        None => "is missing".to_owned(),
    };
    let needed = if low == high { format!("{low}") } else { format!("an integer of {low} to {high}") };
    let help = format!("nothing but the declaration can say it when the payload is raw; set it to {needed}");
    Some(invalid(&format!("`{key}` {found} and has to be {needed}"), &help))
}

fn check_sample(id: &str, sample: &Value, bytes: u64) -> Option<Diagnostic> {
    let number = |key: &str| sample.get(key).and_then(Value::as_u64);
    let (Some(offset), Some(length), Some(2)) = (number("offset"), number("length"), sample.as_object().map(Map::len))
    else {
        return Some(invalid(
            &format!("sample `{id}` is {}", shown(sample)),
            "a sample is an object of two integers, `offset` and `length`, in bytes",
        ));
    };
    let why = if !offset.is_multiple_of(2) || !length.is_multiple_of(2) {
        "is not even, and samples have 2 bytes each".to_owned()
    } else if offset.checked_add(length).is_none_or(|end| end > bytes) {
        format!("lies outside the payload of {bytes} bytes")
    } else {
        return None;
    };
    let message = format!("sample `{id}` (offset {offset}, length {length}) {why}");
    let found = Diagnostic::new(Code::PayloadSizeMismatch, message).text("sample", id);
    Some(
        found
            .number("offset", offset)
            .number("length", length)
            .number("bytes", bytes)
            .help("correct the range in `output.metadata.samples`, or use the payload that it was made for"),
    )
}

fn invalid(message: &str, help: &str) -> Diagnostic {
    Diagnostic::new(Code::DeclarationMetadataInvalid, message).help(help)
}

/// A value for a message: short.
fn shown(value: &Value) -> String {
    match value {
        Value::Object(_) => "an object of another shape".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::String(_) => "a string".to_owned(),
        other => format!("`{other}`"),
    }
}

#[cfg(test)]
mod tests;
