//! What an `index.json` of version 1 looks like, as far as it can be brought forward. Frozen like the steps.

use crate::envelope::shape::Value::{Integer, List, Object as Is, Text, True, Version};
use crate::envelope::shape::{Object, Shape, UUID, needed, optional};

const ASSET_ID_MAX: i64 = 2_147_483_647;

pub(super) static SHAPE: Shape = Shape {
    format: "index",
    version: 1,
    title: "Registry of a project",
    about: "The file `assets/.prometeu/index.json`: which roots are assets, and under which id. Members \
            that are not described here are kept.",
    value: Is(TOP),
};

const TOP: Object = Object::open(&[
    needed("schema_version", "The version of this file's format.", Version),
    optional(
        "requires_packer",
        "Which packers may work on the project: a version requirement in Cargo's spelling, such as `>=0.2`.",
        Text,
    ),
    needed(
        "next_asset_id",
        "The id that the next registered asset gets. It is above every id that was ever handed out.",
        Integer(1, ASSET_ID_MAX + 1),
    ),
    needed("assets", "One entry for each registered root, by id.", List(0, &Is(ENTRY))),
]);

const ENTRY: Object = Object::open(&[
    needed(
        "asset_id",
        "The number that the runtime knows the asset by; it is never handed out a second time.",
        Integer(1, ASSET_ID_MAX),
    ),
    needed("asset_uuid", "The identity of the asset, equal to its declaration's.", UUID),
    needed("root", "Its folder, relative to `assets/`, with `/` between its parts.", Text),
    optional("included_in_build", "Not known to this version, where every asset takes part in builds.", True),
]);
