//! What the header of an `assets.pa` of version 1 looks like, and the two companions that mirror its lists. What must
//! hold between entries, and that the header is canonical, is checked by `verify` alone.

use crate::envelope::shape::Value::{Even, Integer, List, Map, Object as Is, OneOf, Plain, Word};
use crate::envelope::shape::{NAME, Object, Rule, SAFE_INTEGER_MAX, Shape, Value, needed, optional};
use crate::schema::declaration::TILE_SIZES;
use crate::schema::registry::ASSET_ID_MAX;

pub(crate) static HEADER: Shape = Shape {
    format: "archive_header",
    version: 1,
    title: "Header of an archive",
    about: "The JSON object behind the prelude of `build/assets.pa`, in the canonical form of RFC 8785.",
    value: Is(Object::closed(&[
        needed("asset_table", "One entry for each asset of the archive, ascending by id.", TABLE),
        needed("preload", "The assets that the runtime loads at its start, ascending by id.", PRELOAD_LIST),
    ])),
};

pub(crate) static ASSET_TABLE: Shape = Shape {
    format: "asset_table",
    version: 1,
    title: "Asset table of an archive",
    about: "The file `build/asset_table.json`: the list `asset_table` of the archive's header, value for value.",
    value: TABLE,
};

pub(crate) static PRELOAD: Shape = Shape {
    format: "preload",
    version: 1,
    title: "Preload list of an archive",
    about: "The file `build/preload.json`: the list `preload` of the archive's header, value for value.",
    value: PRELOAD_LIST,
};

const TABLE: Value = List(0, &Is(ENTRY));
const PRELOAD_LIST: Value = List(0, &Is(SLOT));

pub(super) const ID: Value = Integer(1, ASSET_ID_MAX as i64);
const SIZE: Value = Integer(0, SAFE_INTEGER_MAX);

const ENTRY: Object = Object::closed(&[
    needed("asset_id", "The registry's id.", ID),
    needed("asset_name", "The declared name.", NAME),
    needed("bank_type", "What kind of bank it is.", Word(&["GLYPH", "SOUNDS"])),
    needed("codec", "How the payload is packed.", Word(&[super::CODEC])),
    needed("decoded_size", "Length of the payload in bytes, as a runtime holds it.", SIZE),
    needed("metadata", "What was declared for the runtime, and what the format adds.", Map(&Plain)),
    needed("offset", "Where the payload begins, in bytes from the start of the payload region.", SIZE),
    needed("size", "Length of the payload in bytes.", SIZE),
])
.with(&[
    Rule(&Object::open(&[needed("bank_type", "", Word(&["GLYPH"]))]), &GLYPH),
    Rule(&Object::open(&[needed("bank_type", "", Word(&["SOUNDS"]))]), &SOUNDS),
]);

const GLYPH: Object = Object::open(&[
    optional("decoded_size", "", OneOf(&[super::GLYPH_DECODED_BYTES as i64])),
    optional("size", "", OneOf(&[super::GLYPH_BYTES as i64])),
    optional(
        "metadata",
        "",
        Is(Object::open(&[
            needed("tile_size", "Width and height of a tile in pixels.", OneOf(&TILE_SIZES)),
            needed("width", "Width of the sheet in pixels.", OneOf(&[256])),
            needed("height", "Height of the sheet in pixels.", OneOf(&[256])),
            needed("palette_count", "How many palettes the payload holds.", OneOf(&[64])),
            needed("palette_authored", "How many of them are used.", Integer(1, 64)),
        ])),
    ),
]);

const SOUNDS: Object = Object::open(&[
    optional("size", "", Even(SAFE_INTEGER_MAX)),
    optional(
        "metadata",
        "",
        Is(Object::open(&[
            needed("sample_rate", "Samples a second.", Integer(8000, 48000)),
            needed("channels", "Sounds are mono.", OneOf(&[1])),
            needed("samples", "For each sample id where it lies in the payload.", Map(&SAMPLE)),
        ])),
    ),
]);

const SAMPLE: Value = Is(Object::closed(&[
    needed("offset", "Its first byte, from the start of the payload.", Even(SAFE_INTEGER_MAX)),
    needed("length", "Its length in bytes.", Even(SAFE_INTEGER_MAX)),
]));

const SLOT: Object = Object::closed(&[
    needed("asset_id", "An id of the asset table.", ID),
    needed("slot", "Counted from 0 for each bank type.", Integer(0, super::PRELOAD_SLOTS as i64 - 1)),
]);
