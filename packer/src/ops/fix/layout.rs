//! Control files that are not laid out as the packer writes them: no value changes, and what nobody knows stays.

use super::draft::Draft;
use super::patient::{Patient, Subject, index};
use crate::diagnostic::{Code, Diagnostic};
use crate::envelope;
use crate::schema::declaration_text;

/// Declarations, and the registry, which is no asset's.
pub(super) fn subjects(patient: &Patient<'_>) -> Vec<Subject> {
    let code = Code::HygieneNotCanonical;
    let index = index().to_string();
    let is_it = |finding: &&Diagnostic| finding.code == code && finding.path.as_deref() == Some(&index);
    let registry = patient.workspace.findings.iter().find(is_it).map(|_| Subject::new(index.clone(), usize::MAX));
    registry.into_iter().chain(patient.declarations(code)).collect()
}

pub(super) fn plan(draft: &mut Draft<'_, '_>, subject: &Subject) -> Result<(), Diagnostic> {
    let Some(asset) = draft.patient.workspace.assets.get(subject.at) else {
        let index = index().to_string();
        let is_wrong = |finding: &&Diagnostic| {
            finding.blocking && finding.code == Code::RegistryInvalid && finding.path.as_deref() == Some(&index)
        };
        return match draft.patient.workspace.findings.iter().find(is_wrong) {
            Some(wrong) => Err(wrong.clone()),
            None => {
                draft.lay_out_registry();
                Ok(())
            }
        };
    };
    let (path, before) = draft.text(asset)?;
    let after = declaration_text(&envelope::object(before.clone(), &draft.patient.context.limits)?);
    if after != before {
        draft.rewrite(&path, &before, after, "laid out as the packer writes it; no value changes");
    }
    Ok(())
}
