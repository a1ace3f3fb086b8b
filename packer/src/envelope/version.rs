//! Reads `schema_version`, alone and first.

use super::kind::{Artifact, Windows};
use super::tree::{Node, Tree};
use crate::diagnostic::{Code, Diagnostic};

pub(super) fn check(tree: &Tree, artifact: Artifact, windows: &Windows) -> Result<u16, Diagnostic> {
    let name = artifact.name();
    let range = windows.read(artifact);
    let Some(node) = tree.root().member("schema_version") else {
        return Err(Diagnostic::new(Code::VersionMissing, format!("{name} has no `schema_version`"))
            .on(tree.root().place_of_start())
            .help(format!("this packer reads {range}; add the version that the file was written for"))
            .number("min", range.min)
            .number("max", range.max));
    };
    let Some(version) = well_formed(node) else {
        return Err(Diagnostic::new(
            Code::VersionMalformed,
            format!("`schema_version` of {name} is {}, not an integer from 1 to 65535", node.excerpt()),
        )
        .on(node.place())
        .help(format!("this packer reads {range}; restore the file, or write its version in plain digits"))
        .number("min", range.min)
        .number("max", range.max));
    };
    let found = |code, message: String| {
        Diagnostic::new(code, message)
            .on(node.place())
            .number("found", version)
            .number("min", range.min)
            .number("max", range.max)
    };
    if version < range.min {
        return Err(found(
            Code::VersionTooOld,
            format!("{name} has version {version}, older than the {range} that this packer reads"),
        )
        .help("upgrade it with an older packer that still reads it, then come back"));
    }
    if version > range.max {
        let requires = tree.root().member("requires_packer").and_then(Node::text);
        let needed =
            requires.as_deref().map_or_else(String::new, |text| format!(" (the project asks for packer {text})"));
        let finding = found(
            Code::VersionTooNew,
            format!("{name} has version {version}, newer than the {range} that this packer reads{needed}"),
        )
        .help("use a newer packer; this one changes nothing here");
        return Err(match requires {
            Some(text) => finding.text("requires_packer", text),
            None => finding,
        });
    }
    Ok(version)
}

/// Only plain digits are taken: JSON has no sign or zero in front of a number that a `u16` would take as well.
fn well_formed(node: Node<'_>) -> Option<u16> {
    node.raw().parse().ok().filter(|&version| version >= 1)
}
