//! Glyph banks as pictures: the sheet of each in the colours of its palettes, and the palettes as swatches.

use super::contents::described;
use super::glyph::{COLOURS, Glyphs};
use super::html::{Text, counted, joined, size};
use super::provenance::Origin;
use super::{Scene, go_on};
use data_encoding::BASE64;
use prometeu_packer::diagnostic::Diagnostic;
use prometeu_packer::ops::Context;
use prometeu_packer::schema::BankType;
use prometeu_packer::schema::archive::{Contents, GLYPH_BYTES, TableEntry};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::Read as _;

/// So many banks are shown as pictures.
const SHOWN_MAX: usize = 96;
/// The pictures have so many bytes together at most, before they are written as text.
const BYTES_MAX: usize = 6 << 20;
/// So many palettes of one bank are shown.
const PALETTES_MAX: usize = 16;

/// The payloads of the banks that are shown.
pub(super) struct Sheets {
    /// The row in the table, and the payload.
    payloads: Vec<(usize, Vec<u8>)>,
    /// Whether an archive that changes while it is read was met.
    is_whole: bool,
    banks: usize,
}

/// Reads the first glyph banks of an archive.
///
/// # Errors
/// `usage/interrupted`, when somebody asked to stop.
pub(super) fn read(archive: &mut Contents, context: &Context<'_>) -> Result<Sheets, Diagnostic> {
    let is_glyph = |(_, entry): &(usize, &TableEntry)| entry.bank == BankType::Glyph && entry.bytes == GLYPH_BYTES;
    let rows: Vec<usize> = archive.entries().iter().enumerate().filter(is_glyph).map(|(row, _)| row).collect();
    let mut sheets = Sheets { payloads: Vec::new(), is_whole: true, banks: rows.len() };
    for row in rows.into_iter().take(SHOWN_MAX) {
        go_on(context)?;
        let mut payload = Vec::new();
        let read = archive.payload(row).and_then(|mut bytes| bytes.read_to_end(&mut payload));
        sheets.is_whole &= read.is_ok();
        sheets.payloads.push((row, payload));
    }
    sheets.is_whole &= archive.is_unchanged();
    Ok(sheets)
}

impl Sheets {
    /// The section with the pictures; adds to `cards` which assets it shows.
    pub(super) fn section(&self, scene: &Scene<'_>, archive: &Contents, cards: &mut BTreeSet<u32>) -> String {
        let mut html = "<section id=\"sheets\">\n<h2>Pictures</h2>\n".to_owned();
        if self.banks == 0 {
            return html + "<p>There is no glyph bank in the archive.</p>\n</section>\n";
        }
        if !self.is_whole {
            return html + CHANGED + "</section>\n";
        }
        if let Err(why) = &scene.provenance {
            html += &format!(
                "<p class=\"left\">Every tile is shown in the colours of the first palette: \
                 <code>build/asset_table_metadata.json</code>, which names the palette of each, is of no use: {}.</p>\n",
                Text(why)
            );
        }
        html += "<div class=\"cards pictures\">\n";
        let (mut bytes, mut shown) = (0, 0);
        for (row, payload) in &self.payloads {
            let entry = &archive.entries()[*row];
            let origin = scene.provenance.as_ref().ok().and_then(|provenance| provenance.of(entry.asset_id));
            let Some(glyphs) = Glyphs::of(payload) else { continue };
            let picture = picture(&glyphs, entry, origin);
            bytes += picture.as_ref().map_or(0, |(file, _)| file.len());
            if bytes > BYTES_MAX {
                break;
            }
            html += &card(&glyphs, entry, picture);
            shown += 1;
            cards.insert(entry.asset_id);
        }
        html += "</div>\n";
        if shown < self.banks {
            let left = counted(self.banks - shown, "more glyph bank");
            html += &format!("<p class=\"left\">{left} left out here, to keep the page small.</p>\n");
        }
        html + "</section>\n"
    }
}

/// Stands where an archive was exchanged while the page was made.
pub(super) const CHANGED: &str =
    "<p class=\"left\">The archive changed while it was read, so nothing of it is shown. Make the page again.</p>\n";

/// The PNG file of a bank and how many rows of pixels it shows.
fn picture(glyphs: &Glyphs<'_>, entry: &TableEntry, origin: Option<&Origin>) -> Option<(Vec<u8>, usize)> {
    let tile = entry.metadata.get("tile_size").and_then(Value::as_u64).and_then(|tile| usize::try_from(tile).ok());
    // Where the metadata was not kept, no tile can be told from another.
    let palettes = origin.filter(|_| tile.is_some()).map_or(&[][..], |origin| &origin.palette_per_tile);
    let tile = tile.unwrap_or(8);
    let rows = glyphs.used_rows(tile);
    Some((glyphs.picture(rows, tile, palettes)?, rows))
}

fn card(glyphs: &Glyphs<'_>, entry: &TableEntry, picture: Option<(Vec<u8>, usize)>) -> String {
    let (id, name) = (entry.asset_id, Text(&entry.asset_name));
    let mut html =
        format!("<article class=\"card\" id=\"asset-{id}\">\n<h3>{name} <span class=\"count\">#{id}</span></h3>\n");
    html += &match picture {
        Some((file, rows)) => format!(
            "<img class=\"sheet\" alt=\"The sheet of {name}\" width=\"256\" height=\"{rows}\" \
             src=\"data:image/png;base64,{}\">\n",
            BASE64.encode(&file)
        ),
        None => "<p class=\"blank\">Every pixel is transparent.</p>\n".to_owned(),
    };
    let authored = entry.metadata.get("palette_authored").and_then(Value::as_u64).unwrap_or(1);
    let authored = usize::try_from(authored).unwrap_or(1).clamp(1, 64);
    html += &swatches(glyphs, authored);
    format!("{html}<p class=\"about\">{}</p>\n</article>\n", joined([size(entry.bytes), described(entry)]))
}

/// One row of squares for each palette; the first entry, which stands for transparent, is an outline.
fn swatches(glyphs: &Glyphs<'_>, authored: usize) -> String {
    let shown = authored.min(PALETTES_MAX);
    let about = counted(authored, "palette");
    let mut svg = format!(
        "<svg class=\"palettes\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{about}\">",
        COLOURS * 10 - 1,
        shown * 10 - 1
    );
    for (palette, index) in (0..shown).flat_map(|palette| (0..COLOURS).map(move |index| (palette, index))) {
        let [r, g, b] = glyphs.colour(palette, index);
        let class = if index == 0 { " class=\"none\"" } else { "" };
        svg += &format!(
            "<rect{class} x=\"{}\" y=\"{}\" width=\"9\" height=\"9\" fill=\"#{r:02x}{g:02x}{b:02x}\"><title>palette {palette}, \
             entry {index}: #{r:02x}{g:02x}{b:02x}</title></rect>",
            index * 10,
            palette * 10
        );
    }
    svg += "</svg>\n";
    if shown < authored {
        svg += &format!("<p class=\"left\">{} left out.</p>\n", counted(authored - shown, "more palette"));
    }
    svg
}
