//! A name that is not legal becomes the nearest one that is, and that nobody has.

use super::draft::Draft;
use super::patient::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::ops::mutate::{blocker, name_for};
use crate::schema::with_member;

pub(super) fn plan(draft: &mut Draft<'_, '_>, subject: &Subject) -> Result<(), Diagnostic> {
    let asset = &draft.patient.workspace.assets[subject.at];
    let (path, before) = draft.text(asset)?;
    let old = asset.reference.name.as_deref().ok_or_else(|| {
        let help = "write a name into the declaration";
        blocker(Code::DeclarationNameInvalid, "there is no name to make a legal one of", path.as_str(), help)
    })?;
    let new = name_for(old, &|name| draft.is_taken(name, &asset.reference.root));
    let after = with_member(&before, "name", &serde_json::Value::from(new.as_str()).to_string());
    draft.rewrite(&path, &before, after, format!("`name` was {old} and becomes {new}"));
    draft.names.insert(new);
    Ok(())
}
