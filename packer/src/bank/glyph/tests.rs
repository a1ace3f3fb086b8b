//! What a glyph bank writes, and which pixels it refuses.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::bank::tests::inputs::Memory;
use crate::bank::tests::pictures::{self, Png};
use crate::diagnostic::Evidence;

const BLACK: [u8; 4] = [0, 0, 0, 255];
const WHITE: [u8; 4] = [255, 255, 255, 255];
const RED: [u8; 4] = [255, 0, 0, 255];
const CLEAR: [u8; 4] = [9, 9, 9, 0];

struct Made {
    payload: Vec<u8>,
    facts: Option<Facts>,
    findings: Vec<Diagnostic>,
}

fn make(tile_size: u32, alpha_threshold: Option<u8>, inputs: &Memory) -> Made {
    let mut made = Made { payload: Vec::new(), facts: None, findings: Vec::new() };
    let options = GlyphOptions { tile_size, alpha_threshold };
    made.facts = materialise(&options, inputs, &Limits::default(), &mut made.payload, &mut made.findings).unwrap();
    assert_eq!(made.facts.is_some(), !made.payload.is_empty(), "nothing is written when something blocks");
    assert_eq!(made.facts.is_some(), !blocked(&made.findings));
    made
}

fn bank(palettes: &[&str], sprites: &[Png]) -> Memory {
    let mut inputs = Memory::new();
    for (at, palette) in palettes.iter().enumerate() {
        inputs = inputs.with(Role::Palettes, &format!("p{at}.hex"), palette.replace(' ', "\n"));
    }
    for (at, sprite) in sprites.iter().enumerate() {
        inputs = inputs.with(Role::Sprites, &format!("s{at}.png"), sprite.bytes());
    }
    inputs
}

fn number(found: &Diagnostic, key: &str) -> i64 {
    match found.evidence.iter().find(|(name, _)| *name == key) {
        Some((_, Evidence::Number(value))) => *value,
        _ => i64::MIN,
    }
}

fn codes(made: &Made) -> Vec<Code> {
    made.findings.iter().map(|found| found.code).collect()
}

/// The nibble of a pixel of the sheet.
fn index_at(payload: &[u8], x: usize, y: usize) -> u8 {
    let byte = payload[y * 128 + x / 2];
    if x.is_multiple_of(2) { byte >> 4 } else { byte & 15 }
}

#[test]
fn pixels_palettes_and_padding_lie_where_the_format_says() {
    let picture = Png::rgba(16, 8, |x, y| match (x, y) {
        (0, 0) => WHITE,
        (1, 0) => RED,
        (15, 7) => RED,
        _ => CLEAR,
    });
    let made = make(8, None, &bank(&["123456 ffffff ff0000"], &[picture]));
    let payload = &made.payload;
    assert_eq!(payload.len(), 34_816);
    assert_eq!(payload[0], 0x12, "the left pixel is the high nibble");
    assert_eq!(payload[7 * 128 + 7], 0x02);
    assert_eq!(payload[..32_768].iter().map(|&byte| u32::from(byte)).sum::<u32>(), 0x14);
    // 0x12 → 2, 0x34 → 13, 0x56 → 10
    let colour = 2_u16 << 11 | 13 << 5 | 10;
    assert_eq!(payload[32_768..32_774], [colour.to_le_bytes(), [0xFF, 0xFF], [0, 0xF8]].concat());
    assert!(payload[32_774..].iter().all(|&byte| byte == 0));
    let facts = made.facts.unwrap();
    assert_eq!(facts.palette_per_tile, [0, 0]);
    let metadata = serde_json::json!({"width": 256, "height": 256, "palette_count": 64, "palette_authored": 1});
    assert_eq!(Value::Object(facts.layout.metadata), metadata);
    assert_eq!(made.findings, []);
}

