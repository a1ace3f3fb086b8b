//! The map of an archive: banks, and in them assets, each with the room that its bytes take. It is drawn twice, wide and
//! tall, and the page shows the one that fits the window.

use super::contents::bank_word;
use super::html::{Text, counted, size};
use super::squarify::{Area, squarified};
use prometeu_packer::schema::BankType;
use prometeu_packer::schema::archive::TableEntry;

/// So many assets, the largest, are rectangles with a name that can be pointed at; smaller ones are outlines.
const NAMED_MAX: usize = 600;
/// So many have an outline of their own; all others share one rectangle.
const DRAWN_MAX: usize = 10_000;
/// Around the assets of a bank, and above them for its name.
const MARGIN: f64 = 1.5;
const TITLE: f64 = 17.0;
/// About the width of a letter, and the least room that is worth a name.
const LETTER: f64 = 6.4;
const LABEL: (f64, f64) = (40.0, 15.0);

/// What is to be known of single assets.
pub(super) struct Marks<'a> {
    /// Whether a build would change it.
    pub(super) is_changed: &'a dyn Fn(&TableEntry) -> bool,
    /// Whether it has a card, by which it is known better than by its row in the table.
    pub(super) has_card: &'a dyn Fn(&TableEntry) -> bool,
}

/// The map in both shapes. `entries` come largest first.
pub(super) fn both(entries: &[&TableEntry], marks: &Marks<'_>) -> String {
    let wide = map(entries, marks, "wide", Area { x: 0.0, y: 0.0, w: 1000.0, h: 480.0 });
    let tall = map(entries, marks, "tall", Area { x: 0.0, y: 0.0, w: 360.0, h: 520.0 });
    format!("<figure>\n{wide}{tall}</figure>\n")
}

fn map(entries: &[&TableEntry], marks: &Marks<'_>, class: &str, room: Area) -> String {
    let about = format!("Map of {} by size; the table below says the same", counted(entries.len(), "asset"));
    let mut svg = format!(
        "<svg class=\"map {class}\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{about}\">\n",
        room.w, room.h
    );
    let of_bank = |bank| entries.iter().copied().filter(|entry: &&TableEntry| entry.bank == bank).collect::<Vec<_>>();
    let mut banks = [BankType::Glyph, BankType::Sound].map(|bank| (bank, of_bank(bank))).to_vec();
    banks.retain(|(_, of)| !of.is_empty());
    banks.sort_by_key(|(_, of)| std::cmp::Reverse(of.iter().map(|entry| entry.bytes).sum::<u64>()));
    let weights: Vec<f64> = banks.iter().map(|(_, of)| of.iter().map(|entry| weight(entry)).sum()).collect();
    for ((bank, of), area) in banks.iter().zip(squarified(&weights, room)) {
        svg += &one_bank(*bank, of, marks, area, NAMED_MAX * of.len() / entries.len().max(1));
    }
    svg + "</svg>\n"
}

#[allow(clippy::cast_precision_loss, reason = "sizes become lengths on a screen")]
fn weight(entry: &TableEntry) -> f64 {
    entry.bytes.max(1) as f64
}

fn one_bank(bank: BankType, entries: &[&TableEntry], marks: &Marks<'_>, area: Area, named: usize) -> String {
    let word = bank_word(bank);
    let bytes = entries.iter().map(|entry| entry.bytes).sum();
    let mut svg = String::new();
    let inner = area.within(MARGIN);
    let room = Area { y: inner.y + TITLE, h: (inner.h - TITLE).max(0.0), ..inner };
    if inner.w > 90.0 && inner.h > TITLE {
        let (x, y) = (inner.x + 2.0, inner.y + 12.0);
        svg += &format!("<text class=\"bank\" x=\"{x:.1}\" y=\"{y:.1}\">{word} banks, {}</text>\n", size(bytes));
    }
    let (drawn, rest) = entries.split_at(entries.len().min(DRAWN_MAX));
    let mut weights: Vec<f64> = drawn.iter().map(|entry| weight(entry)).collect();
    // What is left out has its room at the end, whatever it weighs.
    weights.extend((!rest.is_empty()).then(|| rest.iter().map(|entry| weight(entry)).sum::<f64>()));
    let areas = squarified(&weights, room);
    let mut outlines = [String::new(), String::new()];
    for (at, (entry, area)) in drawn.iter().zip(&areas).enumerate() {
        let area = area.within(0.5);
        if at < named.max(1) && area.w >= 5.0 && area.h >= 5.0 {
            svg += &cell(entry, marks, area, word);
        } else {
            let Area { x, y, w, h } = area;
            outlines[usize::from((marks.is_changed)(entry))] += &format!("M{x:.1} {y:.1}h{w:.1}v{h:.1}h-{w:.1}z");
        }
    }
    for (outlines, class) in outlines.iter().zip(["", " new"]).filter(|(outlines, _)| !outlines.is_empty()) {
        svg += &format!("<path class=\"{word}{class}\" d=\"{outlines}\"/>\n");
    }
    if let (Some(area), false) = (areas.get(drawn.len()), rest.is_empty()) {
        let Area { x, y, w, h } = area.within(0.5);
        let title = counted(rest.len(), "smaller asset");
        svg += &format!(
            "<rect class=\"rest\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.1}\" height=\"{h:.1}\"><title>{title}</title></rect>\n"
        );
    }
    svg
}

/// One asset. A picture within the picture, so that a name that is too long ends where its room does.
fn cell(entry: &TableEntry, marks: &Marks<'_>, area: Area, word: &str) -> String {
    let Area { x, y, w, h } = area;
    let (id, name, bytes) = (entry.asset_id, Text(&entry.asset_name), size(entry.bytes));
    let new = if (marks.is_changed)(entry) { " new" } else { "" };
    let card = if (marks.has_card)(entry) { "asset" } else { "row" };
    let mut svg = format!(
        "<a href=\"#{card}-{id}\" tabindex=\"-1\"><svg x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.1}\" height=\"{h:.1}\">\
         <title>{name}, {bytes}</title><rect class=\"{word}{new}\" width=\"100%\" height=\"100%\" rx=\"2\"/>"
    );
    if w > LABEL.0 && h > LABEL.1 {
        svg += &format!("<text x=\"4\" y=\"12\">{name}</text>");
        #[allow(clippy::cast_precision_loss, reason = "a length on a screen")]
        let is_room = h > LABEL.1 * 2.0 && w > bytes.len() as f64 * LETTER;
        if is_room {
            svg += &format!("<text class=\"small\" x=\"4\" y=\"25\">{bytes}</text>");
        }
    }
    svg + "</svg></a>\n"
}
