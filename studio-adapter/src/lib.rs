//! How Studio and every other program reads the packer's answers. Today it holds the one JSON shape of reports; the
//! JSON-RPC server comes on top of it.

pub mod wire;
mod to_wire;

pub use to_wire::to_wire;
