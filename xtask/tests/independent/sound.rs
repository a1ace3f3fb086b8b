//! Sound banks: 16-bit samples one sound after the other. Where `hound` can read a file too, it must agree.

use super::{Bank, files};
use anyhow::{Context, Result, bail, ensure};
use hound::{SampleFormat, WavReader};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::Path;

pub(super) fn bank(root: &Path, declaration: &Value) -> Result<Bank> {
    if let Some(finished) = files(root, declaration, "payload").first() {
        let payload = fs::read(finished)?;
        return Ok(Bank { kind: "SOUNDS", decoded_bytes: payload.len(), payload, added: channels(declaration) });
    }
    let averaged = declaration["build"]["channel_mix"] == "average";
    let (mut payload, mut samples, mut rate) = (Vec::new(), Map::new(), None);
    for (id, path) in files(root, declaration, "sources").iter().enumerate() {
        let sound = read(path).with_context(|| format!("{}", path.display()))?;
        ensure!(sound.channels == 1 || averaged, "{} has {} channels", path.display(), sound.channels);
        ensure!(*rate.get_or_insert(sound.rate) == sound.rate, "{} has another rate", path.display());
        let mono: Vec<u8> =
            sound.samples.chunks_exact(sound.channels).flat_map(|frame| mix(frame).to_le_bytes()).collect();
        samples.insert(id.to_string(), json!({ "offset": payload.len(), "length": mono.len() }));
        payload.extend(mono);
    }
    let added = json!({ "sample_rate": rate, "channels": 1, "samples": samples });
    let added = added.as_object().cloned().context("an object")?;
    Ok(Bank { kind: "SOUNDS", decoded_bytes: payload.len(), payload, added })
}

/// What is added to a finished payload: the number of channels, unless the declaration gives it.
fn channels(declaration: &Value) -> Map<String, Value> {
    match declaration["output"]["metadata"]["channels"] {
        Value::Null => [("channels".to_owned(), json!(1))].into_iter().collect(),
        _ => Map::new(),
    }
}

fn mix(frame: &[i16]) -> i16 {
    let sum: i32 = frame.iter().map(|&sample| i32::from(sample)).sum();
    (sum / frame.len() as i32) as i16
}

struct Sound {
    rate: u32,
    channels: usize,
    /// Whole frames, converted to 16 bits.
    samples: Vec<i16>,
}

fn read(path: &Path) -> Result<Sound> {
    let file = fs::read(path)?;
    let (mut format, mut data, mut at) = (None, None, 12);
    while data.is_none() && at + 8 <= file.len() {
        let bytes = u32::from_le_bytes(file[at + 4..at + 8].try_into()?) as usize;
        let content = file.get(at + 8..at + 8 + bytes).context("a chunk beyond the end")?;
        match &file[at..at + 4] {
            b"fmt " => format = Some(content),
            b"data" => data = Some(content),
            _ => {}
        }
        at += 8 + bytes + bytes % 2;
    }
    let (format, data) = (format.context("no format")?, data.context("no data")?);
    let word = |at: usize| u16::from_le_bytes([format[at], format[at + 1]]);
    let tag = if word(0) == 0xfffe { word(24) } else { word(0) };
    let (channels, bits) = (usize::from(word(2)), usize::from(word(14)));
    let rate = u32::from_le_bytes(format[4..8].try_into()?);
    let whole = data.len() - data.len() % (channels * bits / 8);
    let samples =
        data[..whole].chunks(bits / 8).map(|sample| convert(tag, bits, sample)).collect::<Result<Vec<_>>>()?;
    let sound = Sound { rate, channels, samples };
    if let Ok(other) = hound(path) {
        ensure!(other.rate == sound.rate && other.channels == sound.channels, "hound reads another format");
        ensure!(other.samples == sound.samples, "hound reads other samples");
    }
    Ok(sound)
}

fn convert(tag: u16, bits: usize, sample: &[u8]) -> Result<i16> {
    Ok(match (tag, bits) {
        (1, 8) => (i16::from(sample[0]) - 128) << 8,
        // Dropping the low bytes is the arithmetic shift.
        (1, 16 | 24 | 32) => i16::from_le_bytes([sample[bits / 8 - 2], sample[bits / 8 - 1]]),
        (3, 32) => round(f32::from_le_bytes(sample.try_into()?)),
        _ => bail!("encoding {tag} of {bits} bits"),
    })
}

fn round(level: f32) -> i16 {
    let scaled = f64::from(level).clamp(-1.0, 1.0) * 32_767.0;
    (scaled.abs() + 0.5).floor().copysign(scaled) as i16
}

fn hound(path: &Path) -> Result<Sound> {
    let mut reader = WavReader::open(path)?;
    let spec = reader.spec();
    let samples = match (spec.sample_format, spec.bits_per_sample) {
        (SampleFormat::Float, _) => reader.samples::<f32>().map(|sample| Ok(round(sample?))).collect::<Result<_>>()?,
        (SampleFormat::Int, 8) => reader.samples::<i16>().map(|sample| Ok(sample? << 8)).collect::<Result<_>>()?,
        (SampleFormat::Int, bits) => {
            reader.samples::<i32>().map(|sample| Ok((sample? >> (bits - 16)) as i16)).collect::<Result<_>>()?
        }
    };
    Ok(Sound { rate: spec.sample_rate, channels: usize::from(spec.channels), samples })
}
