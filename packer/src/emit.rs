//! Puts things on disk: staged, flushed, read back, and only then moved into place. The only stage that writes.

mod create;
mod pipeline;
mod publish;
mod staging;

pub use create::create_file;
pub(crate) use publish::writing;
pub use publish::{Context, Published, publish};
