//! x
pub mod escape;
pub mod path;
pub mod digest;
pub mod span;
pub mod diagnostic;
pub mod event;
pub mod disk;
pub mod trust;
pub mod envelope;
pub mod migrate;
pub mod schema;
pub mod workspace;
pub mod bank;
pub mod doctor;
