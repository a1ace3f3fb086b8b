//! A medium that is full, at every number of free blocks, and one that cannot be written, both mounted in a name space
//! of their own, for which no rights are needed where the system allows it.

use super::project::Change;
use crate::gate::tree::Tree;
use anyhow::Context;
use camino::Utf8Path;
use std::process::{Command, Stdio};

/// What became of it.
pub(super) enum Examined {
    /// How it ended, and what is wrong.
    Tried { counted: String, wrong: Vec<String> },
    /// Why it could not be tried.
    Skipped(String),
}

/// Free blocks that are left to a command.
const FREE: [u32; 10] = [0, 1, 2, 3, 4, 5, 6, 8, 12, 64];

/// Fills a small disk around the project `$2`, runs the rest of the arguments there with `$3` blocks free, makes room,
/// lists, and copies what is left to `$4`.
const FULL: &str = r#"set -e; disk=$1; start=$2; free=$3; left=$4; shift 4
mount -t tmpfs -o size=4m none "$disk"; cp -r "$start/." "$disk"
dd if=/dev/zero of="$disk/filler" bs=4096 2>/dev/null || true
truncate -s $(( $(stat -c %s "$disk/filler") - 4096 * free )) "$disk/filler"
code=0; "$@" --project "$disk" >/dev/null 2>&1 || code=$?
rm "$disk/filler"; "$1" list --project "$disk" >/dev/null 2>&1
cp -r "$disk/." "$left"; echo $code"#;

/// Runs the rest of the arguments where the project `$1` cannot be written.
const READ_ONLY: &str = r#"set -e; start=$1; shift
mount --bind "$start" "$start"; mount -o remount,ro,bind "$start"
code=0; "$@" --project "$start" >/dev/null 2>&1 || code=$?
echo $code"#;

/// Carries the change out on both media.
pub(super) fn examine(program: &Utf8Path, change: &Change, place: &Utf8Path) -> anyhow::Result<Examined> {
    if let Some(reason) = why_not(place) {
        return Ok(Examined::Skipped(reason));
    }
    let mut wrong = Vec::new();
    let (mut before, mut after) = (0, 0);
    for free in FREE {
        match on_full(program, change, place, free)? {
            Ok(true) => after += 1,
            Ok(false) => before += 1,
            Err(why) => wrong.push(format!("{} with {free} blocks free: {why}", change.name)),
        }
    }
    if before == 0 || after == 0 {
        wrong.push(format!("{}: {FREE:?} free blocks are not both too few and enough", change.name));
    }
    wrong.extend(on_read_only(program, change, place)?);
    let counted = format!(
        "{:<12} {:>4} disks full: {before:>4} before {after:>4} after; and one read-only",
        change.name,
        FREE.len()
    );
    Ok(Examined::Tried { counted, wrong })
}

fn why_not(place: &Utf8Path) -> Option<String> {
    let allowed = Command::new("unshare")
        .args(["-rm", "mount", "-t", "tmpfs", "none", place.as_str()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match allowed {
        Ok(status) if status.success() => None,
        _ => Some("full and read-only media were not tried: `unshare -rm` may not mount here; it needs Linux and user name spaces".into()),
    }
}

/// Whether the change was carried out, or what is wrong.
fn on_full(program: &Utf8Path, change: &Change, place: &Utf8Path, free: u32) -> anyhow::Result<Result<bool, String>> {
    let [disk, start, left] = ["disk", "start", "left"].map(|name| place.join(name));
    for folder in [&disk, &left] {
        std::fs::create_dir_all(folder)?;
    }
    change.start.write(&start)?;
    let code = run(FULL, &[disk.as_str(), start.as_str(), &free.to_string(), left.as_str()], program, change)?;
    let found = Tree::read(&left)?;
    for folder in [&disk, &start, &left] {
        std::fs::remove_dir_all(folder).with_context(|| format!("could not remove {folder}"))?;
    }
    let project = found.without_records();
    Ok(match code.as_str() {
        _ if found.stray().is_some() => Err(format!("{:?} was left behind", found.stray())),
        "0" if project == change.after => Ok(true),
        "6" if project == change.before => Ok(false),
        "0" => Err(format!("exit 0, but {}", project.difference(&change.after))),
        "6" => Err(format!("exit 6, but {}", project.difference(&change.before))),
        code => Err(format!("exit {code} instead of 0 or 6")),
    })
}

fn on_read_only(program: &Utf8Path, change: &Change, place: &Utf8Path) -> anyhow::Result<Option<String>> {
    let start = place.join("start");
    change.start.write(&start)?;
    let code = run(READ_ONLY, &[start.as_str()], program, change)?;
    let found = Tree::read(&start)?;
    std::fs::remove_dir_all(&start).with_context(|| format!("could not remove {start}"))?;
    let difference = found.difference(&change.start);
    let is_sound = code == "6" && found == change.start;
    Ok((!is_sound)
        .then(|| format!("{} on a read-only medium: exit {code} instead of 6, {difference} changed", change.name)))
}

/// What the script prints.
fn run(script: &str, first: &[&str], program: &Utf8Path, change: &Change) -> anyhow::Result<String> {
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", script, "sh"]).args(first).arg(program).args(&change.arguments);
    let output = command.stdin(Stdio::null()).output().context("could not start unshare")?;
    if !output.status.success() {
        anyhow::bail!("could not mount: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
