//! What an `asset.json` of version 1 looks like: version 2 without its identity. Frozen like the steps.

use super::asset_v2_shape::{HOW, LOADED, MADE_FROM, MADE_INTO, NAMED, RULES, TYPED, VERSION};
use crate::envelope::shape::{Object, Shape, UUID, Value, optional};

pub(super) static SHAPE: Shape = Shape {
    format: "asset",
    version: 1,
    title: "Declaration of an asset",
    about: "The file `asset.json` of an asset root: what the asset is, and which files of its folder it is made from. \
            Members that are not described here are kept and reported.",
    value: Value::Object(TOP),
};

const TOP: Object = Object::open(&[
    VERSION,
    NAMED,
    TYPED,
    MADE_FROM,
    MADE_INTO,
    LOADED,
    HOW,
    optional("asset_uuid", "Not known to this version; it may stand here where it equals the registry's.", UUID),
])
.with(RULES);
