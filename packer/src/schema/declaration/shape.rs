//! What an `asset.json` of version 3 looks like. When a new version comes, this file goes to `migrate/steps`
//! as it is, so it names nothing but the vocabulary. What paths and texts mean is checked by the reader alone.

use crate::envelope::shape::Value::{
    Any, Bool, Even, Integer, List, Map, Never, Object as Is, OneOf, Plain, Single, Text, Version, Word,
};
use crate::envelope::shape::{NAME, Object, Rule, SAFE_INTEGER_MAX, Shape, UUID, Value, needed, optional};

pub(crate) const GLYPH: &str = "glyph_bank";
pub(crate) const SOUND: &str = "sound_bank";
pub(crate) const GLYPH_FORMAT: &str = "GLYPH/indexed_v1";
pub(crate) const SOUND_FORMAT: &str = "SOUNDS/pcm16le_v1";
pub(crate) const CODEC: &str = "NONE";
/// Tile sizes in pixels.
pub(crate) const TILE_SIZES: [i64; 3] = [8, 16, 32];
/// Alpha values that may be a threshold.
pub(crate) const ALPHA_THRESHOLD: (i64, i64) = (1, 255);
pub(crate) const AVERAGE: &str = "average";

pub(crate) static SHAPE: Shape = Shape {
    format: "asset",
    version: 3,
    title: "Declaration of an asset",
    about: "The file `asset.json` of an asset root: what the asset is, and which files of its folder it is made from. \
            Members that are not described here are kept and reported.",
    value: Is(TOP),
};

pub(crate) const TOP: Object = Object::open(&[
    needed("schema_version", "The version of this file's format.", Version),
    needed(
        "asset_uuid",
        "The identity of the asset, equal to the registry's. It is made once and stays when the folder moves.",
        UUID,
    ),
    needed("name", "The name that the runtime knows; no other asset of the project has it.", NAME),
    needed("type", "What kind of bank the asset becomes.", Word(&[GLYPH, SOUND])),
    needed(
        "inputs",
        "The files that the bank is made from: for each role a list of paths relative to this folder. The order of a \
         list numbers tiles, palettes and samples.",
        Is(INPUTS),
    ),
    needed("output", "What is made from them.", Is(OUTPUT)),
    needed("preload", "When the runtime loads it.", Is(PRELOAD)),
    optional("build", "How bytes are made from the inputs. Nothing of it reaches the archive's header.", Is(BUILD)),
])
.with(&[
    Rule(&GLYPH_FROM_PICTURES, &PICTURES),
    Rule(&GLYPH_FROM_PAYLOAD, &GLYPH_PAYLOAD),
    Rule(&SOUND_FROM_SOURCES, &SOURCES),
    Rule(&SOUND_FROM_PAYLOAD, &SOUND_PAYLOAD),
]);

pub(crate) const INPUTS: Object = Object::closed(&[
    optional("sprites", "PNG pictures of a glyph bank: single tiles, or sheets that are cut row by row.", PATHS),
    optional("palettes", "Palette files of a glyph bank (.gpl, .pal, .hex), at most 16 colours each.", PATHS),
    optional("sources", "WAV files of a sound bank; sample ids count from 0 in this order.", PATHS),
    optional("payload", "One file whose bytes are the finished payload, in place of all other roles.", Single(&Text)),
]);

const PATHS: Value = List(1, &Text);

pub(crate) const OUTPUT: Object = Object::open(&[
    needed("format", "The format of the payload; it follows from the type.", Word(&[GLYPH_FORMAT, SOUND_FORMAT])),
    needed("codec", "How the payload is packed.", Word(&[CODEC])),
    needed(
        "metadata",
        "What the runtime is told beside what the format adds: integers within ±(2^53 - 1), strings, booleans, lists \
         and objects; no fractions, no null.",
        Map(&Plain),
    ),
    optional("pipeline", "Hints for other tools. The packer does not look at them.", Any),
]);

pub(crate) const PRELOAD: Object =
    Object::open(&[needed("enabled", "Whether the runtime loads the asset at its start.", Bool)]);

pub(crate) const BUILD: Object = Object::open(&[
    optional(
        "alpha_threshold",
        "For pictures with partial alpha: alpha below it counts as 0, the rest as 255.",
        Integer(ALPHA_THRESHOLD.0, ALPHA_THRESHOLD.1),
    ),
    optional("channel_mix", "For sounds with several channels: what becomes of them.", Word(&[AVERAGE])),
]);

