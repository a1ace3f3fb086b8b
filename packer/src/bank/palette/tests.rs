//! Palette files in every spelling that is read, and the line of each refusal.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::bank::Role;
use crate::bank::tests::inputs::Memory;

fn parse(path: &str, text: &[u8]) -> Result<Vec<[u8; 3]>, Diagnostic> {
    let inputs = Memory::new().with(Role::Palettes, path, text);
    let mut source = Source::open(&inputs, Role::Palettes, 0).unwrap();
    let palette = read(&mut source)?;
    Ok(palette.entries.iter().map(|entry| entry.colour).collect())
}

/// The line and column of a refusal, 0 where it has no place.
fn refused(path: &str, text: &[u8], words: &str) -> (u32, u32) {
    let found = parse(path, text).unwrap_err();
    assert_eq!((found.code, found.path.as_deref()), (Code::GlyphPaletteMalformed, Some(path)));
    assert!(found.message.contains(words), "{}", found.message);
    found.place.map_or((0, 0), |place| (place.span.line, place.span.column))
}

#[test]
fn reads_what_editors_write() {
    let three = vec![[0, 0, 0], [255, 128, 7], [1, 2, 3]];
    for (path, text) in [
        ("a.gpl", &b"GIMP Palette\nName: x\nColumns: 4\n#\n  0   0   0\tc0\n255 128   7\tUntitled\n1 2 3\n"[..]),
        ("a.gpl", b"GIMP Palette\r\n\r\n# by hand\r\n0 0 0\r\n255\t128\t7 Gr\xfcn\xff\r\n1 2 3 452840"),
        ("a.gpl", b"GIMP Palette\nChannels: RGBA\n#\n0 0 0 0 Mask\n255 128 7 255 x\n1 2 3 255\n"),
        ("A.PAL", b"JASC-PAL\r\n0100\r\n3\r\n0 0 0\r\n255 128 7\r\n1 2 3\r\n"),
        ("a.pal", b"JASC-PAL\n0100\n3\n0 0 0 0\n255 128 7 255\n1 2 3 255\n\n"),
        ("a.hex", b"000000\nFF8007\n010203\n"),
        ("a.hex", b"\r\n#000000\r\n\r\n#ff8007\r\n010203"),
    ] {
        assert_eq!(parse(path, text).unwrap(), three, "{path}: {}", String::from_utf8_lossy(text));
    }
}

#[test]
fn gimp_files_are_refused_at_the_line_that_is_wrong() {
    for (text, words, place) in [
        (&b""[..], "ends before it", (1, 1)),
        (b"JASC-PAL\n0100\n", "a JASC palette", (1, 1)),
        (b"\xef\xbb\xbfGIMP Palette\n0 0 0\n", "byte order mark", (1, 1)),
        (b"GIMP Palette\n", "no colours", (2, 1)),
        (b"GIMP Palette\nName: x\n  0 0\n", "three numbers", (3, 3)),
        (b"GIMP Palette\n0 0 0\n256 0 0\n", "`256`", (3, 1)),
        (b"GIMP Palette\n0 0 0\n-1 0 0\n", "`-1`", (3, 1)),
        (b"GIMP Palette\n0 0 0\n1.5 0 0\n", "`1.5`", (3, 1)),
        (b"GIMP Palette\n0 0 0\nred\n", "`red`", (3, 1)),
        (b"GIMP Palette\n0 0 0\n1 2 3 128\n", "entry 1 has alpha 128", (3, 1)),
        (b"GIMP Palette\n0 0 0\n1 2 3 0\n", "entry 1 has alpha 0", (3, 1)),
        (b"GIMP Palette\n0 0 0 7\n", "entry 0 has alpha 7", (2, 1)),
        (b"GIMP Palette\n0 0 0 999\n", "not an alpha value", (2, 1)),
    ] {
        assert_eq!(refused("a.gpl", text, words), place, "{}", String::from_utf8_lossy(text));
    }
    let seventeen = format!("GIMP Palette\n{}", "1 2 3\n".repeat(17));
    assert_eq!(refused("a.gpl", seventeen.as_bytes(), "17 colours"), (18, 1));
}

#[test]
fn jasc_files_are_refused_at_the_line_that_is_wrong() {
    for (text, words, place) in [
        (&b"GIMP Palette\n"[..], "a GIMP palette", (1, 1)),
        (b"RIFF\x24\0\0\0PAL data\x18\0\0\0", "a RIFF palette", (1, 1)),
        (b"JASC-PAL\n", "ends before it", (2, 1)),
        (b"JASC-PAL\n0101\n1\n0 0 0\n", "not `0101`", (2, 1)),
        (b"JASC-PAL\n0100\n", "number of colours", (3, 1)),
        (b"JASC-PAL\n0100\nx\n", "`x`", (3, 1)),
        (b"JASC-PAL\n0100\n99999999999999999999\n", "is not a number", (3, 1)),
        (b"JASC-PAL\n0100\n0\n", "0 colours", (3, 1)),
        (b"JASC-PAL\n0100\n17\n", "17 colours", (3, 1)),
        (b"JASC-PAL\n0100\n2\n0 0 0\n", "promises 2 colours and holds 1", (3, 1)),
        (b"JASC-PAL\n0100\n1\n0 0 0\n1 1 1\n", "after the last", (5, 1)),
        (b"JASC-PAL\n0100\n2\n0 0 0\n\n1 1 1\n", "three numbers", (5, 1)),
        (b"JASC-PAL\n0100\n1\n0 0 0 0 0\n", "behind the colour", (4, 1)),
        (b"JASC-PAL\n0100\n1\n0 0 0 name\n", "not an alpha value", (4, 1)),
    ] {
        assert_eq!(refused("a.pal", text, words), place, "{}", String::from_utf8_lossy(text));
    }
}

#[test]
fn hex_files_are_refused_at_the_line_that_is_wrong() {
    for (text, words, place) in [
        (&b""[..], "no colours", (1, 1)),
        (b"\n\n", "no colours", (3, 1)),
        (b"000000\nfff\n", "`fff`", (2, 1)),
        (b"000000\n ff0000ff\n", "`ff0000ff`", (2, 2)),
        (b"00000g\n", "`00000g`", (1, 1)),
        (b"##00000\n", "six hexadecimal", (1, 1)),
        ("００００００\n".as_bytes(), "six hexadecimal", (1, 1)),
        (b"\xff\xfe0\0", "`\\xff\\xfe0\\u{0}`", (1, 1)),
    ] {
        assert_eq!(refused("a.hex", text, words), place, "{}", String::from_utf8_lossy(text));
    }
    assert_eq!(refused("a.hex", &b"000000\n".repeat(17), "17 colours"), (17, 1));
}

#[test]
fn other_names_and_bare_carriage_returns_are_no_palettes() {
    assert_eq!(refused("a.act", b"\x89PNG\r\n\x1a\n", "a PNG picture"), (0, 0));
    refused("a.hex", b"010203\r040506\n", "a carriage return without a line feed");
    assert!(parse("a.hex", &[&b"\n".repeat(100_000)[..], b"010203\n"].concat()).is_ok());
}
