//! Examines a project as a build would, and explains every code that can be found. It repairs nothing.

mod examine;
pub mod rule;
pub mod rules;

pub use examine::{Examined, examine, preload};
