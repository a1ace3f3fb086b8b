//! A sound, against two other readers: where the packer accepts it, they find the same samples.

use crate::project::{context, disk, unmoved};
use fixtures::broken::sound_project;
use prometeu_packer::ops;
use std::io::Cursor;

pub(crate) fn body(data: &[u8]) {
    let files = sound_project().with("assets/sfx/a.wav", data);
    let report = unmoved(&files, |context| ops::doctor(context, ops::Scope::Registered));
    if !report.findings.is_empty() {
        return;
    }
    let Some(sound) = mono_of_16_bits(data) else { return };
    let disk = disk(&files);
    let built = ops::build(&context(&disk), ops::BuildMode::Publish);
    assert!(built.findings.is_empty(), "{:?}", built.findings);
    let snapshot = disk.snapshot();
    let archive = snapshot["build/assets.pa"].as_deref().expect("a build publishes an archive");
    assert!(archive.ends_with(sound.samples), "a second reader finds other samples");
    // hound takes the byte that pads an odd chunk for the beginning of the next one.
    if sound.has_even_chunks
        && let Some(samples) = hound(data)
    {
        assert_eq!(samples, sound.samples, "hound finds other samples");
    }
}

struct Sound<'a> {
    samples: &'a [u8],
    has_even_chunks: bool,
}

/// The samples as they stand in the first data chunk, where that is what a build publishes.
fn mono_of_16_bits(file: &[u8]) -> Option<Sound<'_>> {
    let (mut at, mut is_so, mut has_even_chunks) = (12, false, true);
    loop {
        let bytes = u32::from_le_bytes(file.get(at + 4..at + 8)?.try_into().ok()?) as usize;
        let content = file.get(at + 8..)?.get(..bytes)?;
        let word = |at: usize| content.get(at..at + 2).map(|word| u16::from_le_bytes([word[0], word[1]]));
        match &file[at..at + 4] {
            b"fmt " => {
                let encoding = word(0).filter(|tag| *tag != 0xfffe).or(word(24));
                is_so = (encoding, word(2), word(14)) == (Some(1), Some(1), Some(16));
            }
            b"data" => return is_so.then(|| Sound { samples: &content[..bytes / 2 * 2], has_even_chunks }),
            _ => {}
        }
        has_even_chunks &= bytes.is_multiple_of(2);
        at += 8 + bytes.next_multiple_of(2);
    }
}

/// What hound makes of it, which believes what headers say of lengths and stops where they lie.
fn hound(file: &[u8]) -> Option<Vec<u8>> {
    let mut reader = hound::WavReader::new(Cursor::new(file)).ok()?;
    let format = reader.spec();
    if format.bits_per_sample != 16 || format.sample_format != hound::SampleFormat::Int {
        return None;
    }
    let samples: Vec<i16> = reader.samples::<i16>().collect::<Result<_, _>>().ok()?;
    Some(samples.iter().flat_map(|sample| sample.to_le_bytes()).collect())
}
