//! Plays every change that the packer makes to a project against every fault of a simulated disk, at every operation,
//! and compares what is left with what was there before and what was to be. It drives the packer's operations as a
//! program would, and knows nothing of how they are made.
//!
//! The modules in the order in which a run goes through them; each names only modules above it.

pub mod commands;
pub mod state;
pub mod project;
pub mod faults;
pub mod scenario;
pub mod scenarios;
pub mod check;
pub mod play;
pub mod table;
