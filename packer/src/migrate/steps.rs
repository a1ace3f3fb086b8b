//! The ordered table of all steps. A released step is frozen: a later packer must read old files exactly as this one.

mod asset_v2_identity_anchor;
mod asset_v3_glyph_bank;
mod index_v2_build_participation;

use super::Step;

/// Every step, by kind of file, oldest first.
pub(super) static ALL: &[Step] =
    &[asset_v2_identity_anchor::STEP, asset_v3_glyph_bank::STEP, index_v2_build_participation::STEP];
