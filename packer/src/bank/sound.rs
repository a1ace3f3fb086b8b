//! Sound banks: WAV files become signed 16-bit little-endian mono samples, one sound behind the other. Memory
//! does not grow with their length.

mod pcm;
mod wav;

use super::source::Source;
use super::{Facts, Inputs, Layout, Purpose, Role, blocked};
use crate::diagnostic::{Code, Diagnostic};
use pcm::Stop;
use serde_json::{Map, Value, json};
use std::io::{self, Write};
use std::ops::RangeInclusive;
use wav::Wave;

/// Sample rates that the runtime plays, in Hz.
pub const SAMPLE_RATES: RangeInclusive<u32> = 8_000..=48_000;

/// What the declaration says about how sounds are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SoundOptions {
    /// Several channels are averaged into one; without it they are refused.
    pub average_channels: bool,
}

/// Size and metadata, from the headers of all sounds. `None`, with findings, when one stands in the way.
pub fn layout(options: &SoundOptions, inputs: &dyn Inputs, findings: &mut Vec<Diagnostic>) -> Option<Layout> {
    let mut bank = Bank::default();
    let mut found = Vec::new();
    for index in 0..inputs.count(Role::Sources) {
        let scanned = Source::scan(inputs, Role::Sources, index).and_then(|mut source| {
            let wave = wav::header(&mut source)?;
            bank.add(options, &source, &wave, &mut found);
            Ok(())
        });
        found.extend(scanned.err());
    }
    if blocked(&found) {
        findings.append(&mut found);
        return None;
    }
    Some(bank.layout())
}

/// Makes the payload; see [`materialise`](super::materialise).
///
/// # Errors
/// Only what `sink` answered.
pub fn materialise(
    options: &SoundOptions,
    inputs: &dyn Inputs,
    sink: &mut dyn Write,
    findings: &mut Vec<Diagnostic>,
) -> io::Result<Option<Facts>> {
    let first_finding = findings.len();
    let mut bank = Bank::default();
    let mut digests = Vec::new();
    for index in 0..inputs.count(Role::Sources) {
        let mut one = || {
            let mut source = Source::open(inputs, Role::Sources, index)?;
            let wave = wav::header(&mut source)?;
            bank.add(options, &source, &wave, findings);
            // Samples are looked at even when there is no use for them any more: a NaN is to be reported too.
            if inputs.purpose() == Purpose::Make && !blocked(&findings[first_finding..]) {
                pcm::convert(&mut source, &wave, sink)?;
            } else if !wave.encoding.has_no_nan() {
                pcm::convert(&mut source, &wave, &mut io::sink())?;
            }
            digests.push(source.finish()?);
            Ok(())
        };
        match one() {
            Ok(()) => {}
            Err(Stop::Finding(found)) => findings.push(found),
            Err(Stop::Sink(error)) => return Err(error),
        }
    }
    if blocked(&findings[first_finding..]) {
        return Ok(None);
    }
    Ok(Some(Facts { layout: bank.layout(), inputs: digests, palette_per_tile: Vec::new(), fragile: None }))
}

/// The sounds of a bank as they come in.
#[derive(Default)]
struct Bank {
    /// The rate of the first sound that has a possible one, and its path.
    rate: Option<(u32, String)>,
    samples: Map<String, Value>,
    bytes: u64,
}

impl Bank {
    fn add(&mut self, options: &SoundOptions, source: &Source, wave: &Wave, findings: &mut Vec<Diagnostic>) {
        findings.extend(self.check_rate(source, wave));
        if wave.channels > 1 && !options.average_channels {
            let message = format!("the sound has {} channels, and banks are mono", wave.channels);
            let found = source.finding(Code::SoundNotMono, message).number("channels", wave.channels);
            findings.push(found.help("export it as mono, or set `build.channel_mix` to \"average\" in asset.json"));
        }
        if wave.partial_bytes > 0 {
            let message =
                format!("the last {} bytes of the data are not a whole frame and are dropped", wave.partial_bytes);
            let found = source.finding(Code::SoundPartialFrame, message).number("bytes", wave.partial_bytes);
            findings.push(found.help("the file may have been cut off; export it again"));
        }
        if wave.frames == 0 {
            let found = source.finding(Code::SoundEmpty, "the sound has no samples");
            findings.push(found.help("export it again, or take it out of the inputs if it is not wanted"));
        }
        let length = wave.frames.saturating_mul(2);
        self.samples.insert(self.samples.len().to_string(), json!({ "offset": self.bytes, "length": length }));
        self.bytes = self.bytes.saturating_add(length);
    }

    fn check_rate(&mut self, source: &Source, wave: &Wave) -> Option<Diagnostic> {
        let rate = wave.sample_rate;
        if !SAMPLE_RATES.contains(&rate) {
            let (low, high) = (SAMPLE_RATES.start(), SAMPLE_RATES.end());
            let message = format!("the sound has {rate} samples a second; {low} to {high} are possible");
            let found = source.finding(Code::SoundSampleRate, message).number("sample_rate", rate);
            return Some(found.help("resample it, to the rate of the bank's other sounds"));
        }
        let (first_rate, first_path) = self.rate.get_or_insert_with(|| (rate, source.path().to_owned()));
        if *first_rate == rate {
            return None;
        }
        let message = format!(
            "{} has {rate} samples a second and {first_path} has {first_rate}; all sounds of a bank have one rate",
            source.path()
        );
        let found = source.finding(Code::SoundMixedSampleRate, message).number("sample_rate", rate);
        let found = found.number("other_sample_rate", *first_rate).text("other_path", first_path);
        Some(found.help("resample one of them, or put them into different banks"))
    }

    fn layout(self) -> Layout {
        let mut metadata = Map::new();
        metadata.insert("sample_rate".to_owned(), Value::from(self.rate.map_or(0, |(rate, _)| rate)));
        metadata.insert("channels".to_owned(), Value::from(1));
        metadata.insert("samples".to_owned(), Value::Object(self.samples));
        Layout { bytes: self.bytes, metadata }
    }
}

#[cfg(test)]
mod tests;
