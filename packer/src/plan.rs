//! What is about to be done, as a value that can be shown before anything is. No plan touches the disk.

mod build;

pub use build::{BuildPlan, PlannedAsset, for_build};
