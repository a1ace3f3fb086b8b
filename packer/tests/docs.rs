//! The pages under `docs/` that are written by hand name the codes that there are. What is made from the code is checked
//! by the gate `formats`.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a test reads the repository and fails by panicking"
)]

use prometeu_packer::diagnostic::Code;
use std::fs;
use std::path::Path;

#[test]
fn the_written_pages_name_every_code_of_what_they_describe_and_no_other() {
    let pages = ["formats.md", "trust.md", "reports.md", "hygiene.md"].map(page).concat();
    let quoted: Vec<&str> = pages.split('`').collect();
    let described = [
        "trust",
        "json",
        "file",
        "version",
        "declaration",
        "glyph",
        "image",
        "sound",
        "payload",
        "preload",
        "archive",
        "hygiene",
    ];
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

fn page(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name)).unwrap()
}
