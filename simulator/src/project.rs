//! The project that the scenarios change: small, real enough to be built, and old enough to be migrated.

use crate::commands;
use crate::state::{visible, without_records};
use fixtures::png::Picture;
use fixtures::{palette, wav};
use prometeu_packer::disk::memory::MemoryDisk;
use std::collections::BTreeMap;

/// The declaration of a root that no registry knows.
pub const UNREGISTERED: &str = "assets/old/logo/asset.json";
/// The declaration of an asset that every scenario changes.
pub const DECLARATION: &str = "assets/ui/asset.json";
/// An input that a build packs.
pub const INPUT: &str = "assets/sfx/click.wav";

/// The uuid of the asset at `ui`.
pub const UI: &str = "6f0f7f0e-5b0c-4b54-9c1f-0d5f4f3f9c55";
/// The uuid of the asset at `sfx`.
pub const SFX: &str = "0c6e8a5e-3c0e-4f57-8d0b-6f4f0a4f7f11";

/// A registry of version 1 with declarations of versions 1 and 2, an unregistered one of version 1, and their inputs.
#[must_use]
pub fn old() -> MemoryDisk {
    let registry = format!(
        "{{\n  \"schema_version\": 1,\n  \"next_asset_id\": 3,\n  \"assets\": [\n    \
         {{\"asset_id\":1,\"asset_uuid\":\"{UI}\",\"root\":\"ui\"}},\n    \
         {{\"asset_id\":2,\"asset_uuid\":\"{SFX}\",\"root\":\"sfx\"}}\n  ]\n}}\n"
    );
    let sounds = format!(
        "{{\n  \"schema_version\": 2,\n  \"asset_uuid\": \"{SFX}\",\n  \"name\": \"sfx\",\n  \"type\": \"sound_bank\",\n  \
         \"inputs\": {{ \"sources\": [\"click.wav\"] }},\n  \"output\": {{ \"format\": \"SOUNDS/pcm16le_v1\", \
         \"codec\": \"RAW\", \"metadata\": {{}} }},\n  \"preload\": {{ \"enabled\": false }}\n}}\n"
    );
    let colours = [[255, 0, 255], [240, 240, 240]];
    let picture = Picture::indexed(1, (8, 8), colours.to_vec(), |x, y| u8::from((x + y) % 3 == 0)).encode();
    MemoryDisk::new([
        ("assets/.prometeu/index.json", registry.into_bytes()),
        (DECLARATION, glyphs("ui").into_bytes()),
        ("assets/ui/a.png", picture.clone()),
        ("assets/ui/b.gpl", palette::gpl("ui", &colours).into_bytes()),
        ("assets/sfx/asset.json", sounds.into_bytes()),
        (INPUT, sound(64)),
        (UNREGISTERED, glyphs("logo").into_bytes()),
        ("assets/old/logo/a.png", picture),
        ("assets/old/logo/b.gpl", palette::gpl("logo", &colours).into_bytes()),
    ])
}

/// The same project, every control file current, without a record of how it became so.
#[must_use]
pub fn current() -> MemoryDisk {
    let disk = old();
    let _ = commands::migrate(&disk, "20250101T000000Z-00000001");
    on_medium(&without_records(visible(&disk)))
}

/// The same project after a user replaced a file, or removed it, with all of it on the medium.
#[must_use]
pub fn edited(disk: &MemoryDisk, path: &str, bytes: Option<Vec<u8>>) -> MemoryDisk {
    let mut found = disk.snapshot();
    found.remove(path);
    found.extend(bytes.map(|bytes| (path.to_owned(), Some(bytes))));
    on_medium(&found)
}

/// A project that looks like this, all of it on the medium.
#[must_use]
pub fn on_medium(found: &BTreeMap<String, Option<Vec<u8>>>) -> MemoryDisk {
    let disk = MemoryDisk::new(found.iter().filter_map(|(path, bytes)| Some((path.as_str(), bytes.clone()?))));
    let is_empty = |folder: &&String| {
        let below = format!("{folder}/");
        !found.keys().any(|path| path.starts_with(&below))
    };
    let folders = found.iter().filter(|(_, bytes)| bytes.is_none()).map(|(path, _)| path);
    folders.filter(is_empty).for_each(|folder| disk.place_folder(folder));
    disk
}

/// A WAV file of so many frames.
#[must_use]
pub fn sound(frames: usize) -> Vec<u8> {
    wav::Format::integers(44_100, 1, 16).file(&wav::tone(44_100, frames, |_| 880.0))
}

/// A declaration of version 1: no uuid, and words that version 3 no longer has.
fn glyphs(name: &str) -> String {
    format!(
        "{{\n  \"schema_version\": 1,\n  \"name\": \"{name}\",\n  \"type\": \"image_bank\",\n  \"inputs\": {{ \
         \"sprites\": [\"a.png\"], \"palettes\": [\"b.gpl\"] }},\n  \"output\": {{ \"format\": \"TILES/indexed_v1\", \
         \"codec\": \"RAW\", \"metadata\": {{ \"tile_size\": 8 }} }},\n  \"preload\": {{ \"enabled\": true }}\n}}\n"
    )
}
