//! Gate `frozen`: what releases have said about formats stands: the workspaces that they left on disk, the steps that
//! bring them forward, the schemas that describe them. It compares digests and knows no format.

use super::repository::Repository;
use super::{Gate, Group, Verdict};
use anyhow::Context;
use camino::{Utf8Component, Utf8Path};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::io::ErrorKind;

pub(super) const GATE: Gate = Gate {
    name: "frozen",
    why: "old workspaces, migration steps and schemas of released formats are byte for byte what was released",
    group: Group::Repo,
    is_divided: false,
    run,
    repair: "cargo xtask new-step makes a new version: a released format never changes, so put its files back as they were",
};

/// What `sha256sum` prints: a digest and a path from the repository's root a line, ascending by path.
const LOCK: &str = "fixtures/frozen.sha256";
/// Every file below these is locked. Of other folders those are that the lock lists.
const FOLDERS: [&str; 3] = ["fixtures/frozen", "packer/src/migrate/steps", "schemas"];
/// Speaks of the workspaces and is none.
const README: &str = "fixtures/frozen/README.md";

fn run(repository: &Repository) -> anyhow::Result<Verdict> {
    let text = match std::fs::read_to_string(repository.root.join(LOCK)) {
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        text => text.with_context(|| format!("could not read {LOCK}"))?,
    };
    let mut wrong = Vec::new();
    let locked = locked(&text, &mut wrong);
    for (path, digest) in &locked {
        match digest_of(&repository.root.join(path)) {
            Ok(found) if found == *digest => {}
            Ok(_) => wrong.push(format!("{path}: changed, and {LOCK} has it as released")),
            Err(error) => wrong.push(format!("{path}: {error}; {LOCK} has it as released")),
        }
    }
    for folder in FOLDERS {
        unlisted(repository, Utf8Path::new(folder), &locked, &mut wrong)?;
    }
    if locked.is_empty() {
        wrong.push(format!("{LOCK}: lists nothing, so nothing was checked"));
    }
    Ok(if wrong.is_empty() {
        Verdict::Passed(vec![format!("{} files are what they were", locked.len())])
    } else {
        Verdict::Failed(wrong)
    })
}

