//! What each pixel means to the palettes of a bank. The colours of pictures are few, so those that were met lately are remembered.

use super::GlyphOptions;
use super::matcher::{CLEAR, Matcher, PARTIAL};
use super::tiles::Opacity;
use crate::bank::colour::rgb565;

/// What the matcher says of a colour.
#[derive(Clone, Copy)]
pub(super) struct Meaning {
    /// The matcher's row, or [`PARTIAL`].
    pub(super) row: u16,
    /// The palettes that serve it, as bits.
    pub(super) palettes: u64,
}

/// Asks the matcher about colours.
pub(super) struct Lookup<'a> {
    matcher: &'a Matcher,
    /// For each alpha value what is kept of the row of a colour, and what comes to it.
    by_alpha: [(u16, u16); 256],
    /// The colour that was met last of all that belong into a slot.
    met: Box<[Met; SLOTS]>,
}

/// A colour and its meaning, without the gap that the two would have between them.
#[derive(Clone, Copy)]
struct Met {
    colour: [u8; 4],
    row: u16,
    palettes: u64,
}

/// More than most pictures have colours; one with more is only looked up more slowly.
const SLOTS: usize = 256;

impl<'a> Lookup<'a> {
    pub(super) fn new(options: &GlyphOptions, matcher: &'a Matcher) -> Lookup<'a> {
        // Right for every slot from the start: transparent black is clear, whatever the options say.
        let black = Met { colour: [0; 4], row: CLEAR, palettes: matcher.palettes_with(CLEAR) };
        let by_alpha = options.opacity().map(|opacity| match opacity {
            Opacity::Clear => (0, CLEAR),
            Opacity::Opaque => (u16::MAX, 0),
            Opacity::Partial => (0, PARTIAL),
        });
        Lookup { matcher, by_alpha, met: Box::new([black; SLOTS]) }
    }

    /// What a colour means: red, green, blue, alpha.
    pub(super) fn ask(&self, [r, g, b, alpha]: [u8; 4]) -> Meaning {
        let (kept, added) = self.by_alpha[usize::from(alpha)];
        let row = self.matcher.row(rgb565([r, g, b])) & kept | added;
        Meaning { row, palettes: self.matcher.palettes_with(row) }
    }

    /// The same, sooner for colours that come again and again.
    #[inline]
    pub(super) fn meaning(&mut self, colour: [u8; 4]) -> Meaning {
        // The upper bits of a product with the golden ratio (Knuth, The Art of Computer Programming, section 6.4).
        let slot = u32::from_le_bytes(colour).wrapping_mul(0x9E37_79B1) >> (u32::BITS - SLOTS.ilog2());
        let met = &self.met[slot as usize];
        if met.colour == colour { Meaning { row: met.row, palettes: met.palettes } } else { self.meet(colour, slot) }
    }

    #[cold]
    fn meet(&mut self, colour: [u8; 4], slot: u32) -> Meaning {
        let Meaning { row, palettes } = self.ask(colour);
        self.met[slot as usize] = Met { colour, row, palettes };
        Meaning { row, palettes }
    }
}
