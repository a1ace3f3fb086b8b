//! What is about to be done, as a value that can be shown before anything is. No plan touches the disk.

mod build;
mod migration;
mod entry_told;
mod mutation;
mod registry_edit;
mod rewrite;
mod step;

pub use build::{BuildPlan, for_build};
pub use migration::{FileOutcome, MigrationPlan, PlannedFile, for_migration};
pub use mutation::{Class, MutationPlan, PlannedChange};
pub use registry_edit::RegistryEdit;
pub use rewrite::{MINTED_ON_APPLY, Rewrite};
pub use step::{Content, Replacement, Step};
