//! Examines a project as a build would, looks for what could be tidier, and explains every code that can be found. It
//! repairs nothing.

mod examine;
mod hygiene;
pub mod rule;
pub mod rules;

pub use examine::{Checked, Examined, examine, preload};
pub use hygiene::{Tidiness, look_for_untidiness, suppressions_path};
