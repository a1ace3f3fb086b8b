//! The closed list of diagnostic codes. A code names one thing that can be wrong; its family (the part
//! before the slash) fixes the exit code, and its severity stands in the table below.

use super::Severity;

/// What a diagnostic is about, as `family/what`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each variant is the code that it spells; its text is the rule file in `doctor/rules`")]
#[allow(clippy::enum_variant_names, reason = "a variant is its code in camel case, whatever the family is called")]
#[rustfmt::skip]
pub enum Code {
    TrustOutsideRoot, TrustNameNotPortable, TrustReservedName, TrustNameCollision, TrustLink, TrustNotRegular,
    TrustTooLarge, TrustTooMany, TrustTooDeep, TrustChangedWhileReading, TrustUnreadable,
    JsonSyntax, JsonDuplicateKey, JsonEncoding, JsonTooDeep, JsonTooLong, JsonNotAnObject, JsonNumber,
    FileEmpty, FileZeroed, FileConflictMarkers, FileLfsPointer,
    VersionMissing, VersionMalformed, VersionTooOld, VersionTooNew, VersionRequiresPacker,
    RegistryMissing, RegistryInvalid, RegistryDuplicateId, RegistryDuplicateUuid, RegistryDuplicateRoot,
    RegistryNestedRoot, RegistryRootMissing, RegistryDeclarationMissing, RegistryUuidMismatch,
    RegistryAllocatorBehind, RegistryAllocatorExhausted,
    DeclarationInvalid, DeclarationUnknownField, DeclarationUnknownType, DeclarationUnknownFormat,
    DeclarationUnknownCodec, DeclarationUnknownRole, DeclarationNameInvalid, DeclarationNameDuplicate,
    DeclarationInputMissing, DeclarationMetadataInvalid, DeclarationMetadataCollision,
    GlyphTileSize, GlyphSizeNotMultiple, GlyphSheetOverflow, GlyphNoPalette, GlyphTooManyPalettes,
    GlyphPaletteMalformed, GlyphDuplicateColour, GlyphPartialAlpha, GlyphColourNotInPalette, GlyphFragileIndex,
    ImageMalformed, ImageTooLarge, ImageAnimated, ImageTrailingBytes,
    SoundMalformed, SoundSampleRate, SoundMixedSampleRate, SoundNotMono, SoundPartialFrame, SoundEmpty,
    PayloadSizeMismatch, PayloadTypeMismatch, PayloadDecoderFault,
    PreloadTooMany,
    MigrationPending, MigrationStepFailed, MigrationMinted,
    JournalUnfinished, JournalEdited, JournalMalformed, JournalRecovered,
    ArchiveUnreadable, ArchiveBadMagic, ArchiveTextMangled, ArchiveTruncated, ArchiveTrailingBytes,
    ArchivePreludeInvalid, ArchiveHeaderTooLarge, ArchiveHeaderNotCanonical, ArchiveHeaderInvalid,
    ArchiveTableUnsorted, ArchiveDuplicateEntry, ArchiveLayout, ArchiveSizeMismatch, ArchiveMetadataInvalid,
    ArchivePreloadInvalid,
    PlanBlocked, PlanStale, PlanConsentMissing, PlanConflict,
    LockHeld,
    DiskFull, DiskReadOnly, DiskIo,
    HygieneUnregisteredRoot, HygieneUnusedFile, HygieneLargeUnusedFile, HygieneDuplicateContent,
    HygieneCopiedIdentity, HygieneNotCanonical, HygieneStrayStaging, HygieneName, HygieneLink,
    HygieneSuppressionUnused, HygieneSuppressionExpired,
    CacheDropped,
    UsageAmbiguousAsset, UsageUnknownAsset, UsageUnknownCode, UsageUnknownTransaction, UsageArguments, UsageConfiguration,
    UsageProject, UsageInterrupted,
}

