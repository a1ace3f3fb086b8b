//! A project of many small raw sound banks, of many different sizes, so that threads finish in every order. It is
//! written here by hand, from the format's description alone.

use crate::gate::random::Random;
use camino::{Utf8Path, Utf8PathBuf};
use std::fmt::Write as _;

const BANKS: u32 = 300;
/// As many as the archive's preload list takes of one bank type.
const PRELOADED: u32 = 16;

/// Makes the project in a folder, the same one each time.
pub(super) fn make(folder: &Utf8Path) -> anyhow::Result<Utf8PathBuf> {
    let mut random = Random::new(1);
    // Roots are named against the order of the ids.
    let entries: Vec<String> = (1..=BANKS)
        .map(|id| {
            let (uuid, root) = (uuid(id), root(id));
            format!(r#"    {{"asset_id":{id},"asset_uuid":"{uuid}","included_in_build":true,"root":"{root}"}}"#)
        })
        .collect();
    let next = BANKS + 1;
    let registry = format!(
        "{{\n  \"schema_version\": 2,\n  \"next_asset_id\": {next},\n  \"assets\": [\n{}\n  ]\n}}\n",
        entries.join(",\n")
    );
    std::fs::create_dir_all(folder.join("assets/.prometeu"))?;
    std::fs::write(folder.join("assets/.prometeu/index.json"), registry)?;
    for id in 1..=BANKS {
        let root = folder.join("assets").join(root(id));
        let samples = 1 + random.below(32 * 1024);
        let bytes: Vec<u8> = (0..samples).flat_map(|_| (random.below(1 << 16) as u16).to_le_bytes()).collect();
        std::fs::create_dir_all(&root)?;
        std::fs::write(root.join("sound.bin"), &bytes)?;
        std::fs::write(root.join("asset.json"), declaration(id, bytes.len()))?;
    }
    Ok(folder.to_owned())
}

fn declaration(id: u32, bytes: usize) -> String {
    let mut text = String::from("{\n  \"schema_version\": 3,\n");
    let metadata = format!(r#"{{"sample_rate":22050,"channels":1,"samples":{{"0":{{"offset":0,"length":{bytes}}}}}}}"#);
    for (name, value) in [
        ("asset_uuid", format!("\"{}\"", uuid(id))),
        ("name", format!("\"sound_{id}\"")),
        ("type", "\"sound_bank\"".into()),
        ("inputs", r#"{"payload":["sound.bin"]}"#.into()),
        ("output", format!(r#"{{"format":"SOUNDS/pcm16le_v1","codec":"NONE","metadata":{metadata}}}"#)),
    ] {
        let _ = writeln!(text, "  \"{name}\": {value},");
    }
    let _ = writeln!(text, "  \"preload\": {{\"enabled\": {}}}\n}}", id <= PRELOADED);
    text
}

fn uuid(id: u32) -> String {
    format!("{:08x}-0000-4000-8000-000000000000", id.wrapping_mul(0x9e37_79b1))
}

fn root(id: u32) -> String {
    format!("group{}/bank{:03}", id % 7, BANKS - id)
}
