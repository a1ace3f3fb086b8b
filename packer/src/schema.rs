//! What the members of a current control file mean. A file of another version never gets here.

pub mod archive;
pub mod cache;
pub mod declaration;
mod declaration_draft;
mod inputs;
pub mod journal;
mod layout;
mod metadata;
mod reader;
pub mod provenance;
pub mod registry;
mod registry_draft;
mod registry_merge;
pub mod suppressions;

pub use crate::envelope::shape::SAFE_INTEGER_MAX;
pub use declaration::{BankType, Declaration};
pub use declaration_draft::DeclarationDraft;
pub use inputs::{Inputs, Role};
pub use layout::{declaration_text, declaration_with};
pub use metadata::value_of;
pub use registry::{Entry, Registry};
pub use registry_draft::{RegistryDraft, entry_line, identity_of, registry_text, with_member};
pub use registry_merge::{Claim, Merged, merge_registries};

use crate::envelope::shape::Shape;

/// What every file that the packer reads or writes looks like: each version of each format that is JSON and of which the
/// library knows the members.
#[must_use]
pub fn shapes() -> Vec<&'static Shape> {
    let current = [
        &declaration::SHAPE,
        &registry::SHAPE,
        &journal::SHAPE,
        &archive::HEADER,
        &archive::ASSET_TABLE,
        &archive::PRELOAD,
        &provenance::SHAPE,
    ];
    crate::migrate::outgoing_shapes().iter().copied().chain(current).collect()
}
