//! Cuts pictures into tiles and finds the palette of each; says which pixel stands in the way.

use super::lookup::{Lookup, Meaning};
use super::matcher::{CLEAR, Elsewhere, Matcher, NOWHERE, PARTIAL, PARTIAL_MARK, place};
use super::sheet::Sheet;
use super::{GlyphOptions, PALETTES};
use crate::bank::colour::rgb565;
use crate::bank::png::{Picture, Pixels};
use crate::diagnostic::{Code, Diagnostic};

/// Cuts the pictures of one bank into its sheet.
pub(super) struct Cutter<'a> {
    side: usize,
    lookup: Lookup<'a>,
    matcher: &'a Matcher,
    /// For each palette that was taken, [`Matcher::elsewhere_than`] it.
    elsewhere: [Option<Elsewhere>; PALETTES],
    /// For the tile at hand: the matcher's row for each pixel, and the index.
    rows: Vec<u16>,
    indices: Vec<u8>,
    /// Absent where only findings are wanted.
    sheet: Option<&'a mut Sheet>,
    palette_per_tile: Vec<u8>,
    fragile: Option<Fragile>,
}

/// What an alpha value makes of a pixel.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Opacity {
    Clear,
    Opaque,
    Partial,
}

/// Tiles whose indices depend on which of several fitting palettes stands first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragile {
    /// How many tiles of the bank.
    pub count: usize,
    /// The picture with the first of them, relative to the project.
    pub path: String,
    /// Its place among the sprites.
    pub sprite: usize,
    /// The first of them.
    pub tile: usize,
    /// The palette that it uses, and one that it could use.
    pub palettes: [usize; 2],
}

impl Fragile {
    pub(in crate::bank) fn finding(&self) -> Diagnostic {
        let [used, other] = self.palettes;
        let tiles = if self.count == 1 { "1 tile fits".to_owned() } else { format!("{} tiles fit", self.count) };
        let message = format!(
            "{tiles} several palettes with different indices, and the order of the palettes decides; the first is tile \
             {}, which uses palette {used} and could use {other}",
            self.tile
        );
        Diagnostic::new(Code::GlyphFragileIndex, message)
            .at(&self.path)
            .help("put common colours at the same index in all palettes, or make each tile's colours its own")
            .numbers([
                ("count", self.count),
                ("tile", self.tile),
                ("sprite", self.sprite),
                ("palette", used),
                ("other_palette", other),
            ])
    }
}

/// A pixel that stands in the way, and how many tiles of the picture are like that.
pub(super) struct Fault {
    pub(super) tile: usize,
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) rgba: [u8; 4],
    pub(super) tiles: usize,
}

/// A colour that is wrong in its tile: in no palette at all, or in none that has the tile's other colours.
struct Misfit {
    pixel: usize,
    is_nowhere: bool,
}