/// Every code in the order of the enum: its spelling and severity.
const TABLE: &[(Code, &str, Severity)] = &[
    (Code::TrustOutsideRoot, "trust/outside-root", Severity::Error),
    (Code::TrustNameNotPortable, "trust/name-not-portable", Severity::Error),
    (Code::TrustReservedName, "trust/reserved-name", Severity::Error),
    (Code::TrustNameCollision, "trust/name-collision", Severity::Error),
    (Code::TrustLink, "trust/link", Severity::Error),
    (Code::TrustNotRegular, "trust/not-regular", Severity::Error),
    (Code::TrustTooLarge, "trust/too-large", Severity::Error),
    (Code::TrustTooMany, "trust/too-many", Severity::Error),
    (Code::TrustTooDeep, "trust/too-deep", Severity::Error),
    (Code::TrustChangedWhileReading, "trust/changed-while-reading", Severity::Error),
    (Code::TrustUnreadable, "trust/unreadable", Severity::Error),
    (Code::JsonSyntax, "json/syntax", Severity::Error),
    (Code::JsonDuplicateKey, "json/duplicate-key", Severity::Error),
    (Code::JsonEncoding, "json/encoding", Severity::Error),
    (Code::JsonTooDeep, "json/too-deep", Severity::Error),
    (Code::JsonTooLong, "json/too-long", Severity::Error),
    (Code::JsonNotAnObject, "json/not-an-object", Severity::Error),
    (Code::JsonNumber, "json/number", Severity::Error),
    (Code::FileEmpty, "file/empty", Severity::Error),
    (Code::FileZeroed, "file/zeroed", Severity::Error),
    (Code::FileConflictMarkers, "file/conflict-markers", Severity::Error),
    (Code::FileLfsPointer, "file/lfs-pointer", Severity::Error),
    (Code::VersionMissing, "version/missing", Severity::Error),
    (Code::VersionMalformed, "version/malformed", Severity::Error),
    (Code::VersionTooOld, "version/too-old", Severity::Error),
    (Code::VersionTooNew, "version/too-new", Severity::Error),
    (Code::VersionRequiresPacker, "version/requires-packer", Severity::Error),
    (Code::RegistryMissing, "registry/missing", Severity::Error),
    (Code::RegistryInvalid, "registry/invalid", Severity::Error),
    (Code::RegistryDuplicateId, "registry/duplicate-id", Severity::Error),
    (Code::RegistryDuplicateUuid, "registry/duplicate-uuid", Severity::Error),
    (Code::RegistryDuplicateRoot, "registry/duplicate-root", Severity::Error),
    (Code::RegistryNestedRoot, "registry/nested-root", Severity::Error),
    (Code::RegistryRootMissing, "registry/root-missing", Severity::Error),
    (Code::RegistryDeclarationMissing, "registry/declaration-missing", Severity::Error),
    (Code::RegistryUuidMismatch, "registry/uuid-mismatch", Severity::Error),
    (Code::RegistryAllocatorBehind, "registry/allocator-behind", Severity::Error),
    (Code::RegistryAllocatorExhausted, "registry/allocator-exhausted", Severity::Error),
    (Code::DeclarationInvalid, "declaration/invalid", Severity::Error),
    (Code::DeclarationUnknownField, "declaration/unknown-field", Severity::Warning),
    (Code::DeclarationUnknownType, "declaration/unknown-type", Severity::Error),
    (Code::DeclarationUnknownFormat, "declaration/unknown-format", Severity::Error),
    (Code::DeclarationUnknownCodec, "declaration/unknown-codec", Severity::Error),
    (Code::DeclarationUnknownRole, "declaration/unknown-role", Severity::Error),
    (Code::DeclarationNameInvalid, "declaration/name-invalid", Severity::Error),
    (Code::DeclarationNameDuplicate, "declaration/name-duplicate", Severity::Error),
    (Code::DeclarationInputMissing, "declaration/input-missing", Severity::Error),
    (Code::DeclarationMetadataInvalid, "declaration/metadata-invalid", Severity::Error),
    (Code::DeclarationMetadataCollision, "declaration/metadata-collision", Severity::Error),
    (Code::GlyphTileSize, "glyph/tile-size", Severity::Error),
    (Code::GlyphSizeNotMultiple, "glyph/size-not-multiple", Severity::Error),
    (Code::GlyphSheetOverflow, "glyph/sheet-overflow", Severity::Error),
    (Code::GlyphNoPalette, "glyph/no-palette", Severity::Error),
    (Code::GlyphTooManyPalettes, "glyph/too-many-palettes", Severity::Error),
    (Code::GlyphPaletteMalformed, "glyph/palette-malformed", Severity::Error),
    (Code::GlyphDuplicateColour, "glyph/duplicate-colour", Severity::Warning),
    (Code::GlyphPartialAlpha, "glyph/partial-alpha", Severity::Error),
    (Code::GlyphColourNotInPalette, "glyph/colour-not-in-palette", Severity::Error),
    (Code::GlyphFragileIndex, "glyph/fragile-index", Severity::Warning),
    (Code::ImageMalformed, "image/malformed", Severity::Error),
    (Code::ImageTooLarge, "image/too-large", Severity::Error),
    (Code::ImageAnimated, "image/animated", Severity::Note),
    (Code::ImageTrailingBytes, "image/trailing-bytes", Severity::Warning),
    (Code::SoundMalformed, "sound/malformed", Severity::Error),
    (Code::SoundSampleRate, "sound/sample-rate", Severity::Error),
    (Code::SoundMixedSampleRate, "sound/mixed-sample-rate", Severity::Error),
    (Code::SoundNotMono, "sound/not-mono", Severity::Error),
    (Code::SoundPartialFrame, "sound/partial-frame", Severity::Warning),
    (Code::SoundEmpty, "sound/empty", Severity::Warning),
    (Code::PayloadSizeMismatch, "payload/size-mismatch", Severity::Error),
    (Code::PayloadTypeMismatch, "payload/type-mismatch", Severity::Error),
    (Code::PayloadDecoderFault, "payload/decoder-fault", Severity::Error),
    (Code::PreloadTooMany, "preload/too-many", Severity::Error),
    (Code::MigrationPending, "migration/pending", Severity::Warning),
    (Code::MigrationStepFailed, "migration/step-failed", Severity::Error),
    (Code::MigrationMinted, "migration/minted", Severity::Note),
    (Code::JournalUnfinished, "journal/unfinished", Severity::Error),
    (Code::JournalEdited, "journal/edited", Severity::Error),
    (Code::JournalMalformed, "journal/malformed", Severity::Error),
    (Code::JournalRecovered, "journal/recovered", Severity::Note),
    (Code::ArchiveUnreadable, "archive/unreadable", Severity::Error),
    (Code::ArchiveBadMagic, "archive/bad-magic", Severity::Error),
    (Code::ArchiveTextMangled, "archive/text-mangled", Severity::Error),
    (Code::ArchiveTruncated, "archive/truncated", Severity::Error),
    (Code::ArchiveTrailingBytes, "archive/trailing-bytes", Severity::Error),
    (Code::ArchivePreludeInvalid, "archive/prelude-invalid", Severity::Error),
    (Code::ArchiveHeaderTooLarge, "archive/header-too-large", Severity::Error),
    (Code::ArchiveHeaderNotCanonical, "archive/header-not-canonical", Severity::Error),
    (Code::ArchiveHeaderInvalid, "archive/header-invalid", Severity::Error),
    (Code::ArchiveTableUnsorted, "archive/table-unsorted", Severity::Error),
    (Code::ArchiveDuplicateEntry, "archive/duplicate-entry", Severity::Error),
    (Code::ArchiveLayout, "archive/layout", Severity::Error),
    (Code::ArchiveSizeMismatch, "archive/size-mismatch", Severity::Error),
    (Code::ArchiveMetadataInvalid, "archive/metadata-invalid", Severity::Error),
    (Code::ArchivePreloadInvalid, "archive/preload-invalid", Severity::Error),
    (Code::PlanBlocked, "plan/blocked", Severity::Error),
    (Code::PlanStale, "plan/stale", Severity::Error),
    (Code::PlanConsentMissing, "plan/consent-missing", Severity::Error),
    (Code::PlanConflict, "plan/conflict", Severity::Error),
    (Code::LockHeld, "lock/held", Severity::Error),
    (Code::DiskFull, "disk/full", Severity::Error),
    (Code::DiskReadOnly, "disk/read-only", Severity::Error),
    (Code::DiskIo, "disk/io", Severity::Error),
    (Code::HygieneUnregisteredRoot, "hygiene/unregistered-root", Severity::Warning),
    (Code::HygieneUnusedFile, "hygiene/unused-file", Severity::Warning),
    (Code::HygieneLargeUnusedFile, "hygiene/large-unused-file", Severity::Warning),
    (Code::HygieneDuplicateContent, "hygiene/duplicate-content", Severity::Warning),
    (Code::HygieneCopiedIdentity, "hygiene/copied-identity", Severity::Warning),
    (Code::HygieneNotCanonical, "hygiene/not-canonical", Severity::Warning),
    (Code::HygieneStrayStaging, "hygiene/stray-staging", Severity::Warning),
    (Code::HygieneName, "hygiene/name", Severity::Warning),
    (Code::HygieneLink, "hygiene/link", Severity::Warning),
    (Code::HygieneSuppressionUnused, "hygiene/suppression-unused", Severity::Warning),
    (Code::HygieneSuppressionExpired, "hygiene/suppression-expired", Severity::Warning),
    (Code::CacheDropped, "cache/dropped", Severity::Note),
    (Code::UsageAmbiguousAsset, "usage/ambiguous-asset", Severity::Error),
    (Code::UsageUnknownAsset, "usage/unknown-asset", Severity::Error),
    (Code::UsageUnknownCode, "usage/unknown-code", Severity::Error),
    (Code::UsageUnknownTransaction, "usage/unknown-transaction", Severity::Error),
    (Code::UsageArguments, "usage/arguments", Severity::Error),
    (Code::UsageConfiguration, "usage/configuration", Severity::Error),
    (Code::UsageProject, "usage/project", Severity::Error),
    (Code::UsageInterrupted, "usage/interrupted", Severity::Error),
];

impl Code {
    /// All codes, in the order of the contract.
    pub fn all() -> impl ExactSizeIterator<Item = Code> {
        TABLE.iter().map(|row| row.0)
    }

    /// The code that is spelled `text`, if there is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Code> {
        TABLE.iter().find(|row| row.1 == text).map(|row| row.0)
    }

    /// The spelling, `family/what`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        TABLE[self as usize].1
    }

    /// The part before the slash.
    #[must_use]
    pub fn family(self) -> &'static str {
        let text = self.as_str();
        text.split_once('/').map_or(text, |(family, _)| family)
    }

    /// How grave a finding with this code is.
    #[must_use]
    pub fn severity(self) -> Severity {
        TABLE[self as usize].2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stands_in_the_order_of_the_enum() {
        for (at, (code, text, _)) in TABLE.iter().enumerate() {
            assert_eq!(*code as usize, at, "{text} stands in the wrong row");
            assert_eq!(Code::parse(text), Some(*code));
        }
    }
}
