//! A sound, against another reader: where both accept it, both find the same samples.

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
    // The reader believes what headers say of lengths, and stops where they lie.
    let Ok(mut reader) = hound::WavReader::new(Cursor::new(data)) else { return };
    let format = reader.spec();
    if format.bits_per_sample != 16 || format.sample_format != hound::SampleFormat::Int {
        return;
    }
    let samples: Result<Vec<i16>, _> = reader.samples::<i16>().collect();
    let Ok(samples) = samples else { return };
    let disk = disk(&files);
    let built = ops::build(&context(&disk), ops::BuildMode::Publish);
    assert!(built.findings.is_empty(), "{:?}", built.findings);
    let snapshot = disk.snapshot();
    let archive = snapshot["build/assets.pa"].as_deref().expect("a build publishes an archive");
    let expected: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    assert!(archive.ends_with(&expected), "another reader finds other samples");
}
