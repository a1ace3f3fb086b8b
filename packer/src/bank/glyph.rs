//! Glyph banks: pictures are cut into tiles, each tile finds its palette, and the sheet of palette indices is
//! written with the palettes behind it.

mod derive;
mod fit;
mod lookup;
mod matcher;
mod packing;
mod sheet;
mod tiles;

use super::palette::{self, Palette};
use super::png::{self, Decoder, Header, Picture};
use super::source::Source;
use super::{Facts, InputDigest, Inputs, Layout, Purpose, Role, blocked};
use crate::diagnostic::{Code, Diagnostic};
use crate::trust::Limits;
pub(super) use derive::derive;
pub use derive::{DerivedPalette, derived_palette_path};
pub(super) use fit::fitting_tile_size;
use matcher::Matcher;
use serde_json::{Map, Value};
use sheet::Sheet;
use std::io::{self, Write};
use std::sync::Arc;
pub use tiles::Fragile;
use tiles::{Cutter, Opacity};

/// Width and height of the sheet, in pixels.
pub const SHEET_SIDE_PX: u32 = 256;
/// Palettes of a bank, unused ones included.
pub const PALETTES: usize = 64;
/// Colours of a palette, unused ones included.
pub const PALETTE_COLOURS: usize = palette::COLOURS_MAX;
/// Size of every glyph payload: two pixels a byte, then two bytes a colour.
pub const PAYLOAD_BYTES: u64 =
    SHEET_SIDE_PX as u64 * SHEET_SIDE_PX as u64 / 2 + PALETTES as u64 * PALETTE_COLOURS as u64 * 2;

/// What the declaration says about how pixels are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GlyphOptions {
    /// Side of a tile in pixels: 8, 16 or 32.
    pub tile_size: u32,
    /// Alpha below it counts as transparent, the rest as opaque; without it, only 0 and 255 are understood.
    pub alpha_threshold: Option<u8>,
}

impl GlyphOptions {
    /// Tiles that the sheet has room for.
    fn slots(&self) -> u64 {
        u64::from(SHEET_SIDE_PX / self.tile_size).pow(2)
    }

    /// What each alpha value is.
    fn opacity(&self) -> [Opacity; 256] {
        let mut opacity = [Opacity::Partial; 256];
        if let Some(threshold) = self.alpha_threshold {
            opacity.fill(Opacity::Opaque);
            opacity[..usize::from(threshold)].fill(Opacity::Clear);
        }
        opacity[0] = Opacity::Clear;
        opacity[255] = Opacity::Opaque;
        opacity
    }
}

/// Size and metadata of a bank with so many palette files; a finding when there are none or too many.
pub fn layout(palette_count: usize, findings: &mut Vec<Diagnostic>) -> Option<Layout> {
    if palette_count == 0 {
        let found = Diagnostic::new(Code::GlyphNoPalette, "the bank lists no palettes, so no pixel has a colour");
        findings.push(found.help("list 1 to 64 palette files (.gpl, .pal or .hex) as `inputs.palettes`"));
        return None;
    }
    if palette_count > PALETTES {
        let message = format!("the bank lists {palette_count} palettes; it has room for {PALETTES}");
        let found = Diagnostic::new(Code::GlyphTooManyPalettes, message).number("palettes", palette_count);
        findings.push(found.help("merge palettes with common colours, or split the bank"));
        return None;
    }
    let mut metadata = constants();
    metadata.insert("palette_authored".to_owned(), Value::from(palette_count));
    Some(Layout { bytes: PAYLOAD_BYTES, metadata })
}

/// The metadata that is the same for all glyph banks.
pub(super) fn constants() -> Map<String, Value> {
    let constants =
        [("width", SHEET_SIDE_PX as usize), ("height", SHEET_SIDE_PX as usize), ("palette_count", PALETTES)];
    constants.map(|(key, value)| (key.to_owned(), Value::from(value))).into_iter().collect()
}

