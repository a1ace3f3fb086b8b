//! Every format that carries a version, and the window of versions that this packer reads.

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
    /// The oldest that is read.
    pub min: u16,
    /// The newest that is read.
    pub max: u16,
}

/// In the order of the enum: the file's name, the window.
const TABLE: &[(Artifact, &str, Window)] = &[
    (Artifact::Declaration, "asset.json", Window { written: 3, min: 1, max: 3 }),
    (Artifact::Registry, "index.json", Window { written: 2, min: 1, max: 2 }),
    (Artifact::Journal, "journal.json", Window { written: 1, min: 1, max: 1 }),
    (Artifact::Cache, "cache.json", Window { written: 2, min: 2, max: 2 }),
    (Artifact::Archive, "assets.pa", Window { written: 1, min: 1, max: 1 }),
    (Artifact::ArchiveMetadata, "asset_table_metadata.json", Window { written: 1, min: 1, max: 1 }),
    (Artifact::Report, "report", Window { written: 1, min: 1, max: 1 }),
    (Artifact::Protocol, "studio protocol", Window { written: 1, min: 1, max: 1 }),
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

/// The windows in force; the packer's own unless a test raises a floor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Windows([Window; TABLE.len()]);

impl Default for Windows {
    fn default() -> Windows {
        Windows(std::array::from_fn(|at| TABLE[at].2))
    }
}

impl Windows {
    /// The window of one format.
    #[must_use]
    pub fn of(&self, artifact: Artifact) -> Window {
        self.0[artifact as usize]
    }

    /// The same windows with the oldest version that is read raised to `min`.
    #[must_use]
    pub fn with_floor(mut self, artifact: Artifact, min: u16) -> Windows {
        self.0[artifact as usize].min = min;
        self
    }

    /// Every format with its window.
    pub fn rows(&self) -> impl Iterator<Item = (&'static str, Window)> + '_ {
        TABLE.iter().map(|row| (row.1, self.of(row.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stands_in_the_order_of_the_enum() {
        for (at, (artifact, name, window)) in TABLE.iter().enumerate() {
            assert_eq!(*artifact as usize, at, "{name}");
            assert!((window.min..=window.max).contains(&window.written), "{name}");
        }
    }
}