// What each kind of bank is made from, and what that demands of the other members.

const NO_PAYLOAD: Value = Is(Object::open(&[optional("payload", "", Never)]));
const A_PAYLOAD: Value = Is(Object::open(&[needed("payload", "", Any)]));

const GLYPH_FROM_PICTURES: Object =
    Object::open(&[needed("type", "", Word(&[GLYPH])), needed("inputs", "", NO_PAYLOAD)]);
const GLYPH_FROM_PAYLOAD: Object = Object::open(&[needed("type", "", Word(&[GLYPH])), needed("inputs", "", A_PAYLOAD)]);
const SOUND_FROM_SOURCES: Object =
    Object::open(&[needed("type", "", Word(&[SOUND])), needed("inputs", "", NO_PAYLOAD)]);
const SOUND_FROM_PAYLOAD: Object = Object::open(&[needed("type", "", Word(&[SOUND])), needed("inputs", "", A_PAYLOAD)]);

const PICTURES: Object = Object::open(&[
    optional(
        "inputs",
        "",
        Is(Object::open(&[needed("sprites", "", Any), needed("palettes", "", Any), optional("sources", "", Never)])),
    ),
    optional(
        "output",
        "",
        Is(Object::open(&[
            optional("format", "", Word(&[GLYPH_FORMAT])),
            optional(
                "metadata",
                "",
                Is(Object::open(&[
                    needed("tile_size", "Width and height of a tile in pixels.", OneOf(&TILE_SIZES)),
                    optional("width", "", Never),
                    optional("height", "", Never),
                    optional("palette_count", "", Never),
                    optional("palette_authored", "", Never),
                ])),
            ),
        ])),
    ),
]);

const GLYPH_PAYLOAD: Object = Object::open(&[
    optional(
        "inputs",
        "",
        Is(Object::open(&[
            optional("sprites", "", Never),
            optional("palettes", "", Never),
            optional("sources", "", Never),
        ])),
    ),
    optional(
        "output",
        "",
        Is(Object::open(&[
            optional("format", "", Word(&[GLYPH_FORMAT])),
            optional(
                "metadata",
                "",
                Is(Object::open(&[
                    needed("tile_size", "Width and height of a tile in pixels.", OneOf(&TILE_SIZES)),
                    needed("palette_authored", "How many of the 64 palettes the payload uses.", Integer(1, 64)),
                    optional("width", "", Never),
                    optional("height", "", Never),
                    optional("palette_count", "", Never),
                ])),
            ),
        ])),
    ),
]);

const SOURCES: Object = Object::open(&[
    optional(
        "inputs",
        "",
        Is(Object::open(&[
            needed("sources", "", Any),
            optional("sprites", "", Never),
            optional("palettes", "", Never),
        ])),
    ),
    optional(
        "output",
        "",
        Is(Object::open(&[
            optional("format", "", Word(&[SOUND_FORMAT])),
            optional(
                "metadata",
                "",
                Is(Object::open(&[
                    optional("sample_rate", "", Never),
                    optional("channels", "", Never),
                    optional("samples", "", Never),
                ])),
            ),
        ])),
    ),
]);

const SOUND_PAYLOAD: Object = Object::open(&[
    optional(
        "inputs",
        "",
        Is(Object::open(&[
            optional("sources", "", Never),
            optional("sprites", "", Never),
            optional("palettes", "", Never),
        ])),
    ),
    optional(
        "output",
        "",
        Is(Object::open(&[
            optional("format", "", Word(&[SOUND_FORMAT])),
            optional(
                "metadata",
                "",
                Is(Object::open(&[
                    needed("sample_rate", "Samples a second.", Integer(8000, 48000)),
                    needed("channels", "Sounds are mono.", OneOf(&[1])),
                    needed("samples", "For each sample id where it lies in the payload.", Map(&SAMPLE)),
                ])),
            ),
        ])),
    ),
]);

const SAMPLE: Value = Is(Object::closed(&[
    needed("offset", "Its first byte, from the start of the payload.", Even(SAFE_INTEGER_MAX)),
    needed("length", "Its length in bytes.", Even(SAFE_INTEGER_MAX)),
]));
