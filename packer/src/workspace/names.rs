//! Names that two registered assets have.

use super::asset::Asset;
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::Disk;
use crate::envelope::{self, Artifact, Node, Windows};
use crate::path::PortablePath;
use crate::span::Place;
use crate::trust::{self, Limit, Limits};
use std::collections::HashMap;

/// Names are unique among registered assets; the later one by place in the registry is named.
pub(super) fn check(assets: &[Asset], disk: &dyn Disk, limits: &Limits, windows: &Windows) -> Vec<Diagnostic> {
    let (mut first, mut findings) = (HashMap::<&str, &Asset>::with_capacity(assets.len()), Vec::new());
    for asset in assets {
        let Some(name) = asset.declaration.as_ref().and_then(|declaration| declaration.name.as_deref()) else {
            continue;
        };
        let other = *first.entry(name).or_insert(asset);
        if !std::ptr::eq(other, asset) && other.reference.root != asset.reference.root {
            let Some(path) = asset.declaration_path() else { continue };
            let message = format!("the name `{name}` is taken by the asset at `{}`", other.reference.root);
            let finding = Diagnostic::new(Code::DeclarationNameDuplicate, message)
                .at(path.as_str())
                .of(&asset.reference)
                .help("choose another name for one of them");
            let place = place_of_name(disk, &path, limits, windows);
            findings.push(place.into_iter().fold(finding, Diagnostic::on));
        }
    }
    findings
}

/// Where a declaration says its name. It was read once and is read again only where there is something to say about that.
fn place_of_name(disk: &dyn Disk, path: &PortablePath, limits: &Limits, windows: &Windows) -> Option<Place> {
    let admitted = trust::admit(disk.open(path).ok()?, Limit::DeclarationBytes, limits).ok()?;
    let envelope = envelope::open(admitted, Artifact::Declaration, windows).ok()?;
    envelope.tree().root().member("name").map(Node::place)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use crate::diagnostic::Code;
    use crate::disk::memory::MemoryDisk;
    use crate::event::Silent;
    use crate::workspace::{Options, load};
    use fixtures::broken::both;

    #[test]
    fn a_name_that_is_taken_is_shown_where_it_stands() {
        let files = both().edited("assets/sfx/asset.json", "\"name\": \"sfx\"", "\"name\": \"ui\"");
        let disk = MemoryDisk::new(files.iter().map(|(path, bytes)| (path, bytes.to_vec())));
        let workspace = load(&disk, &Options::default(), &Silent);
        let found: Vec<_> =
            workspace.findings.iter().filter(|one| one.code == Code::DeclarationNameDuplicate).collect();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].path.as_deref(), Some("assets/sfx/asset.json"));
        let place = found[0].place.as_ref().unwrap();
        assert!(place.line_text.contains("\"name\": \"ui\"") && place.span.line > 1, "{place:?}");
    }
}
