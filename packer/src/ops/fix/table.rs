//! Every repair: the code that it repairs, whether it is safe, what it is about and how it is planned. Safe is what is
//! mechanical, loses nothing and can be undone; everything else decides what only people can know.

use super::draft::Draft;
use super::patient::{Patient, Subject};
use super::{adoption, allocator, cache, duplicates, input_names, layout, missing_root, name, name_twice};
use super::{nested_root, palettes, rebuild, suppressions, uuid_mismatch};
use crate::diagnostic::{Code, Diagnostic};

/// A repair.
pub(super) struct Fix {
    pub(super) code: Code,
    pub(super) safe: bool,
    /// What there is to repair, each to be taken alone.
    pub(super) subjects: fn(&Patient<'_>) -> Vec<Subject>,
    /// Adds one repair to a draft, whole or not at all; else what stands in the way.
    pub(super) plan: fn(&mut Draft<'_, '_>, &Subject) -> Result<(), Diagnostic>,
}

const fn safe(
    code: Code,
    subjects: fn(&Patient<'_>) -> Vec<Subject>,
    plan: fn(&mut Draft<'_, '_>, &Subject) -> Result<(), Diagnostic>,
) -> Fix {
    Fix { code, safe: true, subjects, plan }
}

const fn asks(
    code: Code,
    subjects: fn(&Patient<'_>) -> Vec<Subject>,
    plan: fn(&mut Draft<'_, '_>, &Subject) -> Result<(), Diagnostic>,
) -> Fix {
    Fix { code, safe: false, subjects, plan }
}

const fn rebuilds(code: Code, subjects: fn(&Patient<'_>) -> Vec<Subject>) -> Fix {
    asks(code, subjects, rebuild::plan)
}

const fn takes_out(code: Code, subjects: fn(&Patient<'_>) -> Vec<Subject>) -> Fix {
    asks(code, subjects, suppressions::plan)
}

/// In the order in which they are planned: what adds to a file stands before what lays it out.
pub(super) static TABLE: &[Fix] = &[
    safe(Code::GlyphNoPalette, |patient| patient.registered(Code::GlyphNoPalette), palettes::plan),
    safe(Code::DeclarationNameInvalid, |patient| patient.declarations(Code::DeclarationNameInvalid), name::plan),
    safe(Code::TrustNameNotPortable, |patient| patient.registered(Code::TrustNameNotPortable), input_names::plan),
    safe(Code::HygieneNotCanonical, layout::subjects, layout::plan),
    safe(Code::CacheDropped, cache::subjects, cache::plan),
    asks(Code::RegistryDuplicateRoot, duplicates::roots, duplicates::drop_entry),
    asks(Code::RegistryDuplicateId, duplicates::ids, duplicates::new_id),
    asks(Code::RegistryDuplicateUuid, duplicates::uuids, duplicates::new_uuid),
    asks(Code::RegistryAllocatorBehind, allocator::subjects, allocator::plan),
    asks(Code::RegistryUuidMismatch, uuid_mismatch::subjects, uuid_mismatch::plan),
    asks(Code::RegistryNestedRoot, nested_root::subjects, nested_root::plan),
    asks(Code::DeclarationNameDuplicate, name_twice::subjects, name::plan),
    asks(Code::RegistryRootMissing, missing_root::subjects, missing_root::plan),
    asks(Code::HygieneCopiedIdentity, |patient| patient.declarations(Code::HygieneCopiedIdentity), adoption::plan),
    asks(Code::HygieneUnregisteredRoot, |patient| patient.folders(Code::HygieneUnregisteredRoot), adoption::plan),
    takes_out(Code::HygieneSuppressionUnused, |patient| {
        suppressions::subjects(patient, Code::HygieneSuppressionUnused)
    }),
    takes_out(Code::HygieneSuppressionExpired, |patient| {
        suppressions::subjects(patient, Code::HygieneSuppressionExpired)
    }),
    rebuilds(Code::RegistryMissing, |patient| patient.registry_file(Code::RegistryMissing)),
    rebuilds(Code::FileEmpty, |patient| patient.registry_file(Code::FileEmpty)),
    rebuilds(Code::FileZeroed, |patient| patient.registry_file(Code::FileZeroed)),
    rebuilds(Code::FileConflictMarkers, |patient| patient.registry_file(Code::FileConflictMarkers)),
    rebuilds(Code::JsonSyntax, |patient| patient.registry_file(Code::JsonSyntax)),
    rebuilds(Code::JsonDuplicateKey, |patient| patient.registry_file(Code::JsonDuplicateKey)),
    rebuilds(Code::JsonEncoding, |patient| patient.registry_file(Code::JsonEncoding)),
    rebuilds(Code::JsonTooDeep, |patient| patient.registry_file(Code::JsonTooDeep)),
    rebuilds(Code::JsonTooLong, |patient| patient.registry_file(Code::JsonTooLong)),
    rebuilds(Code::JsonNotAnObject, |patient| patient.registry_file(Code::JsonNotAnObject)),
    rebuilds(Code::JsonNumber, |patient| patient.registry_file(Code::JsonNumber)),
];

/// The repair of a code, if there is one.
pub(super) fn of(code: Code) -> Option<&'static Fix> {
    TABLE.iter().find(|fix| fix.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::rules;

    #[test]
    fn a_repair_that_a_text_names_is_there() {
        for rule in rules::all() {
            let names = rule.repair.split("--fix --only ").skip(1).filter_map(|rest| rest.split([' ', '`']).next());
            for name in names {
                assert!(Code::parse(name).is_some_and(|code| of(code).is_some()), "{:?} names {name}", rule.code);
            }
        }
    }

    #[test]
    fn a_code_has_one_repair_at_most() {
        for fix in TABLE {
            assert_eq!(TABLE.iter().filter(|other| other.code == fix.code).count(), 1, "{:?}", fix.code);
        }
    }
}
