//! The payload of a glyph bank as pictures: its sheet as a PNG picture, its palettes as colours. Layout and colours are those
//! of docs/formats.md: two pixels a byte, the left one in the high nibble, then RGB565 palettes, little-endian.

use png::{BitDepth, ColorType, Compression, Encoder};
use prometeu_packer::schema::archive::{GLYPH_BYTES, GLYPH_SHEET_BYTES};
use std::collections::BTreeMap;

/// Side of a sheet, in pixels.
const SIDE: usize = 256;
/// Colours of a palette, of which the first stands for transparent.
pub(super) const COLOURS: usize = 16;

/// A glyph payload of the right length.
pub(super) struct Glyphs<'p>(&'p [u8]);

impl<'p> Glyphs<'p> {
    /// `None` for bytes of another length.
    pub(super) fn of(payload: &'p [u8]) -> Option<Glyphs<'p>> {
        (payload.len() as u64 == GLYPH_BYTES).then_some(Glyphs(payload))
    }

    fn index(&self, x: usize, y: usize) -> u8 {
        let byte = self.0[(y * SIDE + x) / 2];
        if x.is_multiple_of(2) { byte >> 4 } else { byte & 15 }
    }

    /// A colour of a palette from 0 to 63, eight bits a channel.
    pub(super) fn colour(&self, palette: usize, index: usize) -> [u8; 3] {
        let at = usize::try_from(GLYPH_SHEET_BYTES).unwrap_or(0) + (palette * COLOURS + index) * 2;
        let value = u16::from_le_bytes([self.0[at], self.0[at + 1]]);
        let channel = |bits: u16, max: u16| u8::try_from((bits * 255 + max / 2) / max).unwrap_or(255);
        [channel(value >> 11, 31), channel(value >> 5 & 63, 63), channel(value & 31, 31)]
    }

    /// How many rows of pixels there are before nothing but transparent ones follow, in whole tiles.
    pub(super) fn used_rows(&self, tile: usize) -> usize {
        let last = self.0[..SIDE * SIDE / 2].iter().rposition(|byte| *byte != 0);
        last.map_or(0, |at| at / (SIDE / 2) + 1).next_multiple_of(tile.max(1)).min(SIDE)
    }

    /// The first `rows` of the sheet as a PNG file, each tile in the colours of its palette, entry 0 transparent; `None` when
    /// there is nothing to be seen. Tiles that no palette is named for have the first.
    pub(super) fn picture(&self, rows: usize, tile: usize, palette_per_tile: &[u8]) -> Option<Vec<u8>> {
        if rows == 0 || rows > SIDE || tile == 0 {
            return None;
        }
        let palette = |x: usize, y: usize| {
            let tile = y / tile * (SIDE / tile) + x / tile;
            palette_per_tile.get(tile).map_or(0, |palette| usize::from(palette & 63))
        };
        let mut colours: BTreeMap<Option<[u8; 3]>, u8> = BTreeMap::from([(None, 0)]);
        let mut pixels = Vec::with_capacity(rows * SIDE);
        for (y, x) in (0..rows).flat_map(|y| (0..SIDE).map(move |x| (y, x))) {
            let index = usize::from(self.index(x, y));
            pixels.push((index > 0).then(|| self.colour(palette(x, y), index)));
        }
        let mut table = vec![[0; 3]];
        for colour in pixels.iter().flatten() {
            let next = table.len();
            if let (std::collections::btree_map::Entry::Vacant(new), Ok(number)) =
                (colours.entry(Some(*colour)), u8::try_from(next))
            {
                new.insert(number);
                table.push(*colour);
            }
        }
        // More colours than a palette of a PNG has room for: those of every pixel by itself.
        let is_indexed = pixels.iter().all(|pixel| colours.contains_key(pixel));
        let bytes: Vec<u8> = match is_indexed {
            true => pixels.iter().map(|pixel| colours[pixel]).collect(),
            false => pixels.iter().flat_map(|pixel| pixel.map_or([0; 4], |[r, g, b]| [r, g, b, 255])).collect(),
        };
        encode(rows, &bytes, is_indexed.then_some(table.as_flattened()))
    }
}

/// A PNG file of full width: bytes of indices where there is a palette, of which the first entry is transparent, else RGBA.
fn encode(rows: usize, bytes: &[u8], palette: Option<&[u8]>) -> Option<Vec<u8>> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, u32::try_from(SIDE).ok()?, u32::try_from(rows).ok()?);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::High);
    match palette {
        Some(palette) => {
            encoder.set_color(ColorType::Indexed);
            encoder.set_palette(palette);
            encoder.set_trns(&[0][..]);
        }
        None => encoder.set_color(ColorType::Rgba),
    }
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(bytes).ok()?;
    writer.finish().ok()?;
    Some(file)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::{COLOURS, Glyphs, SIDE};

    /// A tile of 8 pixels in each corner of the first two rows of tiles, and palettes with one colour each.
    fn payload(indices: &[(usize, usize, u8)], colours: &[(usize, usize, u16)]) -> Vec<u8> {
        let mut bytes = vec![0; 34_816];
        for (x, y, index) in indices {
            bytes[(y * SIDE + x) / 2] |= if x.is_multiple_of(2) { index << 4 } else { *index };
        }
        for (palette, index, value) in colours {
            bytes[32_768 + (palette * COLOURS + index) * 2..][..2].copy_from_slice(&value.to_le_bytes());
        }
        bytes
    }

    fn decoded(file: &[u8]) -> (u32, Vec<u8>) {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
        decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::ALPHA);
        let mut reader = decoder.read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut bytes).unwrap();
        assert_eq!((info.width, info.color_type), (256, png::ColorType::Rgba));
        (info.height, bytes)
    }

    #[test]
    fn a_pixel_has_the_colour_of_its_tiles_palette_and_entry_0_none() {
        let bytes = payload(&[(0, 0, 1), (9, 0, 1), (1, 8, 2)], &[(0, 1, 0xF800), (3, 1, 0x07E0), (0, 2, 0x001F)]);
        let glyphs = Glyphs::of(&bytes).unwrap();
        assert_eq!(glyphs.used_rows(8), 16);
        let (rows, pixels) = decoded(&glyphs.picture(16, 8, &[0, 3]).unwrap());
        let pixel = |x: usize, y: usize| &pixels[(y * SIDE + x) * 4..][..4];
        assert_eq!(rows, 16);
        assert_eq!(pixel(0, 0), [255, 0, 0, 255]);
        assert_eq!(pixel(9, 0), [0, 255, 0, 255]);
        assert_eq!(pixel(1, 8), [0, 0, 255, 255], "no palette is named, so it is the first");
        assert_eq!(pixel(2, 0), [0, 0, 0, 0]);
    }

    #[test]
    fn more_colours_than_a_png_palette_holds_are_all_shown() {
        // Forty tiles, each with fifteen colours that no other has.
        let mut indices = Vec::new();
        let mut colours = Vec::new();
        for tile in 0..40_usize {
            for index in 1..16_usize {
                indices.push((tile % 32 * 8 + index % 8, tile / 32 * 8 + index / 8, u8::try_from(index).unwrap()));
                colours.push((tile, index, u16::try_from(tile << 8 | index << 3 | 1).unwrap()));
            }
        }
        let bytes = payload(&indices, &colours);
        let glyphs = Glyphs::of(&bytes).unwrap();
        let palettes: Vec<u8> = (0..40).collect();
        let (_, pixels) = decoded(&glyphs.picture(glyphs.used_rows(8), 8, &palettes).unwrap());
        for (tile, index) in (0..40_usize).flat_map(|tile| (1..16_usize).map(move |index| (tile, index))) {
            let at = ((tile / 32 * 8 + index / 8) * SIDE + tile % 32 * 8 + index % 8) * 4;
            let [red, green, blue] = glyphs.colour(tile, index);
            assert_eq!(pixels[at..at + 4], [red, green, blue, 255], "tile {tile}, index {index}");
        }
    }

    #[test]
    fn nothing_to_be_seen_is_no_picture() {
        let bytes = payload(&[], &[]);
        let glyphs = Glyphs::of(&bytes).unwrap();
        assert_eq!((glyphs.used_rows(16), glyphs.picture(0, 16, &[])), (0, None));
        assert!(Glyphs::of(&bytes[1..]).is_none());
    }
}
