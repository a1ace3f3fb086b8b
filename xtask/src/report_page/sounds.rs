//! Sound banks as outlines of their samples, with a line where each sound begins.

use super::contents::described;
use super::go_on;
use super::html::{Text, counted, joined, size};
use super::sheets::CHANGED;
use super::waveform::{HEIGHT, Outline};
use prometeu_packer::diagnostic::Diagnostic;
use prometeu_packer::ops::Context;
use prometeu_packer::schema::BankType;
use prometeu_packer::schema::archive::{Contents, TableEntry};
use serde_json::Value;
use std::collections::BTreeSet;

/// So many banks are shown.
const SHOWN_MAX: usize = 120;
/// So many sounds of one bank have a line.
const LINES_MAX: usize = 64;

/// The outlines of the banks that are shown.
pub(super) struct Sounds {
    /// The row in the table, and the outline.
    outlines: Vec<(usize, Outline)>,
    is_whole: bool,
    banks: usize,
}

/// Reads the first sound banks of an archive, one after the other.
///
/// # Errors
/// `usage/interrupted`, when somebody asked to stop.
pub(super) fn read(archive: &mut Contents, context: &Context<'_>) -> Result<Sounds, Diagnostic> {
    let is_sound = |(_, entry): &(usize, &TableEntry)| entry.bank == BankType::Sound;
    let rows: Vec<(usize, u64)> =
        archive.entries().iter().enumerate().filter(is_sound).map(|(row, entry)| (row, entry.bytes)).collect();
    let mut sounds = Sounds { outlines: Vec::new(), is_whole: true, banks: rows.len() };
    for (row, bytes) in rows.into_iter().take(SHOWN_MAX) {
        go_on(context)?;
        match archive.payload(row).and_then(|mut samples| Outline::read(&mut samples, bytes)) {
            Ok(outline) => sounds.outlines.push((row, outline)),
            Err(_) => sounds.is_whole = false,
        }
    }
    sounds.is_whole &= archive.is_unchanged();
    Ok(sounds)
}

impl Sounds {
    /// The section with the outlines; adds to `cards` which assets it shows.
    pub(super) fn section(&self, archive: &Contents, cards: &mut BTreeSet<u32>) -> String {
        let mut html = "<section id=\"sounds\">\n<h2>Sounds</h2>\n".to_owned();
        if self.banks == 0 {
            return html + "<p>There is no sound bank in the archive.</p>\n</section>\n";
        }
        if !self.is_whole {
            return html + CHANGED + "</section>\n";
        }
        html += "<div class=\"cards\">\n";
        for (row, outline) in &self.outlines {
            let entry = &archive.entries()[*row];
            html += &card(entry, outline);
            cards.insert(entry.asset_id);
        }
        html += "</div>\n";
        if self.outlines.len() < self.banks {
            let left = counted(self.banks - self.outlines.len(), "more sound bank");
            html += &format!("<p class=\"left\">{left} left out here, to keep the page small.</p>\n");
        }
        html + "</section>\n"
    }
}

fn card(entry: &TableEntry, outline: &Outline) -> String {
    let (id, name, width) = (entry.asset_id, Text(&entry.asset_name), outline.width());
    let mut html =
        format!("<article class=\"card\" id=\"asset-{id}\">\n<h3>{name} <span class=\"count\">#{id}</span></h3>\n");
    if entry.bytes == 0 {
        html += "<p class=\"blank\">There is nothing to be heard.</p>\n";
    } else {
        html += &format!(
            "<svg class=\"wave\" viewBox=\"0 0 {width} {HEIGHT}\" preserveAspectRatio=\"none\" role=\"img\" \
             aria-label=\"The samples of {name}\"><path class=\"sound\" d=\"{}\"/>{}</svg>\n",
            outline.path(),
            lines(entry, width)
        );
    }
    let loudest = format!("loudest {} %", outline.peak());
    let about = joined([size(entry.bytes), described(entry), loudest]);
    format!("{html}<p class=\"about\">{about}</p>\n</article>\n")
}

/// A line where each sound but the first begins.
fn lines(entry: &TableEntry, width: usize) -> String {
    let samples = entry.metadata.get("samples").and_then(Value::as_object);
    let mut starts: Vec<u64> = samples
        .into_iter()
        .flat_map(|samples| samples.values())
        .filter_map(|sample| sample.get("offset")?.as_u64())
        .collect();
    starts.sort_unstable();
    starts.dedup();
    starts.retain(|start| *start > 0 && *start < entry.bytes);
    if starts.len() > LINES_MAX {
        return String::new();
    }
    let data: String = starts
        .iter()
        .map(|start| u128::from(*start) * (width as u128) * 10 / u128::from(entry.bytes.max(1)))
        .map(|tenths| format!("M{}.{} 0v{HEIGHT}", tenths / 10, tenths % 10))
        .collect();
    if data.is_empty() { data } else { format!("<path class=\"cut\" d=\"{data}\"/>") }
}
