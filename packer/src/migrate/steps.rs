//! The ordered tables of all steps and of what their files looked like. A released step is frozen, and so is the shape
//! of the version that it leads on from: a later packer must read old files exactly as this one.

mod asset_v1_shape;
mod asset_v2_identity_anchor;
mod asset_v2_shape;
mod asset_v3_glyph_bank;
mod index_v1_shape;
mod index_v2_build_participation;

use super::Step;
use crate::envelope::shape::Shape;

/// Every step, by kind of file, oldest first.
pub(super) static ALL: &[Step] =
    &[asset_v2_identity_anchor::STEP, asset_v3_glyph_bank::STEP, index_v2_build_participation::STEP];

/// What the files of every outgoing version look like, by kind of file, oldest first.
pub(super) static OUTGOING: &[&Shape] = &[&asset_v1_shape::SHAPE, &asset_v2_shape::SHAPE, &index_v1_shape::SHAPE];
