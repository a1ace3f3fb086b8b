//! What the members of a current control file mean. A file of another version never gets here.

pub mod archive;
pub mod cache;
pub mod declaration;
mod inputs;
pub mod journal;
mod layout;
mod metadata;
mod reader;
pub mod provenance;
pub mod registry;
mod registry_draft;
pub mod suppressions;

pub use declaration::{BankType, Declaration};
pub use inputs::{Inputs, Role};
pub use layout::declaration_text;
pub use metadata::{SAFE_INTEGER_MAX, value_of};
pub use registry::{Entry, Registry};
pub use registry_draft::{RegistryDraft, entry_line, identity_of, registry_text, with_member};
