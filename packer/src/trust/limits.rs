//! Every limit that a project is held to, as data. They are raised on the command line only.

/// A named bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is the row of the table below that bears its name")]
#[rustfmt::skip]
pub enum Limit {
    DeclarationBytes, ControlFileBytes, CacheBytes, InputBytes, PaletteBytes, ArchiveHeaderBytes,
    JsonDepth, JsonStringBytes, JsonValues, ObjectMembers, MetadataLevels, MetadataMembers,
    RegisteredAssets, FilesWalked, AssetInputs,
    ImageSide, ImageArea, DecoderBytes,
    FrameBytes, FrameHeaderBytes,
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Bytes.
    Bytes,
    /// Things: files, members, assets.
    Count,
    /// Levels of nesting; the outermost object is level 1.
    Levels,
    /// Pixels along a side, or in an area.
    Pixels,
}

/// The highest value of a limit that counts levels.
const LEVELS_MAX: u64 = 256;
const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// Name on the command line, value, unit; in the order of the enum.
const TABLE: &[(Limit, &str, u64, Unit)] = &[
    (Limit::DeclarationBytes, "declaration-bytes", MIB, Unit::Bytes),
    (Limit::ControlFileBytes, "control-file-bytes", 64 * MIB, Unit::Bytes),
    (Limit::CacheBytes, "cache-bytes", 512 * MIB, Unit::Bytes),
    (Limit::InputBytes, "input-bytes", 512 * MIB, Unit::Bytes),
    (Limit::PaletteBytes, "palette-bytes", MIB, Unit::Bytes),
    (Limit::ArchiveHeaderBytes, "archive-header-bytes", 64 * MIB, Unit::Bytes),
    (Limit::JsonDepth, "json-depth", 32, Unit::Levels),
    (Limit::JsonStringBytes, "json-string-bytes", 64 * KIB, Unit::Bytes),
    (Limit::JsonValues, "json-values", 4 * 1024 * 1024, Unit::Count),
    (Limit::ObjectMembers, "object-members", 4096, Unit::Count),
    (Limit::MetadataLevels, "metadata-levels", 16, Unit::Levels),
    (Limit::MetadataMembers, "metadata-members", 1024, Unit::Count),
    (Limit::RegisteredAssets, "registered-assets", 100_000, Unit::Count),
    (Limit::FilesWalked, "files-walked", 2_000_000, Unit::Count),
    (Limit::AssetInputs, "asset-inputs", 4096, Unit::Count),
    (Limit::ImageSide, "image-side", 16_384, Unit::Pixels),
    (Limit::ImageArea, "image-area", 64 * 1024 * 1024, Unit::Pixels),
    (Limit::DecoderBytes, "decoder-bytes", 8 * MIB, Unit::Bytes),
    (Limit::FrameBytes, "frame-bytes", 8 * MIB, Unit::Bytes),
    (Limit::FrameHeaderBytes, "frame-header-bytes", 8 * KIB, Unit::Bytes),
];

/// The limits that hold for one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits([u64; TABLE.len()]);

impl Default for Limits {
    fn default() -> Limits {
        Limits(std::array::from_fn(|at| TABLE[at].2))
    }
}

impl Limits {
    /// The value of one limit, in its unit.
    #[must_use]
    pub fn get(&self, limit: Limit) -> u64 {
        self.0[limit as usize]
    }

    /// The value as a size in memory.
    #[must_use]
    pub fn size(&self, limit: Limit) -> usize {
        usize::try_from(self.get(limit)).unwrap_or(usize::MAX)
    }

    /// Sets a limit by its name; `false` when there is no such limit, or when it cannot be raised so far.
    pub fn set(&mut self, name: &str, value: u64) -> bool {
        // Deeper than this no reader goes without a stack of its own.
        let fits = |unit: Unit| unit != Unit::Levels || value <= LEVELS_MAX;
        let row = TABLE.iter().find(|row| row.1 == name && fits(row.3));
        if let Some(row) = row {
            self.0[row.0 as usize] = value;
        }
        row.is_some()
    }

    /// Every limit in force: name, value, unit.
    pub fn rows(&self) -> impl Iterator<Item = (&'static str, u64, Unit)> + '_ {
        TABLE.iter().map(|row| (row.1, self.get(row.0), row.3))
    }
}

impl Limit {
    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        TABLE[self as usize].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_what_is_promised_and_go_by_their_names() {
        let mut limits = Limits::default();
        let promised = [
            ("declaration-bytes", 1 << 20),
            ("control-file-bytes", 64 << 20),
            ("cache-bytes", 512 << 20),
            ("input-bytes", 512 << 20),
            ("palette-bytes", 1 << 20),
            ("archive-header-bytes", 64 << 20),
            ("json-depth", 32),
            ("json-string-bytes", 64 << 10),
            ("json-values", 4 << 20),
            ("object-members", 4096),
            ("metadata-levels", 16),
            ("metadata-members", 1024),
            ("registered-assets", 100_000),
            ("files-walked", 2_000_000),
            ("asset-inputs", 4096),
            ("image-side", 16_384),
            ("image-area", 64 << 20),
            ("decoder-bytes", 8 << 20),
            ("frame-bytes", 8 << 20),
            ("frame-header-bytes", 8 << 10),
        ];
        assert_eq!(limits.rows().map(|(name, value, _)| (name, value)).collect::<Vec<_>>(), promised);
        assert_eq!(Limit::CacheBytes.name(), "cache-bytes");
        assert!(limits.set("cache-bytes", u64::MAX) && limits.get(Limit::CacheBytes) == u64::MAX);
        assert!(!limits.set("cache", 1));
        // Levels are the one thing that cannot be raised at will.
        assert!(limits.set("json-depth", LEVELS_MAX) && !limits.set("json-depth", LEVELS_MAX + 1));
        assert_eq!(limits.get(Limit::JsonDepth), LEVELS_MAX);
    }

    #[test]
    fn the_table_stands_in_the_order_of_the_enum() {
        for (at, row) in TABLE.iter().enumerate() {
            assert_eq!(row.0 as usize, at, "{}", row.1);
        }
    }
}
