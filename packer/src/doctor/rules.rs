//! All rules, one file each, in the order of the codes. To add one: a variant in `diagnostic/code.rs`, a file here,
//! its two lines below.

use super::rule::Rule;
use crate::diagnostic::Code;
use std::fmt::Write as _;

mod trust_outside_root;
mod trust_name_not_portable;
mod trust_reserved_name;
mod trust_name_collision;
mod trust_link;
mod trust_not_regular;
mod trust_too_large;
mod trust_too_many;
mod trust_too_deep;
mod trust_changed_while_reading;
mod trust_unreadable;
mod json_syntax;
mod json_duplicate_key;
mod json_encoding;
mod json_too_deep;
mod json_too_long;
mod json_not_an_object;
mod json_number;
mod file_empty;
mod file_zeroed;
mod file_conflict_markers;
mod file_lfs_pointer;
mod version_missing;
mod version_malformed;
mod version_too_old;
mod version_too_new;
mod version_requires_packer;
mod registry_missing;
mod registry_invalid;
mod registry_duplicate_id;
mod registry_duplicate_uuid;
mod registry_duplicate_root;
mod registry_nested_root;
mod registry_root_missing;
mod registry_declaration_missing;
mod registry_uuid_mismatch;
mod registry_allocator_behind;
mod registry_allocator_exhausted;
mod declaration_invalid;
mod declaration_unknown_field;
mod declaration_unknown_type;
mod declaration_unknown_format;
mod declaration_unknown_codec;
mod declaration_unknown_role;
mod declaration_name_invalid;
mod declaration_name_duplicate;
mod declaration_input_missing;
mod declaration_metadata_invalid;
mod declaration_metadata_collision;
mod glyph_tile_size;
mod glyph_size_not_multiple;
mod glyph_sheet_overflow;
mod glyph_no_palette;
mod glyph_too_many_palettes;
mod glyph_palette_malformed;
mod glyph_duplicate_colour;
mod glyph_partial_alpha;
mod glyph_colour_not_in_palette;
mod glyph_fragile_index;
mod image_malformed;
mod image_too_large;
mod image_animated;
mod image_trailing_bytes;
mod sound_malformed;
mod sound_sample_rate;
mod sound_mixed_sample_rate;
mod sound_not_mono;
mod sound_partial_frame;
mod sound_empty;
mod payload_size_mismatch;
mod payload_type_mismatch;
mod payload_decoder_fault;
mod preload_too_many;
mod migration_pending;
mod migration_step_failed;
mod migration_minted;
mod journal_unfinished;
mod journal_edited;
mod journal_malformed;
mod journal_recovered;
mod archive_unreadable;
mod archive_bad_magic;
mod archive_text_mangled;
mod archive_truncated;
mod archive_trailing_bytes;
mod archive_prelude_invalid;
mod archive_header_too_large;
mod archive_header_not_canonical;
mod archive_header_invalid;
mod archive_table_unsorted;
mod archive_duplicate_entry;
mod archive_layout;
mod archive_size_mismatch;
mod archive_metadata_invalid;
mod archive_preload_invalid;
mod plan_blocked;
mod plan_stale;
mod plan_consent_missing;
mod plan_conflict;
mod lock_held;
mod disk_full;
mod disk_read_only;
mod disk_io;
mod hygiene_unregistered_root;
mod hygiene_unused_file;
mod hygiene_large_unused_file;
mod hygiene_duplicate_content;
mod hygiene_copied_identity;
mod hygiene_not_canonical;
mod hygiene_stray_staging;
mod hygiene_name;
mod hygiene_link;
mod hygiene_suppression_unused;
mod hygiene_suppression_expired;
mod cache_dropped;
mod usage_ambiguous_asset;
mod usage_unknown_asset;
mod usage_unknown_code;
mod usage_unknown_transaction;
mod usage_arguments;
mod usage_configuration;
mod usage_project;
mod usage_interrupted;

