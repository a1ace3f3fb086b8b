//! What is about to be done, as a value that can be shown before anything is. No plan touches the disk.

mod build;
mod migration;
mod entry_told;
mod mutation;
mod step;

pub use build::{BuildPlan, for_build};
pub use migration::{FileOutcome, MINTED_ON_APPLY, MigrationPlan, PlannedFile, for_migration};
pub use mutation::{Class, MutationPlan, PlannedChange};
pub use step::{Replacement, Step};
