//! The pages under `docs/` that are made from the code are up to date. `UPDATE_DOCS=1` writes them.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a test reads the repository and fails by panicking"
)]

use prometeu_packer::doctor::rules;
use std::{env, fs, path::Path};

#[test]
fn the_page_of_codes_is_up_to_date() {
    check("codes.md", &rules::markdown());
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
