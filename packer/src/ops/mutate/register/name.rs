//! A name for an asset, made from the name of its folder.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Longest legal name, in bytes.
const NAME_BYTES_MAX: usize = 64;

/// A legal name for the asset at `root` that nobody has: the last folder's, else with the folders above it in front, else
/// with a number behind it.
pub(in crate::ops) fn name_for(root: &str, is_taken: &dyn Fn(&str) -> bool) -> String {
    let starts = root.rmatch_indices('/').map(|(at, _)| at + 1).chain([0]);
    let mut candidates = starts.map(|at| legal(&root[at..]));
    if let Some(free) = candidates.find(|name| !is_taken(name)) {
        return free;
    }
    let stem: String = legal(root.rsplit('/').next().unwrap_or(root)).chars().take(NAME_BYTES_MAX - 8).collect();
    (2_u32..)
        .map(|number| format!("{stem}_{number}"))
        .find(|name| !is_taken(name))
        .expect("there are more numbers than assets")
}

/// The legal name that is most like `text`: lower case, letters without their accents, `_` for what else is not allowed.
fn legal(text: &str) -> String {
    let mut name = String::new();
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)) {
        match c.to_ascii_lowercase() {
            c @ ('a'..='z' | '0'..='9' | '-') => name.push(c),
            _ if name.ends_with('_') => {}
            _ => name.push('_'),
        }
    }
    let name = name.trim_matches(['_', '-']);
    let name =
        if name.starts_with(|c: char| c.is_ascii_lowercase()) { name.to_owned() } else { format!("asset_{name}") };
    name[..name.len().min(NAME_BYTES_MAX)].trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::declaration::is_name;

    #[test]
    fn any_folder_gives_a_legal_name() {
        for (folder, name) in [
            ("atlas", "atlas"),
            ("UI Atlas (old)", "ui_atlas_old"),
            ("Größe", "gro_e"),
            ("16x16", "asset_16x16"),
            ("-x-", "x"),
            ("背景", "asset"),
            ("a__b", "a_b"),
        ] {
            assert_eq!(legal(folder), name);
        }
        let long = "x".repeat(120);
        assert!(is_name(&legal(&long)) && is_name(&name_for(&long, &|name| name.len() == 64)));
    }

    #[test]
    fn a_taken_name_gets_its_folder_in_front_or_a_number_behind() {
        assert_eq!(name_for("hero/walk", &|_| false), "walk");
        assert_eq!(name_for("hero/walk", &|name| name == "walk"), "hero_walk");
        assert_eq!(name_for("hero/walk", &|name| !name.ends_with('3')), "walk_3");
    }
}