#[test]
fn tiles_are_numbered_through_all_pictures_row_by_row() {
    for side in [8, 16, 32_u32] {
        let size = side as usize;
        let in_row = 256 / size;
        // A sheet of two rows that is one tile wider than half the sheet, then single tiles.
        let columns = in_row / 2 + 1;
        let sheet = Png::rgba(columns as u32 * side, 2 * side, |x, y| {
            let tile = y / size * columns + x / size;
            if (x % size, y % size) == (tile % size, 1) { WHITE } else { CLEAR }
        });
        let single = Png::rgba(side, side, |x, y| if (x, y) == (3, 4) { RED } else { CLEAR });
        let made = make(side, None, &bank(&["000000 ffffff ff0000"], &[sheet, single.clone(), single]));
        for tile in 0..columns * 2 + 2 {
            let (left, top) = (tile % in_row * size, tile / in_row * size);
            let (x, y, index) = if tile < columns * 2 { (tile % size, 1, 1) } else { (3, 4, 2) };
            assert_eq!(index_at(&made.payload, left + x, top + y), index, "tile {tile} of {side} pixels");
        }
        let lit = made.payload[..32_768].iter().filter(|&&byte| byte != 0).count();
        assert_eq!(lit, columns * 2 + 2);
        assert_eq!(made.facts.unwrap().palette_per_tile.len(), columns * 2 + 2);
    }
}

#[test]
fn a_full_sheet_is_fine_and_one_tile_more_is_not() {
    for (side, slots) in [(8, 1_024), (16, 256), (32, 64)] {
        let full = Png::flat(256, 256, WHITE);
        let made = make(side, None, &bank(&["000000 ffffff"], std::slice::from_ref(&full)));
        assert_eq!(made.facts.unwrap().palette_per_tile.len(), slots);
        assert_eq!(index_at(&made.payload, 255, 255), 1);

        let one = Png::flat(side, side, WHITE);
        let made = make(side, None, &bank(&["000000 ffffff"], &[full, one.clone(), one]));
        assert_eq!(codes(&made), [Code::GlyphSheetOverflow]);
        let found = &made.findings[0];
        assert_eq!(found.path.as_deref(), Some("s1.png"));
        assert_eq!((number(found, "tiles"), number(found, "slots")), (slots as i64 + 2, slots as i64));
    }
}

#[test]
fn overflow_is_judged_after_size_and_before_decoding() {
    let mut broken = Png::flat(264, 256, WHITE);
    broken.chunks[1].1.clear();
    assert_eq!(codes(&make(8, None, &bank(&["000000 ffffff"], &[broken.clone()]))), [Code::GlyphSheetOverflow]);
    assert_eq!(codes(&make(32, None, &bank(&["000000 ffffff"], &[broken]))), [Code::GlyphSizeNotMultiple]);
    let mut broken = Png::flat(256, 256, WHITE);
    broken.chunks[1].1.clear();
    assert_eq!(codes(&make(8, None, &bank(&["000000 ffffff"], &[broken]))), [Code::ImageMalformed]);
}

#[test]
fn sizes_that_cannot_be_cut_are_refused_and_the_other_pictures_examined() {
    let odd = Png::flat(20, 16, WHITE);
    let faint = Png::flat(16, 16, [255, 255, 255, 7]);
    let made = make(16, None, &bank(&["000000 ffffff"], &[odd, faint]));
    assert_eq!(codes(&made), [Code::GlyphSizeNotMultiple, Code::GlyphPartialAlpha]);
    assert!(made.findings[0].message.contains("20 × 16"), "{}", made.findings[0].message);
    assert_eq!(made.findings[0].path.as_deref(), Some("s0.png"));
}

#[test]
fn the_lowest_palette_that_holds_all_colours_is_taken() {
    let both = Png::rgba(8, 8, |x, _| if x == 0 { WHITE } else { RED });
    let sprites = [Png::flat(8, 8, RED), Png::flat(8, 8, WHITE), both, Png::flat(8, 8, CLEAR)];
    let palettes = ["000000 00ff00", "000000 ffffff", "000000 ff0000 ffffff", "000000 ff0000 ffffff"];
    let made = make(8, None, &bank(&palettes, &sprites));
    assert_eq!(made.facts.as_ref().unwrap().palette_per_tile, [2, 1, 2, 0]);
    assert_eq!([0, 8, 16, 17, 24].map(|x| index_at(&made.payload, x, 0)), [1, 1, 2, 1, 0]);
    // Tile 1 is index 1 in palette 1 and 2 in palette 2; the others have the same indices wherever they fit.
    assert_eq!(codes(&made), [Code::GlyphFragileIndex]);
    let found = &made.findings[0];
    assert_eq!((number(found, "count"), number(found, "tile")), (1, 1));
    assert_eq!((number(found, "palette"), number(found, "other_palette")), (1, 2));
    assert_eq!(found.path.as_deref(), Some("s1.png"));
}

