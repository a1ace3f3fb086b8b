//! Pictures of every kind against plain arithmetic, and broken ones.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::bank::Role;
use crate::bank::tests::inputs::Memory;
use crate::bank::tests::pictures::{self, Png};

/// A picture that keeps its colours for longer than the decoder does.
#[derive(Debug, PartialEq, Eq)]
struct Decoded {
    width: usize,
    height: usize,
    colours: Vec<[u8; 4]>,
}

/// Reads a file named `a.png` with the default limits.
fn decode(bytes: &[u8]) -> (Result<Decoded, Diagnostic>, Vec<Diagnostic>) {
    decode_with(&mut Decoder::new(), bytes)
}

fn decode_with(decoder: &mut Decoder, bytes: &[u8]) -> (Result<Decoded, Diagnostic>, Vec<Diagnostic>) {
    let inputs = Memory::new().with(Role::Sprites, "a.png", bytes);
    let mut findings = Vec::new();
    let result = Source::open(&inputs, Role::Sprites, 0).and_then(|mut source| {
        let header = header(&mut source, &Limits::default())?;
        let picture = decoder.read(&mut source, &header, &Limits::default(), &mut findings)?;
        source.finish()?;
        let (width, height) = (picture.width, picture.height);
        let colours = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| picture.rgba(x, y));
        Ok(Decoded { width, height, colours: colours.collect() })
    });
    (result, findings)
}

fn refused(bytes: &[u8]) -> (Code, String) {
    let (result, _) = decode(bytes);
    let found = result.unwrap_err();
    assert_eq!(found.path.as_deref(), Some("a.png"));
    (found.code, found.message.to_string())
}

fn malformed_says(png: &Png, words: &str) {
    let (code, message) = refused(&png.bytes());
    assert_eq!(code, Code::ImageMalformed, "{message}");
    assert!(message.contains(words), "{message}");
}

/// Numbers that look random and are always the same.
fn noise(x: usize, y: usize, channel: usize, depth: u8) -> u16 {
    let mixed = (x as u32 * 73 + y as u32 * 151 + channel as u32 * 977 + 11).wrapping_mul(0x9E37_79B1);
    u16::try_from((mixed >> 13) & ((1 << depth) - 1)).unwrap()
}

const KINDS: &[(u8, u8, usize)] = &[
    (0, 1, 1),
    (0, 2, 1),
    (0, 4, 1),
    (0, 8, 1),
    (0, 16, 1),
    (2, 8, 3),
    (2, 16, 3),
    (3, 1, 1),
    (3, 2, 1),
    (3, 4, 1),
    (3, 8, 1),
    (4, 8, 2),
    (4, 16, 2),
    (6, 8, 4),
    (6, 16, 4),
];

fn palette_entry(index: u16) -> [u8; 3] {
    let index = u8::try_from(index).unwrap();
    [index.wrapping_mul(7), 255 - index, index ^ 0x5A]
}

/// What a pixel has to become, from its stored samples.
fn expected(colour: u8, depth: u8, stored: &[u16], key: Option<&[u16]>) -> [u8; 4] {
    let eight = |value: u16| match depth {
        1 => u8::try_from(value).unwrap() * 255,
        2 => u8::try_from(value).unwrap() * 85,
        4 => u8::try_from(value).unwrap() * 17,
        8 => u8::try_from(value).unwrap(),
        _ => u8::try_from(value >> 8).unwrap(),
    };
    let alpha = if key == Some(stored) { 0 } else { 255 };
    match colour {
        0 => [eight(stored[0]), eight(stored[0]), eight(stored[0]), alpha],
        2 => [eight(stored[0]), eight(stored[1]), eight(stored[2]), alpha],
        3 => {
            let [r, g, b] = palette_entry(stored[0]);
            // The transparency chunk below covers the first two entries.
            [r, g, b, if key.is_none() || stored[0] > 1 { 255 } else { 100 + u8::try_from(stored[0]).unwrap() }]
        }
        4 => [eight(stored[0]), eight(stored[0]), eight(stored[0]), eight(stored[1])],
        _ => [eight(stored[0]), eight(stored[1]), eight(stored[2]), eight(stored[3])],
    }
}

