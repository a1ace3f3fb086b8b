//! Every format that carries a version, and the window of versions that this packer reads.

use std::cmp::Ordering;
use std::fmt;

/// A versioned format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Artifact {
    /// `asset.json`.
    Declaration,
    /// `assets/.prometeu/index.json`.
    Registry,
    /// `assets/.prometeu/txn/<id>/journal.json`.
    Journal,
    /// `assets/.prometeu/cache.json`.
    Cache,
    /// The prelude of `assets.pa`.
    Archive,
    /// `build/asset_table_metadata.json`.
    ArchiveMetadata,
    /// A report in JSON.
    Report,
    /// The Studio protocol.
    Protocol,
}

/// Which versions of a format are written and read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The version that is written.
    pub written: u16,
    /// The versions that are read; `None` for what is written for others and never read back.
    pub read: Option<ReadRange>,
}

/// The versions of a format that are read. Its text is `version 1`, `versions 1 to 3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadRange {
    /// The oldest; above `max` where a raised floor leaves nothing to read.
    pub min: u16,
    /// The newest.
    pub max: u16,
}

impl ReadRange {
    /// Whether a version is read.
    #[must_use]
    pub fn contains(&self, version: u16) -> bool {
        (self.min..=self.max).contains(&version)
    }
}

impl fmt::Display for ReadRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.min.cmp(&self.max) {
            Ordering::Less => write!(f, "versions {} to {}", self.min, self.max),
            Ordering::Equal => write!(f, "version {}", self.max),
            Ordering::Greater => write!(f, "versions from {} on", self.min),
        }
    }
}

/// A format that is read.
const fn read(written: u16, min: u16, max: u16) -> Window {
    Window { written, read: Some(ReadRange { min, max }) }
}

/// A format that is only written.
const fn unread(written: u16) -> Window {
    Window { written, read: None }
}

/// In the order of the enum: the file's name, the window.
const TABLE: &[(Artifact, &str, Window)] = &[
    (Artifact::Declaration, "asset.json", read(3, 1, 3)),
    (Artifact::Registry, "index.json", read(2, 1, 2)),
    (Artifact::Journal, "journal.json", read(1, 1, 1)),
    (Artifact::Cache, "cache.json", read(2, 2, 2)),
    (Artifact::Archive, "assets.pa", read(1, 1, 1)),
    (Artifact::ArchiveMetadata, "asset_table_metadata.json", unread(1)),
    (Artifact::Report, "report", unread(1)),
    (Artifact::Protocol, "studio protocol", read(1, 1, 1)),
];

impl Artifact {
    /// The file's name, or the format's where it is no file.
    #[must_use]
    pub fn name(self) -> &'static str {
        TABLE[self as usize].1
    }

    /// What this packer writes.
    #[must_use]
    pub fn written(self) -> u16 {
        TABLE[self as usize].2.written
    }
}

/// The windows in force; the packer's own unless a floor was raised on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Windows([Window; TABLE.len()]);

impl Default for Windows {
    fn default() -> Windows {
        Windows(std::array::from_fn(|at| TABLE[at].2))
    }
}

impl Windows {
    /// The versions of a file that are read.
    #[must_use]
    pub fn read(&self, artifact: Artifact) -> ReadRange {
        self.0[artifact as usize].read.expect("only formats with a range are ever opened")
    }

    /// The same windows with the oldest version that is read raised to `min`.
    #[must_use]
    pub fn with_floor(mut self, artifact: Artifact, min: u16) -> Windows {
        self.raise_floor(artifact.name(), u64::from(min));
        self
    }

    /// Raises the oldest version that is read of the format called `name`, at most to where nothing is left to read. It
    /// is how an answer to files that are too old is tried before any is. `false` when there is no such format, or when
    /// `min` would lower the floor.
    pub fn raise_floor(&mut self, name: &str, min: u64) -> bool {
        let range = TABLE.iter().position(|row| row.1 == name).and_then(|at| self.0[at].read.as_mut());
        let Some(range) = range else { return false };
        let highest = u64::from(range.max) + 1;
        match u16::try_from(min) {
            Ok(floor) if floor >= range.min && min <= highest => range.min = floor,
            _ => return false,
        }
        true
    }

    /// Every format with its window.
    pub fn rows(&self) -> impl Iterator<Item = (&'static str, Window)> + '_ {
        TABLE.iter().zip(self.0).map(|(row, window)| (row.1, window))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stands_in_the_order_of_the_enum() {
        for (at, (artifact, name, window)) in TABLE.iter().enumerate() {
            assert_eq!(*artifact as usize, at, "{name}");
            let Some(range) = window.read else { continue };
            assert!((range.min..=range.max).contains(&window.written), "{name}");
        }
    }

    #[test]
    fn a_floor_goes_up_only_and_only_where_there_is_one() {
        let mut windows = Windows::default();
        assert!(windows.raise_floor("asset.json", 2));
        assert_eq!(windows.read(Artifact::Declaration).to_string(), "versions 2 to 3");
        for (name, min) in [("asset.json", 1), ("asset.json", 5), ("assets.pa", 65_537), ("report", 1), ("lock", 1)] {
            assert!(!windows.raise_floor(name, min), "{name}={min}");
        }
        assert!(windows.raise_floor("asset.json", 4));
        assert_eq!(windows.read(Artifact::Declaration).to_string(), "versions from 4 on");
    }
}