#[test]
fn a_tile_is_fragile_only_where_its_own_colours_stand_at_different_indices() {
    let last = |colour| Png::rgba(16, 8, move |x, y| if (x, y) == (15, 7) { colour } else { CLEAR });
    let fragile = |sprites: &[Png]| {
        let made = make(8, None, &bank(&["000000 ff0000 ffffff", "000000 000000 ffffff ff0000"], sprites));
        made.findings.iter().map(|found| [number(found, "count"), number(found, "tile")]).collect::<Vec<_>>()
    };
    assert_eq!(fragile(&[last(WHITE), last(CLEAR)]), [[0; 2]; 0], "at 2 in both");
    assert_eq!(fragile(&[last(WHITE), last(RED), Png::flat(8, 8, RED)]), [[2, 3]], "at 1 and 3");
}

#[test]
fn a_line_counts_for_what_it_is_whatever_stands_above_it() {
    // Lines that repeat the one above, that do not, and that do again, cut at every tile size.
    let colour = |x: usize, y: usize| match (y / 3 % 2, (x + y) % 3) {
        (0, _) => CLEAR,
        (_, 0) => RED,
        (_, 1) => WHITE,
        _ => BLACK,
    };
    for side in [8, 16, 32] {
        let made = make(side, None, &bank(&["0000ff 000000 ff0000 ffffff"], &[Png::rgba(32, 32, colour)]));
        let tiles_in_row = 32 / side as usize;
        for (x, y) in (0..32).flat_map(|y| (0..32).map(move |x| (x, y))) {
            let side = side as usize;
            let tile = y / side * tiles_in_row + x / side;
            let (left, top) = (tile % (256 / side) * side, tile / (256 / side) * side);
            let wanted = [CLEAR, BLACK, RED, WHITE].iter().position(|&one| one == colour(x, y)).unwrap();
            let found = index_at(&made.payload, left + x % side, top + y % side);
            assert_eq!(usize::from(found), wanted, "{x},{y} in tiles of {side}");
        }
    }
}

#[test]
fn sixty_four_palettes_are_possible() {
    let palettes: Vec<String> = (0..64).map(|at| format!("000000 0000{:02x} ffffff", at * 4)).collect();
    let palettes: Vec<&str> = palettes.iter().map(String::as_str).collect();
    // The blue steps above are distinct in pairs of RGB565 values: the last one is 31.
    let last = Png::rgba(8, 8, |x, _| if x == 0 { [0, 0, 252, 255] } else { WHITE });
    let made = make(8, None, &bank(&palettes, &[last]));
    let facts = made.facts.unwrap();
    assert_eq!(facts.layout.metadata["palette_authored"], 64);
    let blue = u16::from_le_bytes([made.payload[34_816 - 30], made.payload[34_816 - 29]]);
    assert_eq!(blue, 31);
    assert!(facts.palette_per_tile[0] >= 62);

    let many: Vec<&str> = vec!["000000"; 65];
    assert_eq!(codes(&make(8, None, &bank(&many, &[]))), [Code::GlyphTooManyPalettes]);
    assert_eq!(codes(&make(8, None, &bank(&[], &[]))), [Code::GlyphNoPalette]);
}

#[test]
fn colours_are_compared_after_rounding() {
    // 252 rounds to 31 of 31 as 255 does, 3 to 0; green 128 and 129 are both 32 of 63.
    let near = Png::rgba(8, 8, |x, _| if x == 0 { [252, 129, 3, 255] } else { [255, 128, 0, 255] });
    let made = make(8, None, &bank(&["000000 ff8000"], &[near]));
    assert_eq!((made.findings.len(), made.payload[0]), (0, 0x11));
    let far = make(8, None, &bank(&["000000 ff8000"], &[Png::flat(8, 8, [246, 128, 0, 255])]));
    assert_eq!(codes(&far), [Code::GlyphColourNotInPalette]);
}

#[test]
fn entry_zero_is_written_and_never_matched() {
    let made = make(8, None, &bank(&["ffffff ff0000"], &[Png::flat(8, 8, WHITE)]));
    assert_eq!(codes(&made), [Code::GlyphColourNotInPalette]);
    assert!(made.findings[0].help.as_ref().unwrap().contains("index 0 is never matched"));
    let made = make(8, None, &bank(&["ffffff ffffff"], &[Png::flat(8, 8, WHITE)]));
    assert_eq!((made.findings.len(), made.payload[0]), (0, 0x11), "entry 0 is no duplicate");
}

