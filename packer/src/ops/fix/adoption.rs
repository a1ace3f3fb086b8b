//! A root that nobody registered is registered: under its own identity, or, where another root has that, under a fresh one.
//! It gets a new id, and its old one where the registry lost all its entries.

use super::draft::Draft;
use super::patient::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::envelope::Artifact;
use crate::ops::mutate::{blocker, name_for};
use crate::schema::{declaration::is_name, entry_line, with_member};
use crate::workspace::{Asset, State};
use serde_json::Value;

pub(super) fn plan(draft: &mut Draft<'_, '_>, subject: &Subject) -> Result<(), Diagnostic> {
    let asset = &draft.patient.workspace.assets[subject.at];
    let root = &*asset.reference.root;
    draft.scene()?.root(root, None)?;
    check_nesting(draft, root, &subject.path)?;
    let (uuid, rewritten) = match asset.asset_uuid.filter(|_| !is_copy(draft, asset)) {
        Some(uuid) => {
            check_name(draft, asset, &subject.path)?;
            (uuid.to_string(), None)
        }
        None => {
            let (path, before) = match asset.asset_uuid {
                Some(_) => draft.text(asset)?,
                None => return Err(without_identity(asset, &subject.path)),
            };
            let uuid = (draft.fresh.uuid)();
            let mut after = with_member(&before, "asset_uuid", &Value::from(uuid.as_str()).to_string());
            let mut detail = format!("`asset_uuid` becomes {uuid}");
            if let Some(old) = asset.reference.name.as_deref() {
                let is_taken = |name: &str| draft.is_taken(name, root);
                if is_taken(old) || !is_name(old) {
                    let new = name_for(old, &is_taken);
                    after = with_member(&after, "name", &Value::from(new.as_str()).to_string());
                    detail = format!("{detail}, and `name`, which was {old}, becomes {new}");
                    draft.names.insert(new);
                }
            }
            (uuid, Some((path, before, after, detail)))
        }
    };
    // The plan is made from the declaration as it is.
    let path = asset.declaration_path().filter(|_| rewritten.is_none());
    path.map_or(Ok(()), |path| draft.depend_on(&path))?;
    let known = if rewritten.is_none() { draft.lost_id(asset) } else { None };
    let (id, included) = known.map_or_else(|| Ok((draft.next_id()?, true)), Ok)?;
    if let Some((path, before, after, detail)) = rewritten {
        draft.rewrite(&path, &before, after, detail);
    }
    draft.names.extend(asset.reference.name.as_deref().map(str::to_owned));
    draft.roots.insert(root.to_owned());
    draft.change_entry(None, Some(entry_line(id, &uuid, included, root)));
    Ok(())
}

/// Whether the identity is that of a registered root, or of an unregistered one that stands before this one.
fn is_copy(draft: &Draft<'_, '_>, asset: &Asset) -> bool {
    draft.patient.workspace.assets.iter().any(|other| {
        let comes_first = other.state == State::Registered || other.reference.root < asset.reference.root;
        other.asset_uuid == asset.asset_uuid && other.reference.root != asset.reference.root && comes_first
    })
}

fn check_name(draft: &Draft<'_, '_>, asset: &Asset, path: &str) -> Result<(), Diagnostic> {
    let Some(name) = asset.reference.name.as_deref() else { return Ok(()) };
    let (code, message) = if !is_name(name) {
        (Code::DeclarationNameInvalid, format!("its name, `{name}`, is not legal"))
    } else if draft.is_taken(name, &asset.reference.root) {
        (Code::DeclarationNameDuplicate, format!("its name, `{name}`, belongs to another asset"))
    } else {
        return Ok(());
    };
    Err(blocker(code, message, path, "give it another name with `{program} rename`"))
}

fn check_nesting(draft: &Draft<'_, '_>, root: &str, path: &str) -> Result<(), Diagnostic> {
    let inside = |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
    match draft.roots.iter().find(|other| inside(root, other) || inside(other, root)) {
        Some(other) => {
            let message = format!("`{root}` and `{other}` lie inside each other, so only one of them is registered");
            Err(blocker(Code::RegistryNestedRoot, message, path, "move one of them out of the other"))
        }
        None => Ok(()),
    }
}

fn without_identity(asset: &Asset, path: &str) -> Diagnostic {
    let message = "the declaration has no uuid that could be registered";
    match asset.schema_version {
        Some(version) if version < Artifact::Declaration.written() => {
            blocker(Code::MigrationPending, message, path, "bring the root forward first: `{program} migrate`")
        }
        _ => blocker(Code::PlanBlocked, message, path, "repair the declaration first"),
    }
}
