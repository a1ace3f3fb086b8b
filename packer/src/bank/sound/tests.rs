//! Sounds of every encoding, sample by sample, and broken ones.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::bank::tests::inputs::Memory;
use crate::bank::tests::waves::{self, Wav};

const MONO: SoundOptions = SoundOptions { average_channels: false };
const AVERAGE: SoundOptions = SoundOptions { average_channels: true };

fn bank(files: &[Vec<u8>]) -> Memory {
    let sources = files.iter().enumerate();
    sources.fold(Memory::new(), |inputs, (at, file)| inputs.with(Role::Sources, &format!("s{at}.wav"), file.clone()))
}

/// Samples, layout and findings of a bank; the layout worked out ahead has to be the same.
fn make(options: SoundOptions, inputs: &Memory) -> (Vec<i16>, Option<Layout>, Vec<Diagnostic>) {
    let mut payload = Vec::new();
    let mut findings = Vec::new();
    let facts = materialise(&options, inputs, &mut payload, &mut findings).unwrap();
    let mut ahead_findings = Vec::new();
    let ahead = layout(&options, inputs, &mut ahead_findings);
    match (&ahead, &facts) {
        (Some(ahead), Some(facts)) => {
            assert_eq!(*ahead, facts.layout);
            assert_eq!(ahead_findings, [], "materialise says it");
        }
        // What only the samples show is not known ahead.
        (Some(_), None) => {}
        (None, facts) => {
            assert_eq!(*facts, None);
            assert_eq!(ahead_findings, findings);
        }
    }
    let (samples, _) = payload.as_chunks::<2>();
    (samples.iter().map(|&bytes| i16::from_le_bytes(bytes)).collect(), facts.map(|facts| facts.layout), findings)
}

fn samples(options: SoundOptions, file: &Wav) -> Vec<i16> {
    let (samples, layout, findings) = make(options, &bank(&[file.bytes()]));
    assert_eq!(findings, []);
    assert_eq!(layout.unwrap().bytes, samples.len() as u64 * 2);
    samples
}

fn codes(inputs: &Memory) -> Vec<Code> {
    make(MONO, inputs).2.iter().map(|found| found.code).collect()
}

fn malformed_says(file: &[u8], words: &str) {
    let (_, layout, findings) = make(MONO, &bank(&[file.to_vec()]));
    assert_eq!((layout, findings[0].code), (None, Code::SoundMalformed), "{words}");
    assert!(findings[0].message.contains(words), "{}", findings[0].message);
    assert_eq!(findings[0].path.as_deref(), Some("s0.wav"));
}

#[test]
fn every_encoding_becomes_exactly_these_samples() {
    let eight = Wav::new(1, 8, 8_000, &[0, 1, 127, 128, 129, 255]);
    assert_eq!(samples(MONO, &eight), [-32_768, -32_512, -256, 0, 256, 32_512]);
    let sixteen = Wav::new(1, 16, 8_000, &[-32_768, -1, 0, 1, 32_767]);
    assert_eq!(samples(MONO, &sixteen), [-32_768, -1, 0, 1, 32_767]);
    let values = [-8_388_608, -257, -256, -1, 0, 255, 256, 8_388_607];
    assert_eq!(samples(MONO, &Wav::new(1, 24, 8_000, &values)), [-32_768, -2, -1, -1, 0, 0, 1, 32_767]);
    let values = [i32::MIN, -65_537, -65_536, -1, 0, 65_535, 65_536, i32::MAX];
    assert_eq!(samples(MONO, &Wav::new(1, 32, 8_000, &values)), [-32_768, -2, -1, -1, 0, 0, 1, 32_767]);
    let values = [0.0, -0.0, 1.0, -1.0, 1.5, -7.0, f32::INFINITY, f32::NEG_INFINITY, 0.5, -0.5, 1e-40, 0.25];
    // 0.5 × 32767 = 16383.5, which goes away from zero; 0.25 × 32767 = 8191.75.
    let wanted = [0, 0, 32_767, -32_767, 32_767, -32_767, 32_767, -32_767, 16_384, -16_384, 0, 8_192];
    assert_eq!(samples(MONO, &Wav::float(&values)), wanted);
}

#[test]
fn float_is_computed_in_double_precision() {
    // In single precision each of these products is a half, which rounds up.
    let values = [0.134_388_25, 0.569_246_5, 0.763_832_5, 0.255_119_47, -0.569_246_5];
    assert_eq!(samples(MONO, &Wav::float(&values)), [4_403, 18_652, 25_028, 8_359, -18_652]);
}

#[test]
fn another_reader_sees_the_same_sixteen_bit_samples() {
    let values: Vec<i32> = (0..100_000).map(|at| (at * 7_919) % 65_536 - 32_768).collect();
    let file = Wav::new(1, 16, 44_100, &values);
    let mut bytes = file.bytes();
    let size = u32::try_from(bytes.len() - 8).unwrap();
    bytes[4..8].copy_from_slice(&size.to_le_bytes());
    let mut reader = hound::WavReader::new(&bytes[..]).unwrap();
    let theirs: Vec<i16> = reader.samples::<i16>().map(Result::unwrap).collect();
    assert_eq!(samples(MONO, &file), theirs);
}

