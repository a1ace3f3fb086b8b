//! x
pub mod span;
pub mod diagnostic;
