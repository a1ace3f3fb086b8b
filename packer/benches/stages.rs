//! The stages that builds spend their time in, each alone and in memory: `cargo bench -p prometeu-packer`. Wall times of one
//! machine at one moment: to compare a change with what was before it, and for nothing else.
#![allow(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use divan::Bencher;
use divan::counter::BytesCount;
use fixtures::png::{Colour, Picture};
use prometeu_packer::bank::{Content, GlyphOptions, Input, Inputs, Purpose, Recipe, SoundOptions, materialise};
use prometeu_packer::diagnostic::Diagnostic;
use prometeu_packer::digest::Digest;
use prometeu_packer::schema::Role;
use prometeu_packer::trust::Limits;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

fn main() {
    divan::main();
}

/// Files in memory, in the order of a declaration.
struct Files {
    purpose: Purpose,
    files: Vec<(Role, &'static str, Vec<u8>)>,
}

struct Bytes(Cursor<Vec<u8>>);

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Seek for Bytes {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

impl Content for Bytes {
    fn check_unchanged(&self) -> Result<(), Diagnostic> {
        Ok(())
    }
}

impl Inputs for Files {
    fn purpose(&self) -> Purpose {
        self.purpose
    }

    fn count(&self, role: Role) -> usize {
        self.files.iter().filter(|file| file.0 == role).count()
    }

    fn open(&self, role: Role, index: usize) -> Result<Input, Diagnostic> {
        let (_, path, bytes) = self.files.iter().filter(|file| file.0 == role).nth(index).unwrap();
        let content = Box::new(Bytes(Cursor::new(bytes.clone())));
        Ok(Input { path: (*path).into(), bytes: bytes.len() as u64, content })
    }
}

/// A sheet of 256 × 256 pixels in 15 colours, and its palette.
fn glyphs(picture: &Picture, purpose: Purpose) -> Files {
    let colours: Vec<String> = (0..16).map(|at| format!("{:06x}", grey(at))).collect();
    let palette = colours.join("\n").into_bytes();
    Files { purpose, files: vec![(Role::Sprites, "a.png", picture.encode()), (Role::Palettes, "a.hex", palette)] }
}

fn grey(at: u32) -> u32 {
    at * 0x10_10_10
}

fn rgba() -> Picture {
    Picture::rgba(256, 256, |x, y| {
        let level = u8::try_from(grey(1 + (x / 3 + y / 5) % 15) & 255).unwrap();
        [level, level, level, 255]
    })
}

fn grey_picture() -> Picture {
    Picture::of(Colour::Grey, 8, 256, 256, |x, y| vec![u16::try_from(grey(1 + (x / 3 + y / 5) % 15) & 255).unwrap()])
}

fn make(bencher: Bencher<'_, '_>, recipe: Recipe, files: &Files) {
    let bytes: usize = files.files.iter().map(|file| file.2.len()).sum();
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        let mut findings = Vec::new();
        let made = materialise(&recipe, None, files, &Limits::default(), &mut io::sink(), &mut findings);
        assert!(made.unwrap().is_some(), "{findings:?}");
    });
}

const GLYPH: Recipe = Recipe::Glyph(GlyphOptions { tile_size: 8, alpha_threshold: None });

#[divan::bench]
fn glyph_bank_of_colours(bencher: Bencher<'_, '_>) {
    make(bencher, GLYPH, &glyphs(&rgba(), Purpose::Make));
}

#[divan::bench]
fn glyph_bank_of_numbers(bencher: Bencher<'_, '_>) {
    make(bencher, GLYPH, &glyphs(&grey_picture(), Purpose::Make));
}

#[divan::bench]
fn glyph_bank_examined(bencher: Bencher<'_, '_>) {
    make(bencher, GLYPH, &glyphs(&grey_picture(), Purpose::Examine));
}

#[divan::bench]
fn sound_bank_of_16_bits(bencher: Bencher<'_, '_>) {
    let wave = fixtures::wav::Format::integers(22_050, 1, 16).file(&vec![0.25; 500_000]);
    let files = Files { purpose: Purpose::Make, files: vec![(Role::Sources, "a.wav", wave)] };
    make(bencher, Recipe::Sound(SoundOptions { average_channels: false }), &files);
}

#[divan::bench]
fn digest_of_a_mebibyte(bencher: Bencher<'_, '_>) {
    let bytes = vec![7; 1 << 20];
    bencher.counter(BytesCount::new(bytes.len())).bench_local(|| Digest::of(divan::black_box(&bytes)));
}