/// The digests by path; what cannot be read as the lock's form is added to `wrong`.
fn locked<'t>(text: &'t str, wrong: &mut Vec<String>) -> BTreeMap<&'t str, &'t str> {
    let mut found = BTreeMap::new();
    for (at, line) in text.lines().enumerate() {
        let parts = line.split_once("  ").filter(|(digest, path)| is_digest(digest) && is_below_root(path));
        let Some((digest, path)) = parts else {
            wrong.push(format!("{LOCK}:{}: not a digest, two blanks and a path from the repository's root", at + 1));
            continue;
        };
        if found.last_key_value().is_some_and(|(last, _)| *last >= path) {
            wrong.push(format!("{LOCK}:{}: `{path}` does not stand in ascending order", at + 1));
        }
        found.insert(path, digest);
    }
    found
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_below_root(path: &str) -> bool {
    !path.is_empty() && Utf8Path::new(path).components().all(|part| matches!(part, Utf8Component::Normal(_)))
}

/// The digest of a regular file, or what is there instead.
fn digest_of(path: &Utf8Path) -> Result<String, String> {
    let kind = path.symlink_metadata().map_err(|error| missing(&error))?.file_type();
    if !kind.is_file() {
        return Err("is no regular file".to_owned());
    }
    let bytes = std::fs::read(path).map_err(|error| missing(&error))?;
    Ok(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}

fn missing(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "is missing".to_owned(),
        _ => format!("could not be read ({error})"),
    }
}

/// Names the files below `folder` that the lock does not hold, each with the line that would lock it.
fn unlisted(
    repository: &Repository,
    folder: &Utf8Path,
    locked: &BTreeMap<&str, &str>,
    wrong: &mut Vec<String>,
) -> anyhow::Result<()> {
    let there = repository.root.join(folder);
    if !there.is_dir() {
        return Ok(());
    }
    let entries = there.read_dir_utf8().with_context(|| format!("could not list {folder}"))?;
    let mut entries = entries.collect::<Result<Vec<_>, _>>().with_context(|| format!("could not list {folder}"))?;
    entries.sort_by(|a, b| a.file_name().cmp(b.file_name()));
    for entry in entries {
        // With slashes on every system, as in the lock.
        let path = format!("{folder}/{}", entry.file_name());
        if entry.file_type()?.is_dir() {
            unlisted(repository, Utf8Path::new(&path), locked, wrong)?;
        } else if path != README && !locked.contains_key(path.as_str()) {
            wrong.push(match digest_of(entry.path()) {
                Ok(digest) => format!("{path}: not in {LOCK}; if it belongs to a new version, add `{digest}  {path}`"),
                Err(error) => format!("{path}: {error}"),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::*;

    const OLD: &str = "fixtures/frozen/asset-1/.prometeu/index.json";
    const STEP: &str = "packer/src/migrate/steps/asset_v2.rs";
    const SCHEMA: &str = "schemas/asset.v1.json";

    /// A repository whose locked files have their own path as content, and what the gate says after `sabotage`.
    fn found(sabotage: impl FnOnce(&Utf8Path)) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        let lines = [OLD, STEP, SCHEMA].map(|path| {
            put(root, path, path);
            format!("{}  {path}\n", digest_of(&root.join(path)).unwrap())
        });
        put(root, LOCK, &lines.concat());
        put(root, README, "about them");
        sabotage(root);
        match run(&Repository::at(root).unwrap()).unwrap() {
            Verdict::Failed(lines) => lines,
            verdict => {
                assert_eq!(verdict, Verdict::Passed(vec!["3 files are what they were".into()]));
                Vec::new()
            }
        }
    }

    fn put(root: &Utf8Path, path: &str, text: &str) {
        std::fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
        std::fs::write(root.join(path), text).unwrap();
    }

    #[test]
    fn what_is_as_it_was_passes() {
        assert_eq!(found(|_| {}), Vec::<String>::new());
        assert_eq!(found(|root| put(root, README, "other words")), Vec::<String>::new());
    }

    #[test]
    fn a_locked_file_that_changed_or_went_is_named() {
        for path in [OLD, STEP, SCHEMA] {
            let changed = format!("{path}: changed, and {LOCK} has it as released");
            assert_eq!(found(|root| put(root, path, &format!("{path}\n"))), [changed]);
            let gone = format!("{path}: is missing; {LOCK} has it as released");
            assert_eq!(found(|root| std::fs::remove_file(root.join(path)).unwrap()), [gone]);
        }
    }

    #[test]
    fn a_file_that_nobody_locked_is_named_with_its_line() {
        for path in
            ["fixtures/frozen/asset-1/build/assets.pa", "packer/src/migrate/steps/asset_v3.rs", "schemas/asset.v2.json"]
        {
            let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
            let expected = format!("{path}: not in {LOCK}; if it belongs to a new version, add `{digest}  {path}`");
            assert_eq!(found(|root| put(root, path, "")), [expected]);
        }
    }

    #[test]
    fn the_lock_itself_must_be_there_whole_and_in_order() {
        let all_unlisted = found(|root| std::fs::remove_file(root.join(LOCK)).unwrap());
        assert!(all_unlisted[0].starts_with(&format!("{OLD}: not in ")), "{all_unlisted:?}");
        assert_eq!(all_unlisted.last().unwrap(), &format!("{LOCK}: lists nothing, so nothing was checked"));
        let turned = |text: String| text.lines().rev().map(|line| format!("{line}\n")).collect::<String>();
        let reordered = found(|root| edit_lock(root, turned));
        assert_eq!(reordered[0], format!("{LOCK}:2: `{STEP}` does not stand in ascending order"));
        for damage in ["  ../outside\n", "  /etc/passwd\n", " *one blank\n", "\n"] {
            let damaged = found(|root| edit_lock(root, |text| text + &"a".repeat(64) + damage));
            assert_eq!(damaged, [format!("{LOCK}:4: not a digest, two blanks and a path from the repository's root")]);
        }
    }

    fn edit_lock(root: &Utf8Path, edit: impl Fn(String) -> String) {
        let text = std::fs::read_to_string(root.join(LOCK)).unwrap();
        put(root, LOCK, &edit(text));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_the_same_bytes_is_no_file() {
        let found = found(|root| {
            std::fs::rename(root.join(OLD), root.join("elsewhere")).unwrap();
            std::os::unix::fs::symlink(root.join("elsewhere"), root.join(OLD)).unwrap();
        });
        assert_eq!(found, [format!("{OLD}: is no regular file; {LOCK} has it as released")]);
    }
}
