//! What an `asset_table_metadata.json` of version 1 looks like. The packer writes such files and reads none; `report`, as a
//! tool among others, takes words and colours from one that fits its archive.

use crate::envelope::shape::Value::{Integer, List, Object as Is, Text, Version, Word};
use crate::envelope::shape::{Object, SAFE_INTEGER_MAX, SHA256, Shape, UUID, Value, needed, optional};
use crate::schema::registry::ASSET_ID_MAX;

pub(crate) static SHAPE: Shape = Shape {
    format: "asset_table_metadata",
    version: 1,
    title: "Provenance of an archive",
    about: "The file `build/asset_table_metadata.json`: where every payload came from. It is for tools; the runtime does \
            not read it.",
    value: Is(Object::closed(&[
        needed("schema_version", "The version of this file's format.", Version),
        needed("assets", "One entry for each entry of the asset table, in its order.", List(0, &Is(ASSET))),
    ])),
};

const BYTES: Value = Integer(0, SAFE_INTEGER_MAX);

const ASSET: Object = Object::closed(&[
    needed("asset_id", "The registry's id.", Integer(1, ASSET_ID_MAX as i64)),
    needed("asset_uuid", "The identity of the asset.", UUID),
    needed("declaration_version", "The version of its `asset.json` on disk.", Integer(1, 65_535)),
    needed(
        "inputs",
        "The files it was made from, sprites before palettes, each in the declared order.",
        List(0, &Is(INPUT)),
    ),
    optional(
        "palette_per_tile",
        "The palette of each tile, by tile id; for banks made from pictures.",
        List(1, &Integer(0, 63)),
    ),
    needed("payload_bytes", "Length of the payload in bytes.", BYTES),
    needed("root", "Its folder, relative to `assets/`.", Text),
]);

const INPUT: Object = Object::closed(&[
    needed("bytes", "Length of the file in bytes.", BYTES),
    needed("path", "The file, relative to the project.", Text),
    needed("role", "What it is used for.", Word(&["sprites", "palettes", "sources", "payload"])),
    needed("sha256", "The SHA-256 of its bytes.", SHA256),
]);
