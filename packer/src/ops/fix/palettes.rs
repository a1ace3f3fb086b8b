//! A bank that has sprites and no palettes gets palettes that are made from its sprites, as files, and lists them.

use super::draft::Draft;
use super::patient::Subject;
use crate::bank::{derived_palette_path, palettes_for};
use crate::diagnostic::{Code, Diagnostic};
use crate::envelope;
use crate::migrate::add_after;
use crate::ops::counted;
use crate::ops::mutate::blocker;
use crate::path::{PortablePath, fold};
use crate::schema::Role;
use crate::trust::refusal;

pub(super) fn plan(draft: &mut Draft<'_, '_>, subject: &Subject) -> Result<(), Diagnostic> {
    let patient = draft.patient;
    let asset = &patient.workspace.assets[subject.at];
    let (path, before) = draft.text(asset)?;
    if let Some(other) = patient.workspace.findings.iter().find(|finding| hides_sprites(finding, &subject.path)) {
        return Err(other.clone());
    }
    let mut found = Vec::new();
    let derived = palettes_for(asset, patient.context.disk, &patient.context.limits, &mut found);
    let (Some(derived), Some(folder), Some(declaration)) = (derived, &asset.folder, &asset.declaration) else {
        let unclear = || {
            let message = "no palettes can be made from the sprites, because of what else was found";
            blocker(Code::GlyphNoPalette, message, path.as_str(), "repair the inputs first")
        };
        let why = found.into_iter().find(|finding| finding.severity() == crate::diagnostic::Severity::Error);
        return Err(why.unwrap_or_else(unclear));
    };
    let place = free_folder(patient.context.disk, folder)?;
    let files: Vec<String> =
        (0..derived.len()).map(|at| derived_palette_path(at).replacen("palettes", &place, 1)).collect();
    let after = with_palettes(&before, &files, &path, draft)?;
    for sprite in declaration.inputs.of(Role::Sprites) {
        draft.depend_on(&folder.own(sprite))?;
    }
    draft.make_folder(folder.own(&place));
    let name = asset.reference.name.as_deref().unwrap_or(&place);
    for (at, (file, palette)) in files.iter().zip(&derived).enumerate() {
        let text = palette.gpl(&format!("{} {at:02}", crate::diagnostic::escape(name)));
        let detail = format!("{} made from the sprites", counted(palette.colours().len(), "colour"));
        draft.create(folder.own(file), text.into_bytes(), detail);
    }
    draft.rewrite(&path, &before, after, format!("`inputs.palettes` lists {}", counted(files.len(), "file")));
    Ok(())
}

/// Whether a finding of a declaration means that it names more than was understood.
fn hides_sprites(finding: &Diagnostic, path: &str) -> bool {
    let is_about = finding.path.as_deref() == Some(path);
    is_about && (finding.code.family() == "trust" || finding.code == Code::DeclarationInvalid)
}

/// The declaration with palettes behind its sprites, laid out like them.
fn with_palettes(
    before: &str,
    files: &[String],
    path: &PortablePath,
    draft: &Draft<'_, '_>,
) -> Result<String, Diagnostic> {
    let tree = envelope::object(before.to_owned(), &draft.patient.context.limits)?;
    let inputs = tree.root().member("inputs");
    let is_sprites = |(key, _): &(envelope::Node<'_>, _)| key.text().as_deref() == Some(Role::Sprites.name());
    let sprites = inputs.and_then(|inputs| inputs.members().find(is_sprites)).ok_or_else(|| {
        blocker(Code::GlyphNoPalette, "the declaration lists no sprites", path.as_str(), "list them first")
    })?;
    let names: Vec<String> = files.iter().map(|file| serde_json::Value::from(file.as_str()).to_string()).collect();
    let role = Role::Palettes.name();
    // On a line of its own, or in the line where the sprites stand.
    let probe = add_after(&tree, sprites, role, "").text;
    let list = match probe[1..].split_once('"').map(|(gap, _)| gap).filter(|gap| gap.contains('\n')) {
        Some(gap) => format!("[{gap}  {}{gap}]", names.join(&format!(",{gap}  "))),
        None => format!("[{}]", names.join(", ")),
    };
    let edit = add_after(&tree, sprites, role, &list);
    Ok(format!("{}{}{}", &before[..edit.range.start], edit.text, &before[edit.range.end..]))
}

/// A folder for palettes that nothing stands in the way of.
fn free_folder(disk: &dyn crate::disk::Disk, root: &PortablePath) -> Result<String, Diagnostic> {
    let entries = disk.read_dir(root).map_err(|error| refusal(&error))?;
    let names: Vec<String> = entries.into_iter().map(|entry| entry.name.unwrap_or_else(|shown| shown)).collect();
    let numbered = (2_u32..).map(|number| format!("palettes_{number}"));
    let mut candidates = std::iter::once("palettes".to_owned()).chain(numbered);
    Ok(candidates
        .find(|name| !names.iter().any(|taken| fold(taken) == *name))
        .expect("there are more numbers than entries"))
}
