//! The smallest edit of a project: one input gets another byte.

use super::inputs::{Asset, Use};
use anyhow::Context;
use std::fs;
use std::path::PathBuf;

/// An input that may be changed.
pub(super) struct Change {
    file: PathBuf,
    becomes: Use,
}

/// The first sound or raw payload of the project, whose last byte may be any; else its first palette.
///
/// # Errors
/// When a declaration cannot be read, or there is no such input.
pub(super) fn one_of(assets: &[Asset]) -> anyhow::Result<Change> {
    let mut palette = None;
    for asset in assets.iter().filter(|asset| asset.included_in_build) {
        for (becomes, file) in asset.inputs()? {
            match becomes {
                Use::Copied => return Ok(Change { file, becomes }),
                Use::Read => palette = palette.or(Some(Change { file, becomes })),
                Use::Decoded => {}
            }
        }
    }
    palette.context("the project has no input that could be changed")
}

impl Change {
    /// Changes it once more.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub(super) fn make(&self) -> anyhow::Result<()> {
        let changed = fs::read(&self.file).and_then(|mut bytes| {
            match (bytes.last_mut(), self.becomes) {
                (Some(last), Use::Copied) => *last ^= 1,
                // Empty lines mean nothing in most palettes.
                _ => bytes.push(b'\n'),
            }
            fs::write(&self.file, bytes)
        });
        changed.with_context(|| format!("could not change {}", self.file.display()))
    }
}
