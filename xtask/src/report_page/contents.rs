//! What is in the archive: a map in which every asset has the room that its bytes take, and the same as a table.

use super::Scene;
use super::changes::word;
use super::html::{Text, counted, joined, number, share, size};
use super::treemap::{self, Marks};
use prometeu_packer::ops::Change;
use prometeu_packer::schema::BankType;
use prometeu_packer::schema::archive::{Contents, TableEntry};
use serde_json::Value;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// So many assets stand in the table, the largest first.
const ROWS_MAX: usize = 2_000;
/// So many of them are in sight before anything is unfolded.
const OPEN_MAX: usize = 25;

/// The section about the archive as a whole; `cards` are the assets that are shown as pictures further down.
pub(super) fn section(scene: &Scene<'_>, archive: &Contents, cards: &BTreeSet<u32>) -> String {
    let mut entries: Vec<&TableEntry> = archive.entries().iter().collect();
    entries.sort_by_key(|entry| (Reverse(entry.bytes), entry.asset_id));
    let mut html = "<section id=\"contents\">\n<h2>Contents of the archive</h2>\n".to_owned();
    if entries.is_empty() {
        return html + "<p>It holds no asset.</p>\n</section>\n";
    }
    for bank in [BankType::Glyph, BankType::Sound] {
        let of_bank: Vec<u64> = entries.iter().filter(|entry| entry.bank == bank).map(|entry| entry.bytes).collect();
        if !of_bank.is_empty() {
            let bytes = of_bank.iter().sum();
            let what = counted(of_bank.len(), &format!("{} bank", bank_word(bank)));
            html += &format!(
                "<p class=\"legend\"><span class=\"key {}\"></span>{what}, {}</p>\n",
                bank_word(bank),
                size(bytes)
            );
        }
    }
    if !scene.changes.is_empty() {
        html += "<p class=\"legend\"><span class=\"key new\"></span>changed since</p>\n";
    }
    let is_changed = |entry: &TableEntry| scene.changes.contains_key(&entry.asset_id);
    let has_card = |entry: &TableEntry| cards.contains(&entry.asset_id);
    html += &treemap::both(&entries, &Marks { is_changed: &is_changed, has_card: &has_card });
    html += &table(scene, archive, &entries);
    html + "</section>\n"
}

/// The name of a bank type, which is also the class of its colour.
pub(super) fn bank_word(bank: BankType) -> &'static str {
    match bank {
        BankType::Glyph => "glyph",
        BankType::Sound => "sound",
    }
}

fn table(scene: &Scene<'_>, archive: &Contents, entries: &[&TableEntry]) -> String {
    let whole = entries.iter().map(|entry| entry.bytes).sum();
    let row = |entry: &&TableEntry| row(entry, scene.changes.get(&entry.asset_id).copied(), archive, whole);
    let (open, folded) = entries.split_at(entries.len().min(OPEN_MAX));
    let (folded, left) = folded.split_at(folded.len().min(ROWS_MAX - OPEN_MAX));
    let mut html = framed(&open.iter().map(row).collect::<String>(), "Assets by size");
    if !folded.is_empty() {
        let rows: String = folded.iter().map(row).collect();
        html += &format!(
            "<details><summary>{}</summary>\n{}</details>\n",
            counted(folded.len(), "smaller asset"),
            framed(&rows, "Smaller assets")
        );
    }
    if !left.is_empty() {
        let program = Text(scene.program);
        let left = counted(left.len(), "asset");
        html += &format!(
            "<p class=\"left\">{left}, the smallest, left out of the table; <code>{program} list</code> has all.</p>\n"
        );
    }
    html
}

fn framed(rows: &str, caption: &str) -> String {
    format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\">\n<table>\n<caption>{caption}</caption>\n\
         <thead><tr><th scope=\"col\" class=\"n\">id</th><th scope=\"col\">name</th><th scope=\"col\">bank</th>\
         <th scope=\"col\" class=\"n\">bytes</th><th scope=\"col\" class=\"n\">share</th><th scope=\"col\">what it is</th></tr></thead>\n\
         <tbody>\n{rows}</tbody>\n</table>\n</div>\n"
    )
}

fn row(entry: &TableEntry, change: Option<&Change>, archive: &Contents, whole: u64) -> String {
    let chip = change.map(|change| word(&change.kind));
    let chip = chip.map(|(word, class)| format!(" <span class=\"chip {class}\">{word}</span>")).unwrap_or_default();
    let preload = archive.preload().iter().find(|preload| preload.asset_id == entry.asset_id);
    let preload = preload.map(|preload| format!("loaded at the start in slot {}", preload.slot)).unwrap_or_default();
    let bank = bank_word(entry.bank);
    format!(
        "<tr id=\"row-{id}\"><td class=\"n\">{id}</td><th scope=\"row\">{name}{chip}</th><td><span class=\"key {bank}\"></span>{bank}</td>\
         <td class=\"n\">{bytes}</td><td class=\"n\">{share}</td><td>{what}</td></tr>\n",
        id = entry.asset_id,
        name = Text(&entry.asset_name),
        bytes = number(entry.bytes),
        share = share(entry.bytes, whole),
        what = joined([described(entry), preload]),
    )
}

/// What the runtime is told of an asset, in a few words; nothing where the header was too large to keep it.
pub(super) fn described(entry: &TableEntry) -> String {
    let integer = |name: &str| entry.metadata.get(name).and_then(Value::as_u64);
    match entry.bank {
        BankType::Glyph => match (integer("tile_size"), integer("palette_authored")) {
            (Some(tile), Some(palettes)) => {
                format!("tiles of {tile} px, {}", counted(usize::try_from(palettes).unwrap_or(0), "palette"))
            }
            _ => String::new(),
        },
        BankType::Sound => match (integer("sample_rate"), entry.metadata.get("samples").and_then(Value::as_object)) {
            (Some(rate), Some(samples)) => {
                let milliseconds = u128::from(entry.bytes / 2) * 1000 / u128::from(rate.max(1));
                let sounds = counted(samples.len(), "sound");
                let (seconds, part) = (milliseconds / 1000, milliseconds % 1000);
                format!("{sounds}, {seconds}.{part:03} s at {} Hz", number(rate))
            }
            _ => String::new(),
        },
    }
}
