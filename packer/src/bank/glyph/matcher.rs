//! Which palettes hold which colours, and at which index: built once a bank, then looked up for every pixel.

use super::PALETTES;
use crate::bank::colour::rgb565;
use crate::bank::palette::Palette;
use crate::diagnostic::{Code, Diagnostic};

/// The row of a colour that no palette has.
pub(super) const NOWHERE: u16 = 0;
/// The row of a pixel without colour: every palette serves it, by index 0.
pub(super) const CLEAR: u16 = 1;
/// The row of a pixel that is neither clear nor opaque: [`CLEAR`] with a mark, so that it rules no palette out.
pub(super) const PARTIAL: u16 = CLEAR | PARTIAL_MARK;
/// Set in [`PARTIAL`] and in no other row.
pub(super) const PARTIAL_MARK: u16 = 1 << 15;
/// More rows than 64 palettes of 15 colours need: looking one up by its lower bits cannot miss.
pub(super) const ROWS: usize = 1 << 10;

/// The colours of all palettes of a bank. Entry 0 of a palette stands for transparency and is never matched.
pub(super) struct Matcher {
    /// The upper byte of an RGB565 value → its page below; 0 is the page of those that no palette has.
    page_of: [u16; 256],
    /// The lower byte of an RGB565 value → row in the two lists below.
    pages: Vec<[u16; 256]>,
    /// Bit p: palette p has the colour.
    palettes_with: Box<[u64; ROWS]>,
    /// The index of the colour in each palette, 0 where it is not.
    index_in: Vec<[u8; PALETTES]>,
    palette_count: usize,
}

/// The palettes, as bits, that have a row at another index than a certain palette.
pub(super) struct Elsewhere {
    /// Any row.
    pub(super) any: u64,
    /// The row of each [`place`].
    pub(super) by_place: Box<[u64; ROWS]>,
}

impl Matcher {
    pub(super) fn new(palettes: &[Palette]) -> Matcher {
        let colours = palettes.iter().map(|file| file.entries.len()).sum::<usize>();
        let mut matcher = Matcher {
            page_of: [0; 256],
            pages: Vec::with_capacity(1 + colours.min(256)),
            palettes_with: boxed(0),
            index_in: Vec::with_capacity(2 + colours),
            palette_count: palettes.len(),
        };
        matcher.pages.push([NOWHERE; 256]);
        matcher.index_in.resize(2, [0; PALETTES]);
        matcher.palettes_with[usize::from(CLEAR)] = u64::MAX;
        for (palette, file) in palettes.iter().enumerate() {
            for (index, entry) in (0_u8..).zip(&file.entries).skip(1) {
                let [upper, lower] = rgb565(entry.colour).to_be_bytes();
                let page = &mut matcher.page_of[usize::from(upper)];
                if *page == 0 {
                    *page = u16::try_from(matcher.pages.len()).expect("at most one for each upper byte");
                    matcher.pages.push([NOWHERE; 256]);
                }
                let row = &mut matcher.pages[usize::from(*page)][usize::from(lower)];
                if *row == NOWHERE {
                    *row = u16::try_from(matcher.index_in.len()).expect("at most 64 × 15 colours");
                    matcher.index_in.push([0; PALETTES]);
                }
                let row = usize::from(*row);
                matcher.palettes_with[row] |= 1 << palette;
                // Of a colour that is there twice, the lower index counts.
                let held = &mut matcher.index_in[row][palette];
                if *held == 0 {
                    *held = index;
                }
            }
        }
        matcher
    }

    /// The row of an RGB565 colour, for the questions below; [`NOWHERE`] if no palette has it.
    pub(super) fn row(&self, colour: u16) -> u16 {
        let [upper, lower] = colour.to_be_bytes();
        self.pages[usize::from(self.page_of[usize::from(upper)])][usize::from(lower)]
    }

    /// All palettes, as bits.
    pub(super) fn all(&self) -> u64 {
        u64::MAX.checked_shr(64 - u32::try_from(self.palette_count).expect("at most 64")).unwrap_or(0)
    }

    /// The palettes that serve a row, as bits.
    pub(super) fn palettes_with(&self, row: u16) -> u64 {
        self.palettes_with[place(row)]
    }

    /// The index of a row in a palette that serves it: 1..=15 for a colour.
    pub(super) fn index(&self, row: u16, palette: usize) -> u8 {
        self.index_in[place(row)][palette]
    }

    /// Which palettes have which rows at another index than `palette`.
    pub(super) fn elsewhere_than(&self, palette: usize) -> Elsewhere {
        let differing = |indices: &[u8; PALETTES]| {
            let held = indices[..self.palette_count].iter().enumerate();
            held.fold(0, |bits, (at, &index)| bits | u64::from(index != indices[palette]) << at)
        };
        let mut by_place = boxed(0);
        by_place.iter_mut().zip(&self.index_in).for_each(|(bits, indices)| *bits = differing(indices));
        let any = by_place.iter().fold(0, |any, bits| any | bits);
        Elsewhere { any, by_place }
    }
}

/// Where a row stands in the lists.
pub(super) fn place(row: u16) -> usize {
    usize::from(row) % ROWS
}

fn boxed<T: Copy, const N: usize>(value: T) -> Box<[T; N]> {
    vec![value; N].try_into().ok().expect("it was made with this length")
}

/// One warning for a palette that has a colour at two of the indices that are matched.
pub(super) fn duplicate_colour(palette: &Palette) -> Option<Diagnostic> {
    let mut first = None;
    let mut count = 0;
    for (later, entry) in palette.entries.iter().enumerate().skip(1) {
        let colour = rgb565(entry.colour);
        if let Some(earlier) = palette.entries[1..later].iter().position(|entry| rgb565(entry.colour) == colour) {
            count += 1;
            first.get_or_insert((earlier + 1, later));
        }
    }
    let (earlier, later) = first?;
    let more = if count == 1 { String::new() } else { format!("; {count} entries repeat an earlier colour") };
    let message =
        format!("entries {earlier} and {later} are one colour once rounded to RGB565, and {earlier} is used{more}");
    let warning = Diagnostic::new(Code::GlyphDuplicateColour, message)
        .at(&palette.path)
        .on(palette.place(later))
        .help("remove the later entry, or give it a colour of its own")
        .number("index", later)
        .number("used_index", earlier);
    Some(warning.number("count", count))
}
