//! Makes palettes out of the sprites of a bank that has none: which colours each tile needs, and files that hold them.
//! How tiles share palettes is decided in `packing`; nothing is written here.

use super::packing::{PALETTE_ROOM, pack};
use super::tiles::{Fault, Opacity, partial_alpha};
use super::{Bank, GlyphOptions, PALETTES};
use crate::bank::colour::rgb565;
use crate::bank::png::{Decoder, Picture};
use crate::bank::{Inputs, Role, blocked};
use crate::diagnostic::{Code, Diagnostic};
use crate::trust::Limits;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// A palette that was made from pictures: its colours from index 1 on, at most 15, each another one once rounded to
/// RGB565. Index 0 stands for transparency and is not among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DerivedPalette {
    colours: Vec<[u8; 3]>,
}

impl DerivedPalette {
    /// The colours from index 1 on: red, green, blue.
    #[must_use]
    pub fn colours(&self) -> &[[u8; 3]] {
        &self.colours
    }

    /// Its file as GIMP writes palettes, entry 0 black and called `transparent`; `name` stands on one line.
    #[must_use]
    pub fn gpl(&self, name: &str) -> String {
        let mut text = format!("GIMP Palette\nName: {name}\nColumns: 16\n#\n  0   0   0\ttransparent\n");
        for [r, g, b] in &self.colours {
            writeln!(text, "{r:3} {g:3} {b:3}\t#{r:02x}{g:02x}{b:02x}").expect("a string takes all that is written");
        }
        text
    }
}

/// Where the file of derived palette `index` belongs, relative to the asset's root.
#[must_use]
pub fn derived_palette_path(index: usize) -> String {
    format!("palettes/{index:02}.gpl")
}

/// Makes as few palettes as it can so that each tile of the sprites finds all its colours in one of them; see
/// [`derive_palettes`](crate::bank::derive_palettes).
pub(in crate::bank) fn derive(
    options: &GlyphOptions,
    inputs: &dyn Inputs,
    limits: &Limits,
    findings: &mut Vec<Diagnostic>,
) -> Option<Vec<DerivedPalette>> {
    let first_finding = findings.len();
    let mut bank = Bank { options, limits, tiles: 0, overflow: None, digests: Vec::new(), decoder: Decoder::take() };
    let mut colours = Colours {
        side: options.tile_size as usize,
        opacity: options.opacity(),
        sets: BTreeSet::new(),
        seen: BTreeMap::new(),
    };
    for index in 0..inputs.count(Role::Sprites) {
        match bank.read_sprite(inputs, index, &mut Vec::new()) {
            Ok(Some((path, first_tile, picture))) => colours.take(&path, index, first_tile, &picture, findings),
            Ok(None) => {}
            Err(found) => findings.push(found),
        }
    }
    findings.extend(bank.overflow_finding());
    bank.decoder.leave();
    if blocked(&findings[first_finding..]) {
        return None;
    }
    let packed = pack(&colours.sets);
    if packed.len() > PALETTES {
        let message = format!(
            "the tiles need {} palettes of {PALETTE_ROOM} colours, and a bank has room for {PALETTES}",
            packed.len()
        );
        let found = Diagnostic::new(Code::GlyphTooManyPalettes, message).number("palettes", packed.len());
        findings.push(found.help("let the pictures share more colours, or split the bank"));
        return None;
    }
    let palette = |set: Vec<u16>| DerivedPalette { colours: set.iter().map(|c| colours.seen[c]).collect() };
    Some(packed.into_iter().map(palette).collect())
}

/// The colours of the tiles so far.
struct Colours {
    side: usize,
    opacity: [Opacity; 256],
    /// The RGB565 values of each tile, ascending; tiles with the same ones once.
    sets: BTreeSet<Vec<u16>>,
    /// The colour as it was first met in a picture, for each RGB565 value.
    seen: BTreeMap<u16, [u8; 3]>,
}

impl Colours {
    /// Takes the tiles of one picture; at most two findings come of it.
    fn take(
        &mut self,
        path: &str,
        sprite: usize,
        first_tile: usize,
        picture: &Picture,
        findings: &mut Vec<Diagnostic>,
    ) {
        let tiles_in_row = picture.width / self.side;
        let mut partial: Option<Fault> = None;
        let mut crowded: Option<Crowded> = None;
        for at in 0..tiles_in_row * (picture.height / self.side) {
            let (left, top) = (at % tiles_in_row * self.side, at / tiles_in_row * self.side);
            let mut set = BTreeSet::new();
            let mut first_partial = None;
            for (x, y) in (top..top + self.side).flat_map(|y| (left..left + self.side).map(move |x| (x, y))) {
                let rgba @ [r, g, b, alpha] = picture.rgba(x, y);
                match self.opacity[usize::from(alpha)] {
                    Opacity::Clear => {}
                    Opacity::Opaque => {
                        let colour = rgb565([r, g, b]);
                        self.seen.entry(colour).or_insert([r, g, b]);
                        set.insert(colour);
                    }
                    Opacity::Partial => first_partial = first_partial.or(Some((x, y, rgba))),
                }
            }
            let tile = first_tile + at;
            if let Some((x, y, rgba)) = first_partial {
                partial.get_or_insert(Fault { tile, x, y, rgba, tiles: 0 }).tiles += 1;
            }
            if set.len() > PALETTE_ROOM {
                crowded.get_or_insert(Crowded { tile, colours: set.len(), tiles: 0 }).tiles += 1;
            } else if !set.is_empty() {
                self.sets.insert(set.into_iter().collect());
            }
        }
        findings.extend(partial.map(|fault| partial_alpha(&fault).at(path).number("sprite", sprite)));
        findings.extend(crowded.map(|crowded| crowded.finding().at(path).number("sprite", sprite)));
    }
}

/// A tile with more colours than a palette has room for, and how many tiles of the picture are like that.
struct Crowded {
    tile: usize,
    colours: usize,
    tiles: usize,
}

impl Crowded {
    fn finding(&self) -> Diagnostic {
        let Crowded { tile, colours, tiles } = *self;
        let more = if tiles == 1 { String::new() } else { format!("; {tiles} tiles of it have too many") };
        let message = format!(
            "no palettes can be derived: tile {tile} has {colours} colours once rounded to RGB565, and a palette has \
             room for {PALETTE_ROOM}{more}"
        );
        let help = format!(
            "reduce the picture to {PALETTE_ROOM} colours beside transparency (in GIMP: Image, Mode, Indexed), or cut \
             it into smaller tiles"
        );
        let found = Diagnostic::new(Code::GlyphNoPalette, message).help(help);
        found.number("tile", tile).number("colours", colours).number("tiles", tiles)
    }
}

#[cfg(test)]
mod tests;
