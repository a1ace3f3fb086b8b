//! What a folder looks like from outside, to tell whether anything in it was touched: no byte is read, and none need be,
//! because whatever changes a file or the names in a folder leaves its time.

use anyhow::Context;
use camino::Utf8Path;
use std::collections::BTreeMap;
use std::fs::Metadata;
use std::path::Path;

/// Path, escaped, to what the system says of it.
pub(super) type Looks = BTreeMap<String, String>;

pub(super) fn look(folder: &Utf8Path) -> anyhow::Result<Looks> {
    let mut looks = Looks::new();
    walk(folder.as_std_path(), "", &mut looks).with_context(|| format!("could not look at {folder}"))?;
    Ok(looks)
}

fn walk(folder: &Path, prefix: &str, looks: &mut Looks) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{prefix}{}", entry.file_name().display().to_string().escape_debug());
        let metadata = std::fs::symlink_metadata(entry.path())?;
        if metadata.is_dir() {
            // Whom permissions bind sees no more than this program does.
            let _ = walk(&entry.path(), &format!("{path}/"), looks);
        }
        // The lock comes and goes there; what stays in the folder is looked at all the same.
        let is_lock_folder = metadata.is_dir() && path == "assets/.prometeu";
        looks.insert(path, if is_lock_folder { "a folder".to_owned() } else { described(&metadata) });
    }
    Ok(())
}

#[cfg(unix)]
fn described(metadata: &Metadata) -> String {
    use std::os::unix::fs::MetadataExt as _;
    let (mode, length, inode, links) = (metadata.mode(), metadata.len(), metadata.ino(), metadata.nlink());
    format!("{mode:o} {length} {inode} {links} {}.{:09}", metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn described(metadata: &Metadata) -> String {
    format!("{:?} {} {:?}", metadata.file_type(), metadata.len(), metadata.modified().ok())
}

/// The paths that are not as they were.
pub(super) fn difference<'a>(before: &'a Looks, after: &'a Looks) -> impl Iterator<Item = &'a str> {
    let all = before.keys().chain(after.keys().filter(|path| !before.contains_key(*path)));
    all.filter(|path| before.get(*path) != after.get(*path)).map(String::as_str)
}