#[test]
fn channels_are_averaged_toward_zero_after_conversion() {
    let stereo = Wav::new(2, 16, 8_000, &[1, 2, -1, -2, 32_767, 32_767, -32_768, -32_768, 32_767, -32_768]);
    assert_eq!(samples(AVERAGE, &stereo), [1, -1, 32_767, -32_768, 0]);
    // Each 255 becomes 0 before the sum, so nothing is left of them.
    let three = Wav::new(3, 24, 8_000, &[255, 255, 255, 768, 768, 0]);
    assert_eq!(samples(AVERAGE, &three), [0, 2]);
    assert_eq!(samples(AVERAGE, &Wav::new(1, 8, 8_000, &[0, 255])), [-32_768, 32_512]);
}

#[test]
fn frames_may_lie_across_blocks_and_need_more_than_one() {
    // 16 000 channels of 32 bits: a frame is larger than a block.
    let channels = 16_000_u16;
    let values: Vec<i32> = (0..3).flat_map(|frame| vec![(frame + 1) << 16; channels.into()]).collect();
    assert_eq!(samples(AVERAGE, &Wav::new(channels, 32, 8_000, &values)), [1, 2, 3]);
    let values: Vec<i32> = (0..60_000).collect();
    let doubled: Vec<i32> = values.iter().flat_map(|&value| [value, value]).collect();
    let wanted: Vec<i16> = values.iter().map(|&value| (value >> 8) as i16).collect();
    assert_eq!(samples(AVERAGE, &Wav::new(2, 24, 8_000, &doubled)), wanted);
}

#[test]
fn sounds_lie_one_behind_the_other_with_their_ranges() {
    let inputs = bank(&[
        Wav::new(1, 16, 11_025, &[1, 2, 3]).bytes(),
        Wav::new(1, 8, 11_025, &[128]).bytes(),
        Wav::new(1, 16, 11_025, &[4, 5]).bytes(),
    ]);
    let (samples, layout, findings) = make(MONO, &inputs);
    assert_eq!((samples, findings.len()), (vec![1, 2, 3, 0, 4, 5], 0));
    let metadata = serde_json::json!({"sample_rate": 11_025, "channels": 1, "samples": {
        "0": {"offset": 0, "length": 6}, "1": {"offset": 6, "length": 2}, "2": {"offset": 8, "length": 4}}});
    assert_eq!(layout.unwrap(), Layout { bytes: 12, metadata: metadata.as_object().unwrap().clone() });
}

