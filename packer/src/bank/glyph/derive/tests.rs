//! Derived palettes serve every tile they were made from, and say why where that cannot be.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::bank::tests::inputs::Memory;
use crate::bank::tests::pictures::Png;
use crate::bank::{Facts, Recipe, derive_palettes, materialise};

const CLEAR: [u8; 4] = [0; 4];

fn options(alpha_threshold: Option<u8>) -> GlyphOptions {
    GlyphOptions { tile_size: 8, alpha_threshold }
}

fn bank(sprites: &[Png]) -> Memory {
    let numbered = sprites.iter().enumerate();
    numbered.fold(Memory::new(), |bank, (at, png)| bank.with(Role::Sprites, &format!("s{at}.png"), png.bytes()))
}

fn derived(options: &GlyphOptions, bank: &Memory) -> Result<Vec<DerivedPalette>, Vec<Diagnostic>> {
    let mut findings = Vec::new();
    let made = derive_palettes(options, bank, &Limits::default(), &mut findings);
    assert_eq!(made.is_none(), blocked(&findings));
    made.ok_or(findings)
}

/// The bank as it is built with the palettes that are derived for it.
fn built(options: GlyphOptions, sprites: &[Png]) -> (Vec<DerivedPalette>, Facts) {
    let mut inputs = bank(sprites);
    let palettes = derived(&options, &inputs).unwrap();
    for (at, palette) in palettes.iter().enumerate() {
        inputs = inputs.with(Role::Palettes, &derived_palette_path(at), palette.gpl(&format!("test {at:02}")));
    }
    let (recipe, mut findings) = (Recipe::Glyph(options), Vec::new());
    let facts = materialise(&recipe, None, &inputs, &Limits::default(), &mut std::io::sink(), &mut findings);
    let facts = facts.unwrap();
    assert!(!findings.iter().any(|finding| finding.blocking), "{findings:?}");
    (palettes, facts.unwrap())
}

/// A tile of 8 × 8 pixels with `count` greens, beginning with number `first` of 64.
fn greens(first: u8, count: u8) -> Png {
    Png::rgba(8, 8, move |x, y| [0, (first + (x + 8 * y) as u8 % count) * 4, 0, 255])
}

#[test]
fn a_file_lists_transparency_and_then_the_colours_as_they_were_painted() {
    let (palettes, _) = built(options(None), &[Png::rgba(8, 8, |x, _| if x < 4 { CLEAR } else { [9, 100, 250, 255] })]);
    let text = "GIMP Palette\nName: hero 00\nColumns: 16\n#\n  0   0   0\ttransparent\n  9 100 250\t#0964fa\n";
    assert_eq!(palettes[0].gpl("hero 00"), text);
    assert_eq!(palettes[0].colours(), [[9, 100, 250]]);
}

#[test]
fn colours_that_round_to_one_are_one() {
    let (palettes, _) = built(options(None), &[Png::rgba(8, 8, |x, _| [128 + x as u8 % 2, 0, 0, 255])]);
    assert_eq!(palettes, [DerivedPalette { colours: vec![[128, 0, 0]] }]);
}

#[test]
fn tiles_share_palettes_where_their_colours_fit() {
    let tiles = [greens(0, 5), greens(3, 12), greens(20, 15), greens(14, 1), greens(0, 15), greens(20, 2)];
    let (palettes, facts) = built(options(None), &tiles);
    assert_eq!(palettes.len(), 2);
    let of = |tile: usize| facts.palette_per_tile[tile];
    assert_eq!([of(0), of(1), of(3)], [of(4); 3]);
    assert_eq!([of(2), of(2)], [of(5), 1 - of(4)]);
}

#[test]
fn every_tile_of_many_finds_its_colours_and_the_answer_never_changes() {
    // 200 tiles of 1 to 15 out of 60 colours, from a fixed congruence.
    let mut state = 7_u32;
    let mut next = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % below
    };
    let tile = |count: u32, next: &mut dyn FnMut(u32) -> u32| {
        let first = next(46);
        let colours: Vec<u8> = (0..count).map(|_| (first + next(15)) as u8 * 4).collect();
        Png::rgba(8, 8, move |x, y| [0, colours[(x + 8 * y) % colours.len()], 0, 255])
    };
    let tiles: Vec<Png> = (0..200).map(|at| tile(1 + at % 15, &mut next)).collect();
    let (palettes, _) = built(options(None), &tiles);
    assert!(palettes.len() <= 40, "{}", palettes.len());
    assert_eq!(built(options(None), &tiles).0, palettes);
}

#[test]
fn a_bank_of_empty_tiles_gets_a_palette_all_the_same() {
    let (palettes, _) = built(options(None), &[Png::flat(8, 8, CLEAR)]);
    assert_eq!(palettes, [DerivedPalette { colours: vec![] }]);
}

#[test]
fn a_threshold_decides_which_pixels_have_a_colour() {
    let half = Png::rgba(8, 8, |x, _| [x as u8 * 8, 0, 0, if x < 4 { 100 } else { 200 }]);
    let (palettes, _) = built(options(Some(128)), std::slice::from_ref(&half));
    assert_eq!(palettes[0].colours().len(), 4);
    let found = derived(&options(None), &bank(&[half])).unwrap_err();
    assert_eq!(found.iter().map(|found| found.code).collect::<Vec<_>>(), [Code::GlyphPartialAlpha]);
}

#[test]
fn what_cannot_be_derived_is_said_with_its_tile() {
    let crowded = Png::rgba(16, 8, |x, y| [0, if x < 8 { 0 } else { (x + 8 * y) as u8 % 16 * 4 }, 0, 255]);
    let found = derived(&options(None), &bank(&[greens(0, 15), crowded])).unwrap_err();
    assert_eq!((found.len(), found[0].code, found[0].path.as_deref()), (1, Code::GlyphNoPalette, Some("s1.png")));
    assert!(found[0].message.contains("tile 2 has 16 colours"), "{}", found[0].message);

    // 65 tiles that share nothing: red and blue name the tile, green the colour.
    let apart = |at: usize| {
        let (red, blue) = ((at % 32 * 255 / 31) as u8, (at / 32 * 255 / 31) as u8);
        Png::rgba(8, 8, move |x, y| [red, (x + 8 * y) as u8 % 15 * 4, blue, 255])
    };
    let found = derived(&options(None), &bank(&(0..65).map(apart).collect::<Vec<_>>())).unwrap_err();
    assert_eq!(found[0].code, Code::GlyphTooManyPalettes);
    assert!(found[0].message.contains("65 palettes"), "{}", found[0].message);
    assert_eq!(built(options(None), &(0..64).map(apart).collect::<Vec<_>>()).0.len(), 64);

    let found = derived(&options(None), &Memory::new().with(Role::Sprites, "a.png", *b"no picture")).unwrap_err();
    assert_eq!(found[0].code, Code::PayloadTypeMismatch);
}
