//! A page about very many assets is small all the same, and says what it leaves out.

use crate::{built, page, section};
use fixtures::Files;
use fixtures::declaration::{Asset, Kind, registry};

/// More than the table, the map, the pictures and the outlines have room for.
const GLYPHS: u32 = 110;
const SOUNDS: u32 = 2_000;

fn many() -> Files {
    let asset = |id: u32, kind| {
        let metadata = match kind {
            Kind::Glyph => vec![("tile_size", "8".to_owned()), ("palette_authored", "1".to_owned())],
            Kind::Sound => vec![
                ("sample_rate", "8000".to_owned()),
                ("channels", "1".to_owned()),
                ("samples", format!("{{\"0\": {{\"offset\": 0, \"length\": {}}}}}", size(id))),
            ],
        };
        Asset {
            id,
            uuid: format!("00000000-0000-4000-8000-{id:012x}"),
            root: format!("bank{id}"),
            name: format!("bank{id}"),
            kind,
            inputs: vec![("payload", vec!["payload.bin"])],
            metadata,
            build: Vec::new(),
            preload: false,
            included: true,
        }
    };
    let glyphs = (1..=GLYPHS).map(|id| asset(id, Kind::Glyph));
    let assets: Vec<Asset> = glyphs.chain((GLYPHS + 1..=GLYPHS + SOUNDS).map(|id| asset(id, Kind::Sound))).collect();
    let mut files = Files::default();
    files.put(fixtures::INDEX, registry(GLYPHS + SOUNDS + 1, &assets));
    for asset in &assets {
        files.put(&asset.path(), asset.declaration());
        let bytes = match asset.kind {
            Kind::Glyph => 34_816,
            Kind::Sound => size(asset.id),
        };
        files.put(&format!("assets/{}/payload.bin", asset.root), vec![0x11; bytes as usize]);
    }
    files
}

fn size(id: u32) -> u32 {
    id * 2
}

#[test]
fn what_is_left_out_is_counted() {
    let project = built(&many());
    let page = page(project.path());
    assert!(page.len() < 4 << 20, "{} bytes", page.len());
    let (contents, sheets, sounds) = (section(&page, "contents"), section(&page, "sheets"), section(&page, "sounds"));
    assert_eq!(contents.matches("<tr id=").count(), 2_000);
    assert!(
        contents.contains("110 assets, the smallest, left out of the table"),
        "{}",
        &contents[contents.len() - 300..]
    );
    assert_eq!(sheets.matches("<img ").count(), 96);
    assert!(sheets.contains("14 more glyph banks left out"));
    assert_eq!(sounds.matches("class=\"wave\"").count(), 120);
    assert!(sounds.contains("1\u{202f}880 more sound banks left out"));
    let linked = contents.matches("<a href=\"#").count();
    assert!((600..=1_400).contains(&linked), "{linked} assets can be pointed at on two maps");
}