impl<'a> Cutter<'a> {
    pub(super) fn new(options: &GlyphOptions, matcher: &'a Matcher, sheet: Option<&'a mut Sheet>) -> Cutter<'a> {
        Cutter {
            side: options.tile_size as usize,
            lookup: Lookup::new(options, matcher),
            rows: vec![CLEAR; (options.tile_size * options.tile_size) as usize],
            indices: vec![0; (options.tile_size * options.tile_size) as usize],
            matcher,
            elsewhere: [const { None }; PALETTES],
            sheet,
            palette_per_tile: Vec::new(),
            fragile: None,
        }
    }

    /// Cuts one picture, whose sides are multiples of the tile size and whose tiles have room. At most two
    /// findings come of it: the first pixel of each kind, with a count.
    pub(super) fn cut(
        &mut self,
        path: &str,
        sprite: usize,
        first_tile: usize,
        picture: &Picture,
        findings: &mut Vec<Diagnostic>,
    ) {
        let side = self.side;
        let tiles_in_row = picture.width / side;
        let tiles = tiles_in_row * (picture.height / side);
        // Tiles of a picture that could not be read are nobody's; the bank is blocked by then.
        self.palette_per_tile.resize(first_tile + tiles, 0);
        let mut partial: Option<Fault> = None;
        let mut misfit: Option<(Fault, bool)> = None;
        // As many as there are numbers, so that none has to be checked: those beyond are no pixel's.
        let mut meanings = [self.lookup.ask([0; 4]); 256];
        if let Pixels::Numbers { meanings: colours, .. } = &picture.pixels {
            meanings.iter_mut().zip(colours).for_each(|(meaning, &colour)| *meaning = self.lookup.ask(colour));
        }
        for at in 0..tiles {
            let (left, top) = (at % tiles_in_row * side, at / tiles_in_row * side);
            let tile = first_tile + at;
            let fault = |pixel: usize| {
                let (x, y) = (left + pixel % side, top + pixel / side);
                Fault { tile, x, y, rgba: picture.rgba(x, y), tiles: 0 }
            };
            let (palettes, marks) = match &picture.pixels {
                Pixels::Numbers { numbers, .. } => {
                    let lines = numbers.from(top).map(|line| &line[left..]);
                    look_up(lines, side, &mut self.rows, |[number]| meanings[usize::from(number)])
                }
                Pixels::Colours(colours) => {
                    let lines = colours.from(top).map(|line| &line[left..]);
                    look_up(lines, side, &mut self.rows, |colour| self.lookup.meaning(colour))
                }
            };
            let candidates = palettes & self.matcher.all();
            if marks & PARTIAL_MARK != 0 {
                let pixel = || self.rows.iter().position(|&row| row == PARTIAL).unwrap_or_default();
                partial.get_or_insert_with(|| fault(pixel())).tiles += 1;
            }
            if candidates == 0 {
                let found = self.misfit();
                misfit.get_or_insert_with(|| (fault(found.pixel), found.is_nowhere)).0.tiles += 1;
                continue;
            }
            let palette = candidates.trailing_zeros() as usize;
            // A clear tile has the same indices in all of them.
            if marks != CLEAR {
                self.note_fragile(path, sprite, tile, candidates);
            }
            if let Some(sheet) = &mut self.sheet {
                for (index, row) in self.indices.iter_mut().zip(&self.rows) {
                    *index = self.matcher.index(*row, palette);
                }
                sheet.put(tile, side, &self.indices);
            }
            self.palette_per_tile[tile] = u8::try_from(palette).expect("at most 64 palettes");
        }
        findings.extend(partial.map(|fault| partial_alpha(&fault).at(path).number("sprite", sprite)));
        findings
            .extend(misfit.map(|(fault, is_nowhere)| {
                colour_not_in_palette(&fault, is_nowhere).at(path).number("sprite", sprite)
            }));
    }

    /// The palette of each tile, and what to say about fragile ones.
    pub(super) fn finish(self) -> (Vec<u8>, Option<Fragile>) {
        (self.palette_per_tile, self.fragile)
    }

    /// The pixel to blame for a tile that no palette fits: the first whose colour no palette has at all, else
    /// the first whose colour no palette has together with those before it.
    fn misfit(&self) -> Misfit {
        if let Some(pixel) = self.rows.iter().position(|&row| row == NOWHERE) {
            return Misfit { pixel, is_nowhere: true };
        }
        let mut candidates = self.matcher.all();
        let pixel = self.rows.iter().position(|&row| {
            candidates &= self.matcher.palettes_with(row);
            candidates == 0
        });
        Misfit { pixel: pixel.unwrap_or(0), is_nowhere: false }
    }

    /// Counts a tile whose indices would be others in another palette that fits too.
    fn note_fragile(&mut self, path: &str, sprite: usize, tile: usize, candidates: u64) {
        let used = candidates.trailing_zeros() as usize;
        let others = candidates & (candidates - 1);
        if others == 0 {
            return;
        }
        let elsewhere = self.elsewhere[used].get_or_insert_with(|| self.matcher.elsewhere_than(used));
        if others & elsewhere.any == 0 {
            return;
        }
        let others = others & self.rows.iter().fold(0, |bits, &row| bits | elsewhere.by_place[place(row)]);
        if others != 0 {
            let other = others.trailing_zeros() as usize;
            let first = || Fragile { count: 0, path: path.to_owned(), sprite, tile, palettes: [used, other] };
            self.fragile.get_or_insert_with(first).count += 1;
        }
    }
}

