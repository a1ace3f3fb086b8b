//! A walk of a folder with metadata on two threads, as bare as it can be.

use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Two take half the time of one on a warm cache, more gain nothing there.
const THREADS: usize = 2;

#[derive(Default)]
struct Frontier {
    /// Folders found and not yet opened.
    waiting: Vec<PathBuf>,
    /// Folders being read, which may add to the waiting ones.
    open: usize,
    /// The first failure; it ends the walk.
    failed: Option<io::Error>,
}

/// Calls `visit` with every file below `root` and its length in bytes, in no particular order. Links are not followed.
///
/// # Errors
/// The first that reading a folder or `visit` gave.
pub(super) fn files(root: &Path, visit: impl Fn(&DirEntry, u64) -> io::Result<()> + Sync) -> io::Result<()> {
    let frontier = Mutex::new(Frontier { waiting: vec![root.to_owned()], ..Frontier::default() });
    let changed = Condvar::new();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some(folder) = take(&frontier, &changed) {
                    let found = read(&folder, &visit);
                    let mut frontier = lock(&frontier);
                    frontier.open -= 1;
                    match found {
                        Ok(folders) => frontier.waiting.extend(folders),
                        Err(error) => {
                            frontier.failed.get_or_insert(error);
                        }
                    }
                    drop(frontier);
                    changed.notify_all();
                }
            });
        }
    });
    frontier.into_inner().unwrap_or_else(PoisonError::into_inner).failed.map_or(Ok(()), Err)
}

/// The next folder, or `None` once no thread can find another one.
fn take(frontier: &Mutex<Frontier>, changed: &Condvar) -> Option<PathBuf> {
    let done = |now: &Frontier| now.failed.is_some() || (now.waiting.is_empty() && now.open == 0);
    let wait = |now: &mut Frontier| now.waiting.is_empty() && !done(now);
    let mut now = changed.wait_while(lock(frontier), wait).unwrap_or_else(PoisonError::into_inner);
    if now.failed.is_some() {
        return None;
    }
    let folder = now.waiting.pop()?;
    now.open += 1;
    Some(folder)
}

/// Visits the files of one folder and gives its folders.
fn read(folder: &Path, visit: &impl Fn(&DirEntry, u64) -> io::Result<()>) -> io::Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        if metadata.is_dir() {
            folders.push(entry.path());
        } else if metadata.is_file() {
            visit(&entry, metadata.len())?;
        }
    }
    Ok(folders)
}

fn lock(frontier: &Mutex<Frontier>) -> MutexGuard<'_, Frontier> {
    frontier.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says where it failed by panicking")]

    use super::*;

    #[test]
    fn every_file_is_visited_once_with_its_length() {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir_all(place.path().join("a/b/c")).unwrap();
        for (name, length) in [("one", 1), ("a/two", 2), ("a/b/c/three", 3)] {
            fs::write(place.path().join(name), vec![0; length]).unwrap();
        }
        let seen = Mutex::new(Vec::new());
        files(place.path(), |entry, length| {
            seen.lock().unwrap().push((length, entry.file_name().into_string().unwrap()));
            Ok(())
        })
        .unwrap();
        let mut seen = seen.into_inner().unwrap();
        seen.sort();
        assert_eq!(seen, [(1, "one".into()), (2, "two".into()), (3, "three".into())]);
    }

    #[test]
    fn a_failure_ends_the_walk_and_is_told() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("one"), "").unwrap();
        let error = files(place.path(), |_, _| Err(io::Error::other("no"))).unwrap_err();
        assert_eq!(error.to_string(), "no");
    }
}