#[test]
fn every_colour_type_depth_and_interlacing_becomes_the_same_pixels() {
    for &(colour, depth, channels) in KINDS {
        for interlace in [0, 1] {
            for has_key in [false, true] {
                for (width, height) in [(1, 1), (2, 3), (5, 1), (13, 11), (16, 8), (67, 6)] {
                    check_kind(colour, depth, channels, interlace, has_key, width, height);
                }
            }
        }
    }
}

fn check_kind(colour: u8, depth: u8, channels: usize, interlace: u8, has_key: bool, width: u32, height: u32) {
    let stored = |x: usize, y: usize| (0..channels).map(|c| noise(x, y, c, depth)).collect::<Vec<u16>>();
    let mut png = Png::from_samples(pictures::header(width, height, colour, depth, interlace), stored);
    let key = stored(0, 0);
    let has_key = has_key && colour < 4;
    if colour == 3 {
        let entries = (0..1_u16 << depth).flat_map(palette_entry).collect::<Vec<u8>>();
        png = png.insert(1, b"PLTE", entries);
        if has_key {
            png = png.insert(2, b"tRNS", [100, 101]);
        }
    } else if has_key {
        // Bits above the depth are not looked at.
        let mask = if depth < 16 { !((1 << depth) - 1) } else { 0 };
        let bytes: Vec<u8> = key.iter().flat_map(|value| (value | mask).to_be_bytes()).collect();
        png = png.insert(1, b"tRNS", bytes);
    }
    let (picture, findings) = decode(&png.bytes());
    let picture = picture.unwrap();
    assert_eq!((picture.width, picture.height, findings.len()), (width as usize, height as usize, 0));
    for y in 0..picture.height {
        for x in 0..picture.width {
            let wanted = expected(colour, depth, &stored(x, y), has_key.then_some(&key));
            let found = picture.colours[y * picture.width + x];
            assert_eq!(found, wanted, "type {colour}, depth {depth}, interlace {interlace}, pixel {x},{y}");
        }
    }
}