/// Fills `rows` for a tile from its lines, each of which may go on behind it. Gives the palettes that have all its colours,
/// as bits, and the bits of all rows.
fn look_up<'p, const N: usize>(
    lines: impl Iterator<Item = &'p [[u8; N]]>,
    side: usize,
    rows: &mut [u16],
    meaning: impl FnMut([u8; N]) -> Meaning,
) -> (u64, u16) {
    match side {
        8 => look_up_lines::<8, N>(lines, rows, meaning),
        16 => look_up_lines::<16, N>(lines, rows, meaning),
        _ => look_up_lines::<32, N>(lines, rows, meaning),
    }
}

fn look_up_lines<'p, const SIDE: usize, const N: usize>(
    lines: impl Iterator<Item = &'p [[u8; N]]>,
    rows: &mut [u16],
    mut meaning: impl FnMut([u8; N]) -> Meaning,
) -> (u64, u16) {
    let (mut palettes, mut marks) = (u64::MAX, 0);
    let mut above: Option<(&[[u8; N]; SIDE], &[u16; SIDE])> = None;
    let (rows, _) = rows.as_chunks_mut::<SIDE>();
    for (out, line) in rows.iter_mut().zip(lines) {
        let Some(line) = line.first_chunk::<SIDE>() else { break };
        // Pictures are flat: a line often repeats the one above, and says nothing new then.
        match above.filter(|(above, _)| *above == line) {
            Some((_, rows)) => *out = *rows,
            // Without branches for each pixel: neighbours are of one colour too often to look, and too rarely to guess.
            None => {
                for (out, &pixel) in out.iter_mut().zip(line) {
                    let found = meaning(pixel);
                    *out = found.row;
                    palettes &= found.palettes;
                    marks |= found.row;
                }
            }
        }
        above = Some((line, out));
    }
    (palettes, marks)
}

pub(super) fn partial_alpha(fault: &Fault) -> Diagnostic {
    let alpha = fault.rgba[3];
    let message = format!(
        "tile {} has a pixel that is neither opaque nor transparent: alpha {alpha} at {},{} of the picture{}",
        fault.tile,
        fault.x,
        fault.y,
        more(fault)
    );
    let help = "set `build.alpha_threshold` in asset.json (1 to 255; 128 cuts in the middle), or paint with alpha 0 and 255 only";
    numbers(Diagnostic::new(Code::GlyphPartialAlpha, message).help(help), fault).number("alpha", alpha)
}

fn colour_not_in_palette(fault: &Fault, is_nowhere: bool) -> Diagnostic {
    let [r, g, b, _] = fault.rgba;
    let (hex, rounded) = (format!("#{r:02x}{g:02x}{b:02x}"), rgb565([r, g, b]));
    let why = if is_nowhere {
        "which no palette has"
    } else {
        "and no palette has it together with the tile's other colours"
    };
    let message = format!(
        "tile {} has the colour {hex} (RGB565 0x{rounded:04x}) at {},{} of the picture, {why}{}",
        fault.tile,
        fault.x,
        fault.y,
        more(fault)
    );
    let help = if is_nowhere {
        "add the colour to a palette of this bank at index 1 to 15 (index 0 is never matched), or repaint the pixel"
    } else {
        "put all colours of the tile into one palette, at index 1 to 15 (index 0 is never matched)"
    };
    let found = numbers(Diagnostic::new(Code::GlyphColourNotInPalette, message).help(help), fault);
    found.text("colour", hex).text("rgb565", format!("0x{rounded:04x}"))
}

fn more(fault: &Fault) -> String {
    if fault.tiles == 1 { String::new() } else { format!("; {} tiles of it are like that", fault.tiles) }
}

fn numbers(found: Diagnostic, fault: &Fault) -> Diagnostic {
    found.number("tile", fault.tile).number("x", fault.x).number("y", fault.y).number("tiles", fault.tiles)
}
