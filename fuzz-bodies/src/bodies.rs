//! One module a target.

pub(crate) mod names;
pub(crate) mod json;
pub(crate) mod envelope;
pub(crate) mod declaration;
pub(crate) mod registry;
pub(crate) mod journal;
pub(crate) mod suppressions;
pub(crate) mod palette;
pub(crate) mod png;
pub(crate) mod wav;
pub(crate) mod archive;
pub(crate) mod frames;