static ALL: &[Rule] = &[
    trust_outside_root::RULE,
    trust_name_not_portable::RULE,
    trust_reserved_name::RULE,
    trust_name_collision::RULE,
    trust_link::RULE,
    trust_not_regular::RULE,
    trust_too_large::RULE,
    trust_too_many::RULE,
    trust_too_deep::RULE,
    trust_changed_while_reading::RULE,
    trust_unreadable::RULE,
    json_syntax::RULE,
    json_duplicate_key::RULE,
    json_encoding::RULE,
    json_too_deep::RULE,
    json_too_long::RULE,
    json_not_an_object::RULE,
    json_number::RULE,
    file_empty::RULE,
    file_zeroed::RULE,
    file_conflict_markers::RULE,
    file_lfs_pointer::RULE,
    version_missing::RULE,
    version_malformed::RULE,
    version_too_old::RULE,
    version_too_new::RULE,
    version_requires_packer::RULE,
    registry_missing::RULE,
    registry_invalid::RULE,
    registry_duplicate_id::RULE,
    registry_duplicate_uuid::RULE,
    registry_duplicate_root::RULE,
    registry_nested_root::RULE,
    registry_root_missing::RULE,
    registry_declaration_missing::RULE,
    registry_uuid_mismatch::RULE,
    registry_allocator_behind::RULE,
    registry_allocator_exhausted::RULE,
    declaration_invalid::RULE,
    declaration_unknown_field::RULE,
    declaration_unknown_type::RULE,
    declaration_unknown_format::RULE,
    declaration_unknown_codec::RULE,
    declaration_unknown_role::RULE,
    declaration_name_invalid::RULE,
    declaration_name_duplicate::RULE,
    declaration_input_missing::RULE,
    declaration_metadata_invalid::RULE,
    declaration_metadata_collision::RULE,
    glyph_tile_size::RULE,
    glyph_size_not_multiple::RULE,
    glyph_sheet_overflow::RULE,
    glyph_no_palette::RULE,
    glyph_too_many_palettes::RULE,
    glyph_palette_malformed::RULE,
    glyph_duplicate_colour::RULE,
    glyph_partial_alpha::RULE,
    glyph_colour_not_in_palette::RULE,
    glyph_fragile_index::RULE,
    image_malformed::RULE,
    image_too_large::RULE,
    image_animated::RULE,
    image_trailing_bytes::RULE,
    sound_malformed::RULE,
    sound_sample_rate::RULE,
    sound_mixed_sample_rate::RULE,
    sound_not_mono::RULE,
    sound_partial_frame::RULE,
    sound_empty::RULE,
    payload_size_mismatch::RULE,
    payload_type_mismatch::RULE,
    payload_decoder_fault::RULE,
    preload_too_many::RULE,
    migration_pending::RULE,
    migration_step_failed::RULE,
    migration_minted::RULE,
    journal_unfinished::RULE,
    journal_edited::RULE,
    journal_malformed::RULE,
    journal_recovered::RULE,
    archive_unreadable::RULE,
    archive_bad_magic::RULE,
    archive_text_mangled::RULE,
    archive_truncated::RULE,
    archive_trailing_bytes::RULE,
    archive_prelude_invalid::RULE,
    archive_header_too_large::RULE,
    archive_header_not_canonical::RULE,
    archive_header_invalid::RULE,
    archive_table_unsorted::RULE,
    archive_duplicate_entry::RULE,
    archive_layout::RULE,
    archive_size_mismatch::RULE,
    archive_metadata_invalid::RULE,
    archive_preload_invalid::RULE,
    plan_blocked::RULE,
    plan_stale::RULE,
    plan_consent_missing::RULE,
    plan_conflict::RULE,
    lock_held::RULE,
    disk_full::RULE,
    disk_read_only::RULE,
    disk_io::RULE,
    hygiene_unregistered_root::RULE,
    hygiene_unused_file::RULE,
    hygiene_large_unused_file::RULE,
    hygiene_duplicate_content::RULE,
    hygiene_copied_identity::RULE,
    hygiene_not_canonical::RULE,
    hygiene_stray_staging::RULE,
    hygiene_name::RULE,
    hygiene_link::RULE,
    hygiene_suppression_unused::RULE,
    hygiene_suppression_expired::RULE,
    cache_dropped::RULE,
    usage_ambiguous_asset::RULE,
    usage_unknown_asset::RULE,
    usage_unknown_code::RULE,
    usage_unknown_transaction::RULE,
    usage_arguments::RULE,
    usage_configuration::RULE,
    usage_project::RULE,
    usage_interrupted::RULE,
];

/// What the families are about, in the order of the codes.
const FAMILIES: &[(&str, &str)] = &[
    ("trust", "paths, links, limits: refused before anything is read into"),
    ("json", "text that is not the strict JSON which everybody reads alike"),
    ("file", "files whose content was lost or is not there yet"),
    ("version", "files and projects of another time than this packer's"),
    ("registry", "which assets there are, and who they are"),
    ("declaration", "what an `asset.json` says"),
    ("glyph", "tiles and palettes"),
    ("image", "PNG files"),
    ("sound", "WAV files"),
    ("payload", "raw bytes, and inputs of the wrong kind"),
    ("preload", "what is loaded at the start of the game"),
    ("migration", "bringing old files to current versions"),
    ("journal", "changes that were interrupted"),
    ("archive", "what `verify` says about an archive"),
    ("plan", "changes that were previewed or refused"),
    ("lock", "one writer at a time"),
    ("disk", "the disk said no"),
    ("hygiene", "what `doctor --workspace` would tidy up; never blocks a build"),
    ("cache", "the cache that makes builds fast"),
    ("usage", "the command line, and what is configured"),
];

/// All rules, in the order of [`Code::all`].
#[must_use]
pub fn all() -> &'static [Rule] {
    ALL
}

/// The rule that explains `code`.
#[must_use]
pub fn rule(code: Code) -> &'static Rule {
    &ALL[code as usize]
}

