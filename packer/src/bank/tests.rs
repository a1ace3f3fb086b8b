//! Banks as a whole, and what the tests below this folder are made with.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

pub(super) mod inputs;
pub(super) mod pictures;
pub(super) mod waves;

use super::*;
use inputs::Memory;
use pictures::Png;
use waves::Wav;

fn glyphs() -> Recipe {
    Recipe::Glyph(GlyphOptions { tile_size: 8, alpha_threshold: None })
}

fn small_bank() -> Memory {
    Memory::new().with(Role::Sprites, "assets/a/a.png", Png::flat(8, 8, [255, 255, 255, 255]).bytes()).with(
        Role::Palettes,
        "assets/a/a.hex",
        b"000000\nffffff\n",
    )
}

#[test]
fn every_input_is_hashed_as_a_whole_and_listed_by_role() {
    let mut picture = Png::flat(8, 8, [255, 255, 255, 255]).bytes();
    picture.extend_from_slice(b"behind the end");
    let inputs = small_bank().with(Role::Sprites, "assets/a/b.png", picture.clone());
    let mut findings = Vec::new();
    let facts = materialise(&glyphs(), None, &inputs, &Limits::default(), &mut io::sink(), &mut findings);
    let facts = facts.unwrap().unwrap();
    let listed: Vec<_> = facts.inputs.iter().map(|input| (input.role, &*input.path)).collect();
    let wanted =
        [(Role::Sprites, "assets/a/a.png"), (Role::Sprites, "assets/a/b.png"), (Role::Palettes, "assets/a/a.hex")];
    assert_eq!(listed, wanted);
    assert_eq!(facts.inputs[1].bytes, picture.len() as u64);
    assert_eq!(facts.inputs[1].digest, Digest::of(&picture));
}

#[test]
fn layout_says_what_materialise_makes() {
    let sounds = Memory::new()
        .with(Role::Sources, "assets/s/a.wav", Wav::new(1, 16, 22_050, &[1, 2, 3, 4]).bytes())
        .with(Role::Sources, "assets/s/b.wav", Wav::new(1, 8, 22_050, &[1, 2, 3]).bytes());
    let raw = Memory::new().with(Role::Payload, "assets/r/p.bin", vec![7; 34_816]);
    for (recipe, inputs) in [
        (glyphs(), small_bank()),
        (Recipe::Sound(SoundOptions { average_channels: false }), sounds),
        (Recipe::Raw(BankType::Glyph), raw),
    ] {
        let mut findings = Vec::new();
        let expected = layout(&recipe, &inputs, &mut findings).unwrap();
        let mut payload = Vec::new();
        let facts = materialise(&recipe, Some(&expected), &inputs, &Limits::default(), &mut payload, &mut findings);
        assert_eq!(facts.unwrap().unwrap().layout, expected);
        assert_eq!(payload.len() as u64, expected.bytes);
        assert_eq!(findings, []);
    }
}

#[test]
fn a_payload_that_differs_from_its_layout_is_refused() {
    let inputs = small_bank();
    let expected = Layout { bytes: 34_816, metadata: Map::new() };
    let mut findings = Vec::new();
    let made = materialise(&glyphs(), Some(&expected), &inputs, &Limits::default(), &mut io::sink(), &mut findings);
    assert_eq!(made.unwrap(), None);
    assert_eq!(findings[0].code, Code::TrustChangedWhileReading);
}

#[test]
fn a_file_that_changed_its_length_is_refused() {
    for said in [34_816, 34_822] {
        let inputs = Memory::new().with(Role::Payload, "p.bin", vec![0; 34_820]).lying_about(0, said);
        let mut findings = Vec::new();
        let recipe = Recipe::Raw(BankType::Sound);
        let made = materialise(&recipe, None, &inputs, &Limits::default(), &mut io::sink(), &mut findings);
        assert_eq!(made.unwrap(), None);
        assert_eq!((findings.len(), findings[0].code), (1, Code::TrustChangedWhileReading));
    }
}

#[test]
fn a_file_that_changed_otherwise_is_refused_whatever_it_is() {
    let sounds = Memory::new().with(Role::Sources, "a.wav", Wav::new(1, 16, 8_000, &[1]).bytes());
    for (recipe, inputs) in [
        (glyphs(), small_bank().changing_at(0)),
        (glyphs(), small_bank().changing_at(1)),
        (Recipe::Sound(SoundOptions { average_channels: false }), sounds.changing_at(0)),
        (Recipe::Raw(BankType::Sound), Memory::new().with(Role::Payload, "p.bin", [0; 4]).changing_at(0)),
    ] {
        let mut findings = Vec::new();
        let made = materialise(&recipe, None, &inputs, &Limits::default(), &mut io::sink(), &mut findings);
        assert_eq!(made.unwrap(), None);
        assert_eq!((findings.len(), findings[0].code), (1, Code::TrustChangedWhileReading));
    }
}

#[test]
fn a_panic_in_a_decoder_is_a_finding_that_names_the_input() {
    let inputs = small_bank().panicking_at(1);
    let mut findings = Vec::new();
    let made = materialise(&glyphs(), None, &inputs, &Limits::default(), &mut io::sink(), &mut findings);
    assert_eq!(made.unwrap(), None);
    assert_eq!(findings.len(), 1);
    assert_eq!((findings[0].code, findings[0].path.as_deref()), (Code::PayloadDecoderFault, Some("assets/a/a.hex")));
}

#[test]
fn a_sink_that_refuses_is_no_finding() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut findings = Vec::new();
    let error = materialise(&glyphs(), None, &small_bank(), &Limits::default(), &mut Full, &mut findings).unwrap_err();
    assert_eq!((error.kind(), findings.len()), (io::ErrorKind::StorageFull, 0));
}

#[test]
fn an_input_that_cannot_be_opened_or_read_is_reported_and_the_others_examined() {
    let inputs = small_bank().with(Role::Sprites, "assets/a/text.png", b"no picture").failing_at(0);
    let mut findings = Vec::new();
    let made = materialise(&glyphs(), None, &inputs, &Limits::default(), &mut io::sink(), &mut findings);
    assert_eq!(made.unwrap(), None);
    let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [Code::DiskIo, Code::PayloadTypeMismatch]);
}
