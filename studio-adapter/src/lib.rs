//! How Studio and every other program reads the packer's answers. Today it holds the one JSON shape of reports; the
//! JSON-RPC server comes on top of it.

mod diff;
pub mod wire;
mod to_wire;

pub use diff::unified_diff;
pub use to_wire::{outcome, to_wire, unit};