#[test]
fn headers_of_all_lengths_are_read() {
    let short = Wav::new(1, 16, 8_000, &[7, -7]);
    let mut middle = short.clone();
    middle.chunks[0].1.extend([0, 0]);
    let mut long = short.clone();
    long.chunks[0].1.splice(0..2, [0xFE, 0xFF]);
    long.chunks[0].1.extend([22, 0, 12, 0, 0, 0, 0, 0, 1, 0]);
    long.chunks[0].1.extend(*b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71");
    assert_eq!(long.chunks[0].1.len(), 40);
    let mut float = Wav::float(&[1.0]);
    let tail = long.chunks[0].1[16..].to_vec();
    float.chunks[0].1.splice(0..2, [0xFE, 0xFF]);
    float.chunks[0].1.extend(tail);
    float.chunks[0].1[24] = 3;
    for file in [short, middle, long] {
        assert_eq!(samples(MONO, &file), [7, -7]);
    }
    assert_eq!(samples(MONO, &float), [32_767]);
}

#[test]
fn what_is_not_needed_is_passed_over() {
    let plain = Wav::new(1, 16, 8_000, &[7, -7]);
    let odd = plain.clone().insert(1, b"LIST", [1, 2, 3]).insert(0, b"JUNK", vec![9; 70_001]);
    let second_data = plain.clone().insert(2, b"data", [1, 1]);
    for file in [odd, second_data] {
        assert_eq!(samples(MONO, &file), [7, -7]);
    }
    let mut trailing = plain.bytes();
    trailing.extend(b"garbage that looks like a chunk");
    assert_eq!(make(MONO, &bank(&[trailing])).0, [7, -7]);
    let mut unpadded = Wav::new(1, 8, 8_000, &[255, 0, 128]).bytes();
    unpadded.pop();
    assert_eq!(make(MONO, &bank(&[unpadded])).0, [32_512, -32_768, 0]);
}

#[test]
fn warnings_do_not_block() {
    let mut partial = Wav::new(1, 16, 8_000, &[5, 6]);
    partial.chunks[1].1.push(1);
    let (samples, layout, findings) = make(MONO, &bank(&[partial.bytes(), Wav::new(1, 16, 8_000, &[]).bytes()]));
    assert_eq!(samples, [5, 6]);
    let told: Vec<_> = findings.iter().map(|found| (found.code, found.path.as_deref().unwrap())).collect();
    assert_eq!(told, [(Code::SoundPartialFrame, "s0.wav"), (Code::SoundEmpty, "s1.wav")]);
    assert_eq!(layout.unwrap().metadata["samples"]["1"], serde_json::json!({"offset": 4, "length": 0}));
}

#[test]
fn rates_are_limited_and_one_a_bank() {
    for rate in [8_000, 48_000] {
        assert_eq!(codes(&bank(&[Wav::new(1, 16, rate, &[1]).bytes()])), []);
    }
    for rate in [1, 7_999, 48_001, 192_000] {
        assert_eq!(codes(&bank(&[Wav::new(1, 16, rate, &[1]).bytes()])), [Code::SoundSampleRate]);
    }
    for rate in [0, u32::MAX / 2] {
        malformed_says(&Wav::new(1, 16, rate, &[1]).bytes(), "not a rate of sound");
    }
    let two = bank(&[Wav::new(1, 16, 8_000, &[1]).bytes(), Wav::new(1, 16, 11_025, &[1]).bytes()]);
    let findings = make(MONO, &two).2;
    assert_eq!((findings.len(), findings[0].code), (1, Code::SoundMixedSampleRate));
    assert_eq!(findings[0].path.as_deref(), Some("s1.wav"));
    for words in ["s0.wav", "s1.wav", "8000", "11025"] {
        assert!(findings[0].message.contains(words), "{}", findings[0].message);
    }
}

#[test]
fn several_channels_are_refused_with_the_option() {
    let stereo = bank(&[Wav::new(2, 16, 8_000, &[1, 2]).bytes()]);
    assert_eq!(codes(&stereo), [Code::SoundNotMono]);
    assert!(make(MONO, &stereo).2[0].help.as_ref().unwrap().contains("build.channel_mix"));
}

#[test]
fn headers_that_lie_are_refused() {
    let good = Wav::new(1, 16, 8_000, &[7, -7]);
    let with_format = |at: usize, value: u8| {
        let mut file = good.clone();
        file.chunks[0].1[at] = value;
        file.bytes()
    };
    malformed_says(&with_format(2, 0), "no channels");
    malformed_says(&with_format(12, 3), "a frame has 3 bytes");
    malformed_says(&with_format(14, 12), "of 12 bits");
    malformed_says(&with_format(0, 2), "Microsoft ADPCM");
    malformed_says(&with_format(0, 0x55), "MP3");
    let mut bare_extensible = good.clone();
    bare_extensible.chunks[0].1.splice(0..2, [0xFE, 0xFF]);
    malformed_says(&bare_extensible.bytes(), "without its extension");
    for length in [0, 14, 17, 41] {
        let mut file = good.clone();
        file.chunks[0].1.resize(length, 0);
        malformed_says(&file.bytes(), "instead of 16, 18 or 40");
    }
    malformed_says(&good.clone().insert(0, b"fmt ", waves::format(1, 1, 16, 8_000)).bytes(), "second fmt");
    malformed_says(&good.clone().insert(0, b"data", [0, 0]).bytes(), "before the fmt");
    let mut no_data = good.clone();
    no_data.chunks.pop();
    malformed_says(&no_data.bytes(), "no data chunk");

    let whole = good.bytes();
    for length in 1..12 {
        malformed_says(&whole[..length], "first header");
    }
    for length in 12..whole.len() {
        let (_, layout, findings) = make(MONO, &bank(&[whole[..length].to_vec()]));
        assert_eq!((layout, findings[0].code), (None, Code::SoundMalformed), "cut at {length}");
    }
    let mut streamed = whole;
    streamed[40..44].copy_from_slice(&[0xFF; 4]);
    malformed_says(&streamed, "`data` at byte 36 says it has 4294967295 bytes, and the file has 4 more");
}

#[test]
fn a_sample_that_is_not_a_number_is_named_and_the_other_sounds_examined() {
    let mut stereo = Wav::float(&[0.0, 0.0, 0.0, f32::NAN]);
    stereo.chunks[0].1 = waves::format(3, 2, 32, 8_000);
    let inputs = bank(&[stereo.bytes(), b"text".to_vec()]);
    let mut findings = Vec::new();
    assert_eq!(materialise(&AVERAGE, &inputs, &mut io::sink(), &mut findings).unwrap(), None);
    assert_eq!(
        findings.iter().map(|found| found.code).collect::<Vec<_>>(),
        [Code::SoundMalformed, Code::PayloadTypeMismatch]
    );
    assert!(findings[0].message.contains("sample 1 of channel 1 is not a number"), "{}", findings[0].message);
}

#[test]
fn what_is_not_a_wav_is_named() {
    for (bytes, words) in [
        (&b"OggS\0\x02"[..], "an Ogg sound"),
        (b"RIFX\0\0\0\0WAVEfmt ", "RIFX"),
        (b"RF64\xff\xff\xff\xffWAVEds64", "RF64"),
        (b"RIFF\0\0\0\0AVI LIST", "an AVI film"),
        (b"", "an empty file"),
    ] {
        let findings = make(MONO, &bank(&[bytes.to_vec()])).2;
        assert_eq!(findings[0].code, Code::PayloadTypeMismatch);
        assert!(findings[0].message.contains(words), "{}", findings[0].message);
    }
}
