//! The pages under `docs/` that are made from the code are up to date (`UPDATE_DOCS=1` writes them), and those that are
//! written by hand agree with its tables.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a test reads the repository and fails by panicking"
)]

use prometeu_packer::diagnostic::Code;
use prometeu_packer::doctor::rules;
use prometeu_packer::envelope::Windows;
use prometeu_packer::trust::{Limits, Unit};
use std::{env, fs, path::Path};

#[test]
fn the_page_of_codes_is_up_to_date() {
    check("codes.md", &rules::markdown());
}

#[test]
fn the_page_of_trust_has_every_limit() {
    let page = page("trust.md");
    for (name, value, unit) in Limits::default().rows() {
        let unit = match unit {
            Unit::Bytes => "bytes",
            Unit::Count => "count",
            Unit::Levels => "levels",
            Unit::Pixels => "pixels",
        };
        demand("trust.md", &page, &format!("| `{name}` | {value} | {unit} |"));
    }
}

#[test]
fn the_page_of_formats_has_every_window() {
    let page = page("formats.md");
    for (name, window) in Windows::default().rows() {
        let (min, max) =
            window.read.map_or(("–".into(), "–".into()), |range| (range.min.to_string(), range.max.to_string()));
        demand("formats.md", &page, &format!("| {name} | {} | {min} | {max} |", window.written));
    }
}

#[test]
fn the_written_pages_name_every_code_of_what_they_describe_and_no_other() {
    let pages = ["formats.md", "trust.md", "reports.md"].map(page).concat();
    let quoted: Vec<&str> = pages.split('`').collect();
    let described =
        ["trust", "json", "file", "version", "declaration", "glyph", "image", "sound", "payload", "preload", "archive"];
    for code in Code::all().filter(|code| described.contains(&code.family())) {
        assert!(quoted.contains(&code.as_str()), "no written page names `{}`", code.as_str());
    }
    let families: Vec<&str> = Code::all().map(Code::family).collect();
    for text in quoted {
        let family = text.split_once('/').filter(|(_, what)| what.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'));
        if family.is_some_and(|(family, what)| families.contains(&family) && !what.is_empty()) {
            assert!(Code::parse(text).is_some(), "the written pages name `{text}`, which is no code");
        }
    }
}

fn demand(name: &str, page: &str, row: &str) {
    assert!(page.lines().any(|line| line == row), "docs/{name} has no line `{row}`");
}

fn page(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name)).unwrap()
}

fn check(name: &str, wanted: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let path = folder.join(name);
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::create_dir_all(&folder).unwrap();
        fs::write(&path, wanted).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "docs/{name} is out of date; run `UPDATE_DOCS=1 cargo test -p prometeu-packer --test docs`"
    );
}