/// The page `docs/codes.md`.
#[must_use]
pub fn markdown() -> String {
    let mut page = HEAD.to_owned();
    for &(family, about) in FAMILIES {
        let links: Vec<String> = of(family).map(|rule| link(rule.code.as_str())).collect();
        let _ = writeln!(page, "| [{family}](#{family}) | {about} | {} | {} |", exits(family), links.join(", "));
    }
    for &(family, about) in FAMILIES {
        let _ = write!(page, "\n## {family}\n\nExit code {}: {about}.\n", exits(family));
        for rule in of(family) {
            let _ = write!(page, "\n{}", rule.markdown(PROGRAM));
        }
    }
    page
}

/// How the page calls the program.
const PROGRAM: &str = "cargo xtask";

const HEAD: &str = "\
<!-- Generated from packer/src/doctor/rules; edit the texts there. -->

# Codes

Everything that the packer finds, refuses or reports has one of these codes. `cargo xtask explain CODE` prints the same
text in a terminal; outside this repository the program is called `prometeu-packer`.

Errors block a build of the project, with one exception: what is wrong inside an asset that is excluded from builds does
not, unless it is about its identity. So `cargo xtask exclude ASSET --apply` gets a build out of the door while
somebody repairs the asset. Warnings and notes never block. The exit code is the highest that applies.

| family | is about | exit code | codes |
|---|---|---|---|
";

fn of(family: &str) -> impl Iterator<Item = &'static Rule> {
    ALL.iter().filter(move |rule| rule.code.family() == family)
}

/// The exit codes that findings of a family lead to, without the 0 of its warnings where there are errors, too.
fn exits(family: &str) -> String {
    let mut exits: Vec<u8> = of(family).map(Rule::exit).filter(|&exit| exit != 0).collect();
    exits.sort_unstable();
    exits.dedup();
    if exits.is_empty() {
        exits.push(0);
    }
    exits.iter().map(u8::to_string).collect::<Vec<_>>().join(", ")
}

/// A link to the code's section: anchors are headings without punctuation.
fn link(code: &str) -> String {
    let what = code.split_once('/').map_or(code, |(_, what)| what);
    format!("[{what}](#{})", code.replace('/', ""))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_code_has_the_rule_at_its_place() {
        let ruled: Vec<Code> = all().iter().map(|rule| rule.code).collect();
        assert_eq!(ruled, Code::all().collect::<Vec<_>>());
        assert_eq!(rule(Code::TrustLink).code, Code::TrustLink);
    }

    #[test]
    #[allow(clippy::disallowed_methods, reason = "looks at the sources of this crate")]
    fn the_folder_holds_one_file_a_code() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/doctor/rules");
        let files: BTreeSet<String> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        let wanted: BTreeSet<String> =
            Code::all().map(|code| format!("{}.rs", code.as_str().replace(['/', '-'], "_"))).collect();
        assert_eq!(files, wanted);
        for code in Code::all() {
            let path = format!("{folder}/{}.rs", code.as_str().replace(['/', '-'], "_"));
            let head = format!("//! `{}`: ", code.as_str());
            assert!(std::fs::read_to_string(&path).unwrap().starts_with(&head), "{path} does not begin with {head}");
        }
    }

    #[test]
    fn each_family_is_in_the_table_of_contents() {
        let mut families: Vec<&str> = Code::all().map(Code::family).collect();
        families.dedup();
        assert_eq!(families, FAMILIES.iter().map(|row| row.0).collect::<Vec<_>>());
    }

    /// People copy commands out of these texts.
    #[test]
    fn the_texts_name_commands_and_codes_that_exist() {
        const COMMANDS: &str = " init list show doctor register adopt forget remove quarantine restore relocate rename \
             include exclude undo history recover build verify migrate window limits explain --help ";
        for rule in all() {
            let code = rule.code.as_str();
            let text = [rule.what, rule.why, rule.example, rule.repair].join("\n");
            for (at, _) in text.match_indices("{program}") {
                let command = text[at..].split([' ', '`', '\n']).nth(1).unwrap();
                assert!(COMMANDS.contains(&format!(" {command} ")), "{code} names the command {command:?}");
            }
            assert!(!text.replace("{program}", "").contains("{p"), "{code} has a misspelled placeholder");
            for (at, _) in text.match_indices("--only ") {
                let other = text[at + 7..].split([' ', '`', '\n']).next().unwrap();
                assert!(Code::parse(other).is_some(), "{code} names the code {other:?}");
            }
            for prose in [rule.what, rule.why, rule.repair] {
                assert!(prose.ends_with('.') && !prose.contains('\n'), "{code}: {prose}");
                assert_eq!(prose.matches('`').count() % 2, 0, "{code} leaves a quotation open: {prose}");
                let bare: String = prose.split('`').step_by(2).collect();
                assert!(!bare.contains(['<', '|', '_']), "{code} has a sign that Markdown would take: {bare}");
            }
        }
    }
}