/// Makes the payload; see [`materialise`](super::materialise).
///
/// # Errors
/// Only what `sink` answered.
pub fn materialise(
    options: &GlyphOptions,
    inputs: &dyn Inputs,
    limits: &Limits,
    sink: &mut dyn Write,
    findings: &mut Vec<Diagnostic>,
) -> io::Result<Option<Facts>> {
    let first_finding = findings.len();
    let Some(layout) = layout(inputs.count(Role::Palettes), findings) else { return Ok(None) };
    let (palettes, mut palette_digests) = read_palettes(inputs, findings);
    // Without all palettes, every other pixel would be reported as having no colour.
    let matcher = (palettes.len() == inputs.count(Role::Palettes)).then(|| Matcher::new(&palettes));

    let mut bank = Bank { options, limits, tiles: 0, overflow: None, digests: Vec::new(), decoder: Decoder::take() };
    let mut sheet = (inputs.purpose() == Purpose::Make).then(Sheet::default);
    let mut cutter = matcher.as_ref().map(|matcher| Cutter::new(options, matcher, sheet.as_mut()));
    for index in 0..inputs.count(Role::Sprites) {
        match bank.read_sprite(inputs, index, findings) {
            Ok(Some((path, first_tile, picture))) => {
                if let Some(cutter) = &mut cutter {
                    cutter.cut(&path, index, first_tile, &picture, findings);
                }
            }
            Ok(None) => {}
            Err(found) => findings.push(found),
        }
    }
    findings.extend(bank.overflow_finding());
    bank.decoder.leave();
    let (palette_per_tile, fragile) = cutter.map(Cutter::finish).unwrap_or_default();
    findings.extend(fragile.as_ref().map(Fragile::finding));
    if blocked(&findings[first_finding..]) {
        return Ok(None);
    }
    if let Some(sheet) = sheet {
        sheet.write(&palettes, sink)?;
    }
    let mut digests = bank.digests;
    digests.append(&mut palette_digests);
    Ok(Some(Facts { layout, inputs: digests, palette_per_tile, fragile }))
}

fn read_palettes(inputs: &dyn Inputs, findings: &mut Vec<Diagnostic>) -> (Vec<Palette>, Vec<InputDigest>) {
    let mut palettes = Vec::new();
    let mut digests = Vec::new();
    for index in 0..inputs.count(Role::Palettes) {
        let read = Source::open(inputs, Role::Palettes, index).and_then(|mut source| {
            let palette = palette::read(&mut source)?;
            Ok((palette, source.finish()?))
        });
        match read {
            Ok((palette, digest)) => {
                findings.extend(matcher::duplicate_colour(&palette));
                palettes.push(palette);
                digests.push(digest);
            }
            Err(found) => findings.push(found),
        }
    }
    (palettes, digests)
}

/// The pictures of a bank as they come in.
struct Bank<'a> {
    options: &'a GlyphOptions,
    limits: &'a Limits,
    /// Tiles of all pictures so far, those included that have no room.
    tiles: u64,
    /// The first picture that has no room.
    overflow: Option<(Arc<str>, usize)>,
    digests: Vec<InputDigest>,
    decoder: Decoder,
}

impl Bank<'_> {
    /// Reads a picture; gives its path and first tile id with it. `None` when the sheet is full.
    fn read_sprite(
        &mut self,
        inputs: &dyn Inputs,
        index: usize,
        findings: &mut Vec<Diagnostic>,
    ) -> Result<Option<(Arc<str>, usize, Picture<'_>)>, Diagnostic> {
        let mut source = Source::open(inputs, Role::Sprites, index)?;
        let header = png::header(&mut source, self.limits)?;
        let tiles = self.count_tiles(&source, &header)?;
        let first_tile = usize::try_from(self.tiles).unwrap_or(usize::MAX);
        self.tiles = self.tiles.saturating_add(tiles);
        if self.tiles > self.options.slots() {
            self.overflow.get_or_insert_with(|| (source.shared_path(), index));
            return Ok(None);
        }
        let picture = self.decoder.read(&mut source, &header, self.limits, findings)?;
        let digest = source.finish()?;
        let path = Arc::clone(&digest.path);
        self.digests.push(digest);
        Ok(Some((path, first_tile, picture)))
    }

    fn count_tiles(&self, source: &Source, header: &Header) -> Result<u64, Diagnostic> {
        let side = self.options.tile_size;
        if header.width.is_multiple_of(side) && header.height.is_multiple_of(side) {
            return Ok(u64::from(header.width / side) * u64::from(header.height / side));
        }
        let message = format!(
            "the picture has {} × {} pixels, which cannot be cut into tiles of {side} × {side}",
            header.width, header.height
        );
        let found = source
            .finding(Code::GlyphSizeNotMultiple, message)
            .help(format!("make both sides multiples of {side}, or declare another `tile_size` (8, 16 or 32)"));
        Err(found.number("width", header.width).number("height", header.height).number("tile_size", side))
    }

    fn overflow_finding(&self) -> Option<Diagnostic> {
        let (path, sprite) = self.overflow.as_ref()?;
        let (tiles, slots, side) = (self.tiles, self.options.slots(), self.options.tile_size);
        let message = format!(
            "there is no room for all tiles of this picture: the bank's pictures have {tiles} tiles of {side} × {side} \
             pixels, and the sheet has {slots} slots"
        );
        let found = Diagnostic::new(Code::GlyphSheetOverflow, message).at(&**path);
        let found = found.help("move pictures into another bank, this one and those listed after it first");
        Some(found.number("sprite", *sprite).number("tiles", tiles).number("slots", slots))
    }
}

#[cfg(test)]
mod tests;
