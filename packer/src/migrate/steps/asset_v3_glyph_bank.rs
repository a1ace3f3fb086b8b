//! `asset.json` 2 → 3: image and tile banks become glyph banks, and the codec is called by its name.

use crate::envelope::{Artifact, Node, Tree};
use crate::migrate::edit::replace;
use crate::migrate::{Edit, Known, Step, StepFault};

pub(super) const STEP: Step = Step {
    artifact: Artifact::Declaration,
    from: 2,
    name: "asset_v3_glyph_bank",
    text: "renames image and tile banks to glyph banks, their format to GLYPH/indexed_v1, and the codec RAW to NONE",
    run,
};

/// Old word and new word; a word that version 3 knows already stands for itself.
type Words = &'static [(&'static str, &'static str)];

const TYPES: Words = &[
    ("image_bank", "glyph_bank"),
    ("tile_bank", "glyph_bank"),
    ("glyph_bank", "glyph_bank"),
    ("sound_bank", "sound_bank"),
];
const FORMATS: Words = &[
    ("TILES/indexed_v1", "GLYPH/indexed_v1"),
    ("GLYPH/indexed_v1", "GLYPH/indexed_v1"),
    ("SOUNDS/pcm16le_v1", "SOUNDS/pcm16le_v1"),
];
const CODECS: Words = &[("RAW", "NONE"), ("NONE", "NONE")];

fn run(tree: &Tree, _known: &Known) -> Result<Vec<Edit>, StepFault> {
    let output = tree.root().member("output");
    let inside = |key| output.and_then(|output| output.member(key));
    let mut edits = Vec::new();
    rename(tree.root().member("type"), "type", TYPES, &mut edits)?;
    rename(inside("format"), "output.format", FORMATS, &mut edits)?;
    rename(inside("codec"), "output.codec", CODECS, &mut edits)?;
    Ok(edits)
}

fn rename(node: Option<Node<'_>>, key: &'static str, words: Words, edits: &mut Vec<Edit>) -> Result<(), StepFault> {
    let Some(node) = node else { return Ok(()) };
    let found = node.text();
    let Some((old, new)) = words.iter().find(|(old, _)| found.as_deref() == Some(old)) else {
        let why = format!("version 3 has no word for {}", node.excerpt());
        return Err(StepFault { key, why, place: node.place() });
    };
    if old != new {
        edits.push(replace(node, format!("\"{new}\"")));
    }
    Ok(())
}
