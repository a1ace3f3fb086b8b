//! What the packer has to say about each code: one rule a code, with its text.

pub mod rule;
pub mod rules;