#[test]
fn of_a_colour_at_two_indices_the_lower_is_used() {
    let made = make(8, None, &bank(&["000000 ff0000 ffffff fffffe ffffff"], &[Png::flat(8, 8, WHITE)]));
    assert_eq!((codes(&made), made.payload[0]), (vec![Code::GlyphDuplicateColour], 0x22));
    let found = &made.findings[0];
    assert_eq!((number(found, "index"), number(found, "used_index"), number(found, "count")), (3, 2, 2));
    assert_eq!((found.path.as_deref(), found.place.as_ref().unwrap().span.line), (Some("p0.hex"), 4));
}

#[test]
fn a_colour_that_no_palette_has_is_named_with_tile_and_pixel() {
    let picture = Png::rgba(16, 16, |x, y| match (x, y) {
        (9, 3) | (10, 3) => [0x12, 0x34, 0x56, 255],
        (1, 9) => RED,
        _ => WHITE,
    });
    let made = make(8, None, &bank(&["000000 ffffff", "000000 ff0000"], &[Png::flat(8, 8, WHITE), picture]));
    assert_eq!(codes(&made), [Code::GlyphColourNotInPalette]);
    let found = &made.findings[0];
    assert_eq!(["tile", "sprite", "x", "y", "tiles"].map(|key| number(found, key)), [2, 1, 9, 3, 2]);
    assert_eq!(found.path.as_deref(), Some("s1.png"));
    for words in ["tile 2", "#123456", "0x11aa", "9,3", "which no palette has"] {
        assert!(found.message.contains(words), "{}", found.message);
    }
}

#[test]
fn colours_that_are_in_no_palette_together_are_told_apart_from_unknown_ones() {
    let picture = Png::rgba(8, 8, |x, y| if (x, y) == (4, 5) { RED } else { WHITE });
    let made = make(8, None, &bank(&["000000 ffffff", "000000 ff0000"], &[picture]));
    let found = &made.findings[0];
    assert_eq!((found.code, number(found, "x"), number(found, "y")), (Code::GlyphColourNotInPalette, 4, 5));
    assert!(found.message.contains("together with"), "{}", found.message);
}

#[test]
fn partial_alpha_is_refused_with_its_place_and_the_option() {
    let picture = Png::rgba(16, 8, |x, y| if x >= 8 && y > 0 { [255, 255, 255, 254] } else { WHITE });
    let made = make(8, None, &bank(&["000000 ffffff"], &[picture]));
    assert_eq!(codes(&made), [Code::GlyphPartialAlpha]);
    let found = &made.findings[0];
    assert_eq!(["tile", "sprite", "x", "y", "alpha", "tiles"].map(|key| number(found, key)), [1, 0, 8, 1, 254, 1]);
    assert!(found.help.as_ref().unwrap().contains("build.alpha_threshold"));
}

#[test]
fn a_threshold_decides_partial_alpha() {
    let ramp = Png::rgba(8, 8, |x, _| [255, 255, 255, [0, 1, 2, 127, 128, 254, 255, 0][x]]);
    for (threshold, row) in [(1, "01111110"), (2, "00111110"), (128, "00001110"), (255, "00000010")] {
        let made = make(8, Some(threshold), &bank(&["000000 ffffff"], std::slice::from_ref(&ramp)));
        let found: String = (0..8).map(|x| char::from(b'0' + index_at(&made.payload, x, 0))).collect();
        assert_eq!(found, row, "threshold {threshold}");
    }
}

#[test]
fn a_broken_palette_does_not_make_every_pixel_a_finding() {
    let inputs = bank(&["000000 ffffff"], &[Png::flat(8, 8, RED)]).with(Role::Palettes, "b.hex", b"oops\n");
    assert_eq!(codes(&make(8, None, &inputs)), [Code::GlyphPaletteMalformed]);
}

#[test]
fn indexed_transparency_and_all_black_pixels_are_told_apart() {
    let ihdr = pictures::header(8, 8, 3, 4, 1);
    let png = Png::from_samples(ihdr, |x, _| vec![u16::from(x % 2 == 1)]);
    let png = png.insert(1, b"PLTE", [0; 6]).insert(2, b"tRNS", [0]);
    let made = make(8, None, &bank(&["ffffff 000000"], &[png]));
    assert_eq!(made.payload[..4], [0x01; 4]);
    let made = make(8, None, &bank(&["ffffff 000000"], &[Png::flat(8, 8, BLACK)]));
    assert_eq!(made.payload[..4], [0x11; 4]);
}
