//! What an `asset.json` of version 2 looks like, as far as it can be brought forward: the words of later versions are
//! let through, as the steps let them. Frozen like the steps.

use crate::envelope::shape::Value::{
    Any, Bool, Even, Integer, List, Map, Never, Object as Is, OneOf, Plain, Single, Text, Version, Word,
};
use crate::envelope::shape::{Member, NAME, Object, Rule, SAFE_INTEGER_MAX, Shape, UUID, Value, needed, optional};

const TYPES: &[&str] = &["image_bank", "tile_bank", "sound_bank", "glyph_bank"];
const GLYPH: &[&str] = &["image_bank", "tile_bank", "glyph_bank"];
const SOUND: &[&str] = &["sound_bank"];
const FORMATS: &[&str] = &["TILES/indexed_v1", "SOUNDS/pcm16le_v1", "GLYPH/indexed_v1"];
const GLYPH_FORMAT: &[&str] = &["TILES/indexed_v1", "GLYPH/indexed_v1"];
const SOUND_FORMAT: &[&str] = &["SOUNDS/pcm16le_v1"];
const CODECS: &[&str] = &["RAW", "NONE"];
const TILE_SIZES: [i64; 3] = [8, 16, 32];

pub(super) static SHAPE: Shape = Shape {
    format: "asset",
    version: 2,
    title: "Declaration of an asset",
    about: "The file `asset.json` of an asset root: what the asset is, and which files of its folder it is made from. \
            Members that are not described here are kept and reported.",
    value: Is(TOP),
};

const TOP: Object = Object::open(&[
    VERSION,
    needed(
        "asset_uuid",
        "The identity of the asset, equal to the registry's. It is made once and stays when the folder moves.",
        UUID,
    ),
    NAMED,
    TYPED,
    MADE_FROM,
    MADE_INTO,
    LOADED,
    HOW,
])
.with(RULES);

pub(super) const VERSION: Member = needed("schema_version", "The version of this file's format.", Version);
pub(super) const NAMED: Member =
    needed("name", "The name that the runtime knows; no other asset of the project has it.", NAME);
pub(super) const TYPED: Member = needed("type", "What kind of bank the asset becomes.", Word(TYPES));
pub(super) const MADE_FROM: Member = needed(
    "inputs",
    "The files that the bank is made from: for each role a list of paths relative to this folder. The order of a list \
     numbers tiles, palettes and samples.",
    Is(INPUTS),
);
pub(super) const MADE_INTO: Member = needed("output", "What is made from them.", Is(OUTPUT));
pub(super) const LOADED: Member = needed("preload", "When the runtime loads it.", Is(PRELOAD));
pub(super) const HOW: Member =
    optional("build", "How bytes are made from the inputs. Nothing of it reaches the archive's header.", Is(BUILD));

pub(super) const RULES: &[Rule] = &[
    Rule(&GLYPH_FROM_PICTURES, &PICTURES),
    Rule(&GLYPH_FROM_PAYLOAD, &GLYPH_PAYLOAD),
    Rule(&SOUND_FROM_SOURCES, &SOURCES),
    Rule(&SOUND_FROM_PAYLOAD, &SOUND_PAYLOAD),
];

const INPUTS: Object = Object::closed(&[
    optional("sprites", "PNG pictures of a glyph bank: single tiles, or sheets that are cut row by row.", PATHS),
    optional("palettes", "Palette files of a glyph bank (.gpl, .pal, .hex), at most 16 colours each.", PATHS),
    optional("sources", "WAV files of a sound bank; sample ids count from 0 in this order.", PATHS),
    optional("payload", "One file whose bytes are the finished payload, in place of all other roles.", Single(&Text)),
]);

const PATHS: Value = List(1, &Text);

const OUTPUT: Object = Object::open(&[
    needed("format", "The format of the payload; it follows from the type.", Word(FORMATS)),
    needed("codec", "How the payload is packed.", Word(CODECS)),
    needed(
        "metadata",
        "What the runtime is told beside what the format adds: integers within ±(2^53 - 1), strings, booleans, lists \
         and objects; no fractions, no null.",
        Map(&Plain),
    ),
    optional("pipeline", "Hints for other tools. The packer does not look at them.", Any),
]);

const PRELOAD: Object = Object::open(&[needed("enabled", "Whether the runtime loads the asset at its start.", Bool)]);

const BUILD: Object = Object::open(&[
    optional(
        "alpha_threshold",
        "For pictures with partial alpha: alpha below it counts as 0, the rest as 255.",
        Integer(1, 255),
    ),
    optional("channel_mix", "For sounds with several channels: what becomes of them.", Word(&["average"])),
]);

// What each kind of bank is made from, and what that demands of the other members.

const NO_PAYLOAD: Value = Is(Object::open(&[optional("payload", "", Never)]));
const A_PAYLOAD: Value = Is(Object::open(&[needed("payload", "", Any)]));

const GLYPH_FROM_PICTURES: Object = Object::open(&[needed("type", "", Word(GLYPH)), needed("inputs", "", NO_PAYLOAD)]);
const GLYPH_FROM_PAYLOAD: Object = Object::open(&[needed("type", "", Word(GLYPH)), needed("inputs", "", A_PAYLOAD)]);
const SOUND_FROM_SOURCES: Object = Object::open(&[needed("type", "", Word(SOUND)), needed("inputs", "", NO_PAYLOAD)]);
const SOUND_FROM_PAYLOAD: Object = Object::open(&[needed("type", "", Word(SOUND)), needed("inputs", "", A_PAYLOAD)]);

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
            optional("format", "", Word(GLYPH_FORMAT)),
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
            optional("format", "", Word(GLYPH_FORMAT)),
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
            optional("format", "", Word(SOUND_FORMAT)),
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
            optional("format", "", Word(SOUND_FORMAT)),
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
