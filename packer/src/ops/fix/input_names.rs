//! Inputs whose declared names some system cannot hold: a name that only spells a portable file another way is corrected;
//! where the file itself has such a name, it gets a copy under a portable one, and the declaration names that. The file
//! stays where it is, for whoever made it to delete.

use super::draft::Draft;
use super::patient::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::{Disk, DiskErrorKind, Kind};
use crate::envelope::{self, Node};
use crate::ops::mutate::blocker;
use crate::path::{PathFault, PortablePath, check_name, fold};
use crate::trust::{self, Limit};
use unicode_normalization::UnicodeNormalization as _;

/// What a name becomes, and how it comes to be there.
enum Remedy {
    /// The file has this name already.
    Spelled(String),
    /// The file's content is copied to this name.
    Copied(String, Vec<u8>),
}

pub(super) fn plan(draft: &mut Draft<'_, '_>, subject: &Subject) -> Result<(), Diagnostic> {
    let asset = &draft.patient.workspace.assets[subject.at];
    let (path, before) = draft.text(asset)?;
    let Some(folder) = &asset.folder else {
        return Err(blocker(
            Code::TrustNameNotPortable,
            "its folder cannot be named",
            path.as_str(),
            "rename the folder",
        ));
    };
    let tree = envelope::object(before.clone(), &draft.patient.context.limits)?;
    let inputs = tree.root().member("inputs");
    let names: Vec<Node<'_>> =
        inputs.iter().flat_map(|inputs| inputs.members()).flat_map(|row| row.1.items()).collect();
    let mut remedies: Vec<(Node<'_>, Remedy)> = Vec::new();
    for node in names {
        let Some(text) = node.text() else { continue };
        if matches!(folder.join(&text), Err(PathFault::NotPortable(_))) {
            let remedy = remedy(draft, folder, &text).ok_or_else(|| {
                let message = format!("no portable name for the input `{text}` can be told, or no file is there");
                blocker(Code::TrustNameNotPortable, message, path.as_str(), "rename the file by hand, and here")
            })?;
            remedies.push((node, remedy));
        }
    }
    if remedies.is_empty() {
        // The finding is about something else in the file.
        return Err(blocker(Code::TrustNameNotPortable, "no input is to blame", path.as_str(), "rename it by hand"));
    }
    check_unlike(&remedies, folder, &path)?;
    let (mut after, mut at) = (String::new(), 0);
    for (node, remedy) in &remedies {
        let (Remedy::Spelled(name) | Remedy::Copied(name, _)) = remedy;
        after += &before[at..node.range().start];
        after += &serde_json::Value::from(name.as_str()).to_string();
        at = node.range().end;
    }
    after += &before[at..];
    let details: Vec<String> = remedies.iter().map(|(node, remedy)| told(node, remedy)).collect();
    for (_, remedy) in remedies {
        if let Remedy::Copied(name, content) = remedy {
            make_way(draft, folder, &name);
            draft.create(folder.own(&name), content, "a copy under a portable name");
        }
    }
    draft.rewrite(&path, &before, after, details.join(", "));
    Ok(())
}

fn told(node: &Node<'_>, remedy: &Remedy) -> String {
    let (Remedy::Spelled(name) | Remedy::Copied(name, _)) = remedy;
    format!("the input {} becomes {name}", node.excerpt())
}

/// Two inputs must not become one file.
fn check_unlike(remedies: &[(Node<'_>, Remedy)], folder: &PortablePath, path: &PortablePath) -> Result<(), Diagnostic> {
    let mut names: Vec<String> = Vec::new();
    for (_, remedy) in remedies {
        let (Remedy::Spelled(name) | Remedy::Copied(name, _)) = remedy;
        if let Err(fault) = folder.join(name) {
            return Err(trust::refuse_path("input", name, &fault).at(path.as_str()));
        }
        names.push(fold(name).into_owned());
    }
    names.sort();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => {
            let message = format!("two inputs would both become `{}`", pair[0]);
            Err(blocker(Code::TrustNameCollision, message, path.as_str(), "rename the files by hand"))
        }
        None => Ok(()),
    }
}

fn remedy(draft: &Draft<'_, '_>, folder: &PortablePath, text: &str) -> Option<Remedy> {
    let disk = draft.patient.context.disk;
    let name = portable(text)?;
    let parts: Vec<&str> = name.split('/').collect();
    if is_file(disk, folder, &parts) {
        return Some(Remedy::Spelled(name));
    }
    let own: Vec<&str> = text.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    if !is_file(disk, folder, &own) || !is_free(disk, folder, &parts) {
        return None;
    }
    // Each part is a name that its folder holds, so this leads nowhere else.
    let file = disk.open(&folder.own(&own.join("/"))).ok()?;
    let admitted = trust::admit(file, Limit::ControlFileBytes, &draft.patient.context.limits).ok()?;
    Some(Remedy::Copied(name, admitted.bytes().to_vec()))
}

/// The portable name that is most like `text`.
fn portable(text: &str) -> Option<String> {
    let parts = text.split(['/', '\\']).filter(|part| !matches!(*part, "" | "."));
    let parts: Option<Vec<String>> = parts.map(portable_part).collect();
    parts.filter(|parts| !parts.is_empty()).map(|parts| parts.join("/"))
}

fn portable_part(part: &str) -> Option<String> {
    let legal = |c: char| if check_name(&format!("a{c}a")).is_ok() { c } else { '_' };
    let mut name: String = part.nfc().collect();
    if check_name(&name).is_err() {
        name = name.chars().map(legal).collect::<String>().trim_end_matches(['.', ' ']).nfc().collect();
    }
    if check_name(&name).is_err() {
        // A device of Windows, or nothing left.
        name = format!("_{name}");
    }
    check_name(&name).is_ok().then_some(name)
}

/// Whether each part is a name that its folder holds, the last one of a file.
fn is_file(disk: &dyn Disk, folder: &PortablePath, parts: &[&str]) -> bool {
    let mut at = folder.clone();
    for (depth, part) in parts.iter().enumerate() {
        let wanted = if depth + 1 == parts.len() { Kind::File } else { Kind::Folder };
        let entries = disk.read_dir(&at).unwrap_or_default();
        if !entries.iter().any(|entry| entry.name.as_deref() == Ok(*part) && entry.metadata.kind == wanted) {
            return false;
        }
        at = at.own(part);
    }
    !parts.is_empty()
}

/// Whether nothing, in any spelling, stands where the file is to be made.
fn is_free(disk: &dyn Disk, folder: &PortablePath, parts: &[&str]) -> bool {
    let mut at = folder.clone();
    for (depth, part) in parts.iter().enumerate() {
        let entries = match disk.read_dir(&at) {
            Ok(entries) => entries,
            Err(error) => return error.kind == DiskErrorKind::NotFound,
        };
        let names =
            entries.iter().filter_map(|entry| entry.name.as_deref().ok().map(|name| (name, entry.metadata.kind)));
        let alike: Vec<(&str, Kind)> = names.filter(|(name, _)| fold(name) == fold(part)).collect();
        match alike.as_slice() {
            [] => return true,
            [(name, Kind::Folder)] if name == part && depth + 1 < parts.len() => at = at.own(part),
            _ => return false,
        }
    }
    false
}

/// Makes the folders that are missing on the way to a file.
fn make_way(draft: &mut Draft<'_, '_>, folder: &PortablePath, name: &str) {
    for (end, _) in name.match_indices('/') {
        let path = folder.own(&name[..end]);
        let found = draft.patient.context.disk.metadata(&path);
        if matches!(found, Err(error) if error.kind == DiskErrorKind::NotFound) {
            draft.make_folder(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_as_much_as_it_can() {
        for (text, name) in [
            ("tiles\\a.png", Some("tiles/a.png")),
            ("./a//b.png", Some("a/b.png")),
            ("what?.png", Some("what_.png")),
            ("e\u{301}.png", Some("\u{e9}.png")),
            ("aux.png", Some("_aux.png")),
            ("dots. . /a.png", Some("dots/a.png")),
            ("a\u{202e}b.png", Some("a_b.png")),
            ("...", Some("_")),
            (".", None),
        ] {
            assert_eq!(portable(text).as_deref(), name, "{text:?}");
        }
        assert_eq!(portable(&"a".repeat(200)), None);
    }
}