#[test]
fn another_decoder_sees_the_same_picture() {
    for interlace in [0, 1] {
        let ihdr = pictures::header(29, 17, 6, 8, interlace);
        let file = Png::from_samples(ihdr, |x, y| (0..4).map(|c| noise(x, y, c, 8)).collect()).bytes();
        let mut reader = ::png::Decoder::new(std::io::Cursor::new(&file)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        assert_eq!(decode(&file).0.unwrap().colours.as_flattened(), pixels);
    }
}

#[test]
fn nothing_of_a_picture_is_left_in_the_next_one() {
    let mut decoder = Decoder::new();
    for &(colour, depth, channels) in KINDS.iter().filter(|kind| kind.0 != 3) {
        for interlace in [0, 1] {
            for (width, height) in [(16, 16), (13, 11), (1, 2), (16, 16)] {
                let stored = |x: usize, y: usize| (0..channels).map(|c| noise(x, y, c + height, depth)).collect();
                let ihdr = pictures::header(width, u32::try_from(height).unwrap(), colour, depth, interlace);
                let good = Png::from_samples(ihdr, stored).bytes();
                let mut broken = good.clone();
                *broken.iter_mut().nth_back(20).unwrap() ^= 1;
                assert!(decode_with(&mut decoder, &broken).0.is_err());
                assert_eq!(decode_with(&mut decoder, &good), decode(&good), "type {colour}, depth {depth}");
            }
        }
    }
}

#[test]
fn sixteen_bit_transparency_is_compared_at_full_depth() {
    let png = Png::from_samples(pictures::header(2, 1, 0, 16, 0), |x, _| vec![0x1200 + x as u16]);
    let picture = decode(&png.insert(1, b"tRNS", [0x12, 0x01]).bytes()).0.unwrap();
    assert_eq!(picture.colours, [[0x12, 0x12, 0x12, 255], [0x12, 0x12, 0x12, 0]]);
}

#[test]
fn data_may_be_spread_over_chunks_and_foreign_chunks_are_passed_over() {
    let whole = Png::flat(8, 8, [1, 2, 3, 4]);
    let mut split = whole.clone();
    let data = split.chunks.remove(1).1;
    for (at, byte) in data.iter().enumerate() {
        split = split.insert(1 + at, b"IDAT", [*byte]);
    }
    split = split.insert(1, b"IDAT", []).insert(1, b"iCCP", vec![0xFF; 100_000]).insert(1, b"tEXt", b"a\0b");
    assert_eq!(decode(&split.bytes()).0.unwrap(), decode(&whole.bytes()).0.unwrap());
}

#[test]
fn animation_and_trailing_bytes_are_told_and_do_not_block() {
    let control = [0, 0, 0, 2, 0, 0, 0, 0];
    let animated = Png::flat(8, 8, [0; 4]).insert(1, b"acTL", control).insert(3, b"fdAT", vec![9; 30]);
    let (picture, findings) = decode(&animated.bytes());
    assert!(picture.is_ok());
    assert_eq!(
        findings.iter().map(|found| (found.code, found.blocking)).collect::<Vec<_>>(),
        [(Code::ImageAnimated, false)]
    );

    let mut bytes = Png::flat(8, 8, [0; 4]).bytes();
    bytes.extend([0; 70_000]);
    let (picture, findings) = decode(&bytes);
    assert!(picture.is_ok());
    assert_eq!((findings[0].code, findings[0].blocking), (Code::ImageTrailingBytes, false));
    assert!(findings[0].message.starts_with("70000 bytes"), "{}", findings[0].message);
}

#[test]
fn a_picture_cut_off_anywhere_is_refused() {
    let bytes = Png::flat(8, 8, [9; 4]).insert(1, b"tEXt", b"a\0b").bytes();
    assert_eq!(refused(&[]).0, Code::PayloadTypeMismatch);
    for length in 1..bytes.len() {
        assert_eq!(refused(&bytes[..length]).0, Code::ImageMalformed, "cut at {length}");
    }
}

#[test]
fn every_flipped_byte_is_noticed() {
    let good = Png::flat(8, 8, [9; 4]).insert(1, b"tEXt", b"a\0b").bytes();
    for at in 0..good.len() {
        let mut bytes = good.clone();
        bytes[at] ^= 0x04;
        assert!(decode(&bytes).0.is_err(), "byte {at}");
    }
}

#[test]
fn chunks_that_are_missing_or_out_of_order_are_refused() {
    let grey = || Png::from_samples(pictures::header(8, 8, 0, 8, 0), |_, _| vec![0]);
    let colour = || Png::from_samples(pictures::header(8, 8, 2, 8, 0), |_, _| vec![0; 3]);
    let alpha = || Png::flat(8, 8, [0; 4]);
    let indexed = || Png::from_samples(pictures::header(8, 8, 3, 8, 0), |_, _| vec![0]);
    let without = |mut png: Png, at: usize| {
        png.chunks.remove(at);
        png
    };
    for (png, words) in [
        (grey().insert(1, b"IHDR", pictures::header(8, 8, 0, 8, 0)), "second header"),
        (grey().insert(0, b"gAMA", [0, 0, 0, 1]), "not an IHDR"),
        (without(grey(), 0), "not an IHDR"),
        (without(grey(), 1), "no picture data"),
        (without(grey(), 2), "without an end"),
        (grey().insert(2, b"IEND", [0]), "not empty"),
        (grey().insert(2, b"gAMA", []).insert(3, b"IDAT", []), "interrupted"),
        (grey().insert(1, b"PLTE", [0; 3]), "grey picture has a palette"),
        (grey().insert(1, b"ABCD", [0; 3]), "ABCD"),
        (grey().insert(1, b"a\0bc", []), "no chunk where one should begin"),
        (grey().insert(1, b"tRNS", [0]), "does not have 2 bytes"),
        (grey().insert(1, b"tRNS", [0; 2]).insert(2, b"tRNS", [0; 2]), "second transparency"),
        (grey().insert(2, b"tRNS", [0; 2]), "after the picture data"),
        (colour().insert(1, b"tRNS", [0; 2]), "does not have 6 bytes"),
        (alpha().insert(1, b"tRNS", [0; 6]), "alpha channel has a transparency"),
        (indexed(), "no palette before"),
        (indexed().insert(2, b"PLTE", [0; 3]), "no palette before"),
        (indexed().insert(1, b"PLTE", [0; 4]), "entries of 3 bytes"),
        (indexed().insert(1, b"PLTE", []), "entries of 3 bytes"),
        (indexed().insert(1, b"PLTE", [0; 771]), "entries of 3 bytes"),
        (indexed().insert(1, b"PLTE", [0; 3]).insert(2, b"PLTE", [0; 3]), "second palette"),
        (indexed().insert(1, b"tRNS", [0]).insert(2, b"PLTE", [0; 3]), "before the palette"),
        (indexed().insert(1, b"PLTE", [0; 3]).insert(2, b"tRNS", [0; 2]), "more transparencies"),
        (colour().insert(2, b"PLTE", [0; 3]), "palette comes after the picture data"),
        (colour().insert(1, b"tRNS", [0; 6]).insert(2, b"PLTE", [0; 3]), "after the transparency"),
    ] {
        malformed_says(&png, words);
    }
    assert!(decode(&colour().insert(1, b"PLTE", [0; 768]).bytes()).0.is_ok(), "a suggested palette is allowed");
}

#[test]
fn headers_that_say_what_cannot_be_are_refused() {
    let with = |at: usize, value: u8| {
        let mut png = Png::flat(8, 8, [0; 4]);
        png.chunks[0].1[at] = value;
        png
    };
    let mut long = Png::flat(8, 8, [0; 4]);
    long.chunks[0].1.push(0);
    for (png, words) in [
        (with(3, 0), "0 × 8"),
        (with(7, 0), "8 × 0"),
        (with(8, 4), "no bit depth 4"),
        (with(8, 0), "no bit depth 0"),
        (with(9, 1), "no colour type 1"),
        (with(10, 1), "compression method 1"),
        (with(11, 1), "filter method 1"),
        (with(12, 2), "interlace method 2"),
        (long, "not an IHDR of 13 bytes"),
    ] {
        malformed_says(&png, words);
    }
}

#[test]
fn data_that_is_short_long_or_wrong_is_refused() {
    let ihdr = || pictures::header(8, 8, 2, 8, 0);
    let rows = pictures::rows(&ihdr(), |x, y| vec![x as u16, y as u16, 0]);
    let with_data = |data: Vec<u8>| Png { chunks: vec![(*b"IHDR", ihdr()), (*b"IDAT", data), (*b"IEND", Vec::new())] };
    let zlib = |rows: &[u8]| fdeflate::compress_to_vec(rows);
    assert!(decode(&with_data(zlib(&rows)).bytes()).0.is_ok());

    malformed_says(&with_data(Vec::new()), "ends too early");
    malformed_says(&with_data(zlib(&rows[1..])), "ends too early");
    malformed_says(&with_data(zlib(&[&rows[..], &[0]].concat())), "more than the 200 bytes");
    malformed_says(&with_data(zlib(&vec![0; 50_000_000])), "more than the 200 bytes");
    let good = zlib(&rows);
    for cut in 0..good.len() {
        malformed_says(&with_data(good[..cut].to_vec()), "ends too early");
    }
    for garbage in 1..20 {
        let data = [&good[..], &vec![0x55; garbage]].concat();
        malformed_says(&with_data(data), "behind the compressed picture data");
    }
    let mut wrong_sum = good.clone();
    *wrong_sum.last_mut().unwrap() ^= 1;
    malformed_says(&with_data(wrong_sum), "checksum of the picture data");
    malformed_says(&with_data(b"no zlib".to_vec()), "no zlib stream");
    let mut no_filter = rows.clone();
    no_filter[25 * 3] = 5;
    malformed_says(&with_data(zlib(&no_filter)), "row 3 has no filter 5");
}

#[test]
fn an_index_beyond_the_palette_is_refused_with_its_place() {
    for (depth, interlace) in [(8, 0), (2, 1)] {
        let ihdr = pictures::header(8, 8, 3, depth, interlace);
        let png = Png::from_samples(ihdr, |x, y| vec![if (x, y) == (5, 6) { 3 } else { 1 }]);
        malformed_says(&png.insert(1, b"PLTE", [0; 9]), "pixel at 5,6 has palette index 3");
    }
}

#[test]
fn checksums_are_checked_in_every_chunk() {
    let good = Png::flat(8, 8, [0; 4]).insert(1, b"tEXt", b"a\0b").bytes();
    let text_sum_at = 8 + 25 + 8 + 3;
    let mut bytes = good.clone();
    bytes[text_sum_at] ^= 1;
    let (code, message) = refused(&bytes);
    assert_eq!(code, Code::ImageMalformed);
    assert!(message.contains("checksum of the chunk tEXt is wrong (byte 33)"), "{message}");
}

#[test]
fn limits_are_judged_before_anything_else_is_read() {
    for (width, height, colour, depth, words) in [
        (16_385, 1, 0, 8, "a side may have 16384"),
        (1, u32::MAX, 0, 8, "a side may have 16384"),
        (16_384, 4_097, 0, 1, "may have 67108864"),
        (4_096, 4_096, 6, 8, "take 67108864 bytes and may take 8388608"),
        (1_025, 1_024, 6, 16, "may take 8388608"),
    ] {
        let mut png = Png::flat(1, 1, [0; 4]);
        png.chunks[0].1 = pictures::header(width, height, colour, depth, 7);
        let mut bytes = png.bytes();
        bytes[8 + 8 + 13] ^= 0xFF;
        let (code, message) = refused(&bytes);
        assert_eq!(code, Code::ImageTooLarge);
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn compressed_data_that_never_ends_is_not_collected() {
    // Empty blocks inflate to nothing, so that only the limit stops them.
    let mut png = Png::flat(8, 8, [0; 4]);
    png.chunks[1].1 = vec![0; 9 << 20];
    assert_eq!(refused(&png.bytes()).0, Code::ImageTooLarge);
}

#[test]
fn what_is_not_a_png_is_named() {
    assert_eq!(
        refused(b"\xff\xd8\xff\xe0\0\x10JFIF"),
        (Code::PayloadTypeMismatch, "the file is named .png but is a JPEG picture".to_owned())
    );
    let mangled: Vec<u8> = Png::flat(8, 8, [0; 4]).bytes().into_iter().filter(|&byte| byte != b'\r').collect();
    let (code, message) = refused(&mangled);
    assert_eq!(code, Code::PayloadTypeMismatch);
    assert!(message.contains("text mode"), "{message}");

    let inputs = Memory::new().with(Role::Sprites, "a.bmp", Png::flat(8, 8, [0; 4]).bytes());
    let mut source = Source::open(&inputs, Role::Sprites, 0).unwrap();
    let found = header(&mut source, &Limits::default()).unwrap_err();
    assert_eq!(&*found.message, "the file is a PNG picture but is not named .png");
}
