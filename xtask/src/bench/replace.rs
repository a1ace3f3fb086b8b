//! The least that replacing many small files durably takes: originals in one file, new contents each in its own, one
//! flush for all of them, and a rename each. Whoever is killed on the way can bring the originals back.

use super::floor::Done;
use anyhow::Context;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// Replaces each file by one with the same bytes; `staging` is made for it and gone afterwards.
///
/// # Errors
/// What the system says.
pub(super) fn all(files: impl Iterator<Item = PathBuf>, staging: &Path) -> anyhow::Result<Done> {
    let files: Vec<PathBuf> = files.collect();
    fs::create_dir(staging).context("could not make the staging folder")?;
    let journal = staging.join("originals");
    let mut originals = BufWriter::new(File::create_new(&journal)?);
    let mut bytes = 0;
    for (at, file) in files.iter().enumerate() {
        let content = fs::read(file).with_context(|| format!("could not read {}", file.display()))?;
        originals.write_all(&content)?;
        fs::write(staging.join(at.to_string()), &content)?;
        bytes += content.len() as u64;
    }
    originals.flush()?;
    let staged = (0..files.len()).map(|at| staging.join(at.to_string()));
    flush(staging, staged.clone().chain([journal.clone()]))?;
    for (staged, file) in staged.zip(&files) {
        fs::rename(staged, file)?;
    }
    fs::remove_file(journal)?;
    fs::remove_dir(staging)?;
    Ok(Done { files: files.len() as u64, bytes })
}

/// One flush of the file system where there is such a thing.
#[cfg(target_os = "linux")]
fn flush(folder: &Path, _files: impl Iterator<Item = PathBuf>) -> io::Result<()> {
    Ok(rustix::fs::syncfs(File::open(folder)?)?)
}

#[cfg(not(target_os = "linux"))]
fn flush(_folder: &Path, mut files: impl Iterator<Item = PathBuf>) -> io::Result<()> {
    files.try_for_each(|file| File::options().write(true).open(file)?.sync_all())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says where it failed by panicking")]

    use super::*;

    #[test]
    fn every_file_is_another_with_the_same_bytes() {
        let place = tempfile::tempdir().unwrap();
        let files = ["one", "two"].map(|name| place.path().join(name));
        for file in &files {
            fs::write(file, file.to_str().unwrap()).unwrap();
        }
        let before = files.each_ref().map(|file| identity(file));
        let done = all(files.iter().cloned(), &place.path().join("staging")).unwrap();
        assert_eq!((done.files, done.bytes), (2, 2 * files[0].to_str().unwrap().len() as u64));
        for (file, before) in files.iter().zip(before) {
            assert_eq!(fs::read_to_string(file).unwrap(), file.to_str().unwrap());
            assert!(cfg!(not(unix)) || identity(file) != before, "it was written over in place");
        }
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 2);
    }

    #[cfg(unix)]
    fn identity(file: &Path) -> u64 {
        std::os::unix::fs::MetadataExt::ino(&fs::metadata(file).unwrap())
    }

    #[cfg(not(unix))]
    fn identity(_file: &Path) -> u64 {
        0
    }
}
