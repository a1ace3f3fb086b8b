//! The payload of a glyph bank: 256 × 256 palette indices, then 64 palettes of 16 colours.

use super::{PALETTE_COLOURS, PALETTES, PAYLOAD_BYTES, SHEET_SIDE_PX};
use crate::bank::colour::rgb565;
use crate::bank::palette::Palette;
use std::io::{self, Write};

const ROW_BYTES: usize = SHEET_SIDE_PX as usize / 2;

/// Palette indices, two a byte, the left one in the high nibble.
pub(super) struct Sheet {
    nibbles: Vec<u8>,
}

impl Default for Sheet {
    /// A sheet of which every pixel is 0.
    fn default() -> Sheet {
        Sheet { nibbles: vec![0; ROW_BYTES * SHEET_SIDE_PX as usize] }
    }
}

impl Sheet {
    /// Writes the indices of a tile, row by row, into the slot that its id names.
    pub(super) fn put(&mut self, tile: usize, side: usize, indices: &[u8]) {
        let tiles_in_row = SHEET_SIDE_PX as usize / side;
        let (left, top) = (tile % tiles_in_row * side, tile / tiles_in_row * side);
        for (row, indices) in indices.chunks_exact(side).enumerate() {
            let start = (top + row) * ROW_BYTES + left / 2;
            let (pairs, _) = indices.as_chunks::<2>();
            for (byte, pair) in self.nibbles[start..].iter_mut().zip(pairs) {
                *byte = pair[0] << 4 | pair[1];
            }
        }
    }

    /// Writes the whole payload in one piece; palettes that are not there are 0.
    pub(super) fn write(mut self, palettes: &[Palette], sink: &mut dyn Write) -> io::Result<()> {
        for palette in palettes {
            let mut colours = [0; PALETTE_COLOURS * 2];
            for (bytes, entry) in colours.chunks_exact_mut(2).zip(&palette.entries) {
                bytes.copy_from_slice(&rgb565(entry.colour).to_le_bytes());
            }
            self.nibbles.extend_from_slice(&colours);
        }
        self.nibbles.resize(usize::try_from(PAYLOAD_BYTES).expect("34 816"), 0);
        debug_assert!(palettes.len() <= PALETTES, "the layout was made first");
        sink.write_all(&self.nibbles)
    }
}
