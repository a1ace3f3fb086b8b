//! The frozen workspaces that a new version asks for, and the lock that holds their digests: one of the outgoing version
//! as this packer writes it, and the invented future one number further on.

use super::{Pending, Version};
use anyhow::{Context, bail};
use camino::Utf8Path;
use prometeu_packer::envelope::Artifact;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::process::Command;

const FOLDER: &str = "fixtures/frozen";
const LOCK: &str = "fixtures/frozen.sha256";
/// Reads the workspaces for the tests; it knows those of the future by name.
const LIST: &str = "fixtures/src/frozen.rs";
const README: &str = "fixtures/frozen/README.md";
const TRANSACTIONS: &str = "assets/.prometeu/txn/";
const WRITER_LOCK: &str = "assets/.prometeu/lock";

/// Makes sure of a workspace of the versions that are written now: the newest one, brought forward by this packer.
pub(super) fn outgoing(pending: &mut Pending, version: &Version) -> anyhow::Result<()> {
    let current = (Artifact::Declaration.written(), Artifact::Registry.written());
    let all = pending.files(FOLDER)?;
    let newest = all.iter().filter_map(|path| versions(path)).filter(|found| *found <= current).max();
    let Some(newest) = newest else { bail!("{FOLDER} has no workspace to begin from") };
    if newest == current {
        return Ok(());
    }
    let from = format!("{FOLDER}/asset-{}-index-{}/", newest.0, newest.1);
    let place = tempfile::tempdir()?;
    let place = Utf8Path::from_path(place.path()).context("the folder for temporary files is not UTF-8")?;
    let mut paths: Vec<String> = Vec::new();
    for path in all.iter().filter(|path| path.starts_with(&from)) {
        let below = &path[from.len()..];
        let target = place.join(below);
        std::fs::create_dir_all(target.parent().unwrap_or(place))?;
        std::fs::write(&target, pending.read(path)?)?;
        paths.push(below.to_owned());
    }
    bring_forward(place).with_context(|| format!("could not bring {from} to the version before {}", version.next()))?;
    for below in paths.iter().filter(|below| !below.starts_with(TRANSACTIONS) && *below != WRITER_LOCK) {
        let content = std::fs::read(place.join(below))?;
        pending.put(&format!("{FOLDER}/asset-{}-index-{}/{below}", current.0, current.1), content);
    }
    Ok(())
}

/// Migrates a project to what this packer writes, as anybody would.
fn bring_forward(project: &Utf8Path) -> anyhow::Result<()> {
    let program = std::env::current_exe()?;
    let migrated = Command::new(program).args(["migrate", "--apply", "--project"]).arg(project).output()?;
    if !migrated.status.success() {
        bail!("`migrate` ended with {}: {}", migrated.status, String::from_utf8_lossy(&migrated.stderr));
    }
    Ok(())
}

/// Makes way for the version: the invented workspace that has its number gets the next one.
pub(super) fn future(pending: &mut Pending, version: &Version) -> anyhow::Result<()> {
    let (old, new) =
        (format!("{}-{}", version.format, version.next()), format!("{}-{}", version.format, version.next() + 1));
    let from = format!("{FOLDER}/{old}/");
    let paths: Vec<_> = pending.files(FOLDER)?.into_iter().filter(|path| path.starts_with(&from)).collect();
    if paths.is_empty() {
        return Ok(());
    }
    for path in paths {
        let content = pending.read(&path)?;
        let is_control = path.ends_with(&format!("/{}", version.file));
        let content = if is_control { renumbered(content, version.next()) } else { content };
        pending.remove(&path);
        pending.put(&format!("{FOLDER}/{new}/{}", &path[from.len()..]), content);
    }
    pending.replace(LIST, &format!("\"{old}\""), &format!("\"{new}\""))?;
    pending.replace(README, &format!("`{old}`"), &format!("`{new}`"))
}

/// A control file with the next version in the place of this one; what has another version stays.
fn renumbered(content: Vec<u8>, version: u16) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(&content) else { return content };
    let key = "\"schema_version\"";
    let Some((before, rest)) = text.split_once(key) else { return content };
    let value = rest.trim_start_matches([' ', ':']);
    let blanks = &rest[..rest.len() - value.len()];
    match value.strip_prefix(&version.to_string()).filter(|after| !after.starts_with(|c: char| c.is_ascii_digit())) {
        Some(after) => format!("{before}{key}{blanks}{}{after}", version + 1).into_bytes(),
        None => content,
    }
}

/// Locks what is final: the outgoing schema and shape, and the workspaces.
pub(super) fn lock(pending: &mut Pending, version: &Version) -> anyhow::Result<()> {
    let text = pending.text(LOCK)?;
    let mut lines: BTreeMap<String, String> = BTreeMap::new();
    for line in text.lines() {
        let (digest, path) = line.split_once("  ").with_context(|| format!("{LOCK}: `{line}` is no line of a lock"))?;
        lines.insert(path.to_owned(), digest.to_owned());
    }
    let schema = format!("schemas/{}.v{}.schema.json", version.format, version.old);
    lines.insert(schema.clone(), digest(&pending.read(&schema)?));
    let shape = format!("{}_v{}_shape.rs", version.format, version.old);
    let is_final = |path: &str| path != README && (path.starts_with(FOLDER) || path.ends_with(&shape));
    for (path, content) in pending.changes().filter(|(path, _)| is_final(path)) {
        match content {
            Some(content) => lines.insert(path.to_owned(), digest(content)),
            None => lines.remove(path),
        };
    }
    let text: String = lines.iter().map(|(path, digest)| format!("{digest}  {path}\n")).collect();
    pending.put(LOCK, text);
    Ok(())
}

fn digest(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The versions in the path of a workspace, as in `asset-3-index-2`.
fn versions(path: &str) -> Option<(u16, u16)> {
    let name = path.strip_prefix(FOLDER)?.strip_prefix('/')?.split('/').next()?;
    let (asset, index) = name.strip_prefix("asset-")?.split_once("-index-")?;
    Some((asset.parse().ok()?, index.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{renumbered, versions};

    #[test]
    fn only_the_version_that_is_meant_is_renumbered() {
        let renumbered = |text: &str| String::from_utf8_lossy(&renumbered(text.into(), 9)).into_owned();
        assert_eq!(renumbered("{ \"schema_version\" : 9, \"a\": 9 }"), "{ \"schema_version\" : 10, \"a\": 9 }");
        for other in ["{\"schema_version\": 8}", "{\"schema_version\": 90}", "{\"a\": 9}"] {
            assert_eq!(renumbered(other), other);
        }
    }

    #[test]
    fn a_workspace_tells_its_versions_by_its_name() {
        assert_eq!(versions("fixtures/frozen/asset-3-index-12/assets/a"), Some((3, 12)));
        for other in ["asset-mixed-index-2/a", "asset-4/a", "README.md"] {
            assert_eq!(versions(&format!("fixtures/frozen/{other}")), None);
        }
    }
}
