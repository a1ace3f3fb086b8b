//! Files of registered roots with the same content. Only those of one size are read at all.

use super::sieve::Sieve;
use super::walk::RootFile;
use super::warning;
use crate::diagnostic::Code;
use crate::digest::{Digest, Hasher};
use crate::disk::Disk;
use crate::event::Events;
use crate::trust::{Limit, Limits, Stream, admit_stream};
use crate::workspace::{Workspace, in_batches};
use std::io::Read as _;

/// So many paths of a group are named; the rest is counted.
const NAMED_MAX: usize = 32;
/// How much of a file is read at once.
const PIECE_BYTES: usize = 64 * 1024;

pub(super) fn check(
    workspace: &Workspace,
    disk: &dyn Disk,
    limits: &Limits,
    events: &dyn Events,
    files: &[RootFile],
    sieve: &mut Sieve<'_>,
) {
    // An empty file is a copy of nothing.
    let mut by_size: Vec<&RootFile> = files.iter().filter(|file| file.is_regular && file.bytes > 0).collect();
    by_size.sort_by_key(|file| file.bytes);
    let alike: Vec<&RootFile> =
        by_size.chunk_by(|a, b| a.bytes == b.bytes).filter(|group| group.len() > 1).flatten().copied().collect();
    drop(by_size);
    let mut hashed: Vec<(Digest, &RootFile)> = Vec::with_capacity(alike.len());
    in_batches(
        alike.into_iter(),
        |file| if events.cancelled() { None } else { Some((digest(file, disk, limits)?, file)) },
        |found| hashed.extend(found),
    );
    hashed.sort_unstable_by(|a, b| (a.0, &a.1.path).cmp(&(b.0, &b.1.path)));
    let mut groups: Vec<&[(Digest, &RootFile)]> =
        hashed.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1).collect();
    groups.sort_unstable_by_key(|group| &group[0].1.path);
    for group in groups {
        report(workspace, group, sieve);
    }
}

/// Reports a group once, at the first of its files. A file that is allowed to be a copy does not count as one.
fn report(workspace: &Workspace, group: &[(Digest, &RootFile)], sieve: &mut Sieve<'_>) {
    let code = Code::HygieneDuplicateContent;
    let left: Vec<&RootFile> =
        group.iter().map(|row| row.1).filter(|file| !sieve.is_allowed(code, file.path.as_str())).collect();
    let [first, second, rest @ ..] = left.as_slice() else { return sieve.suppress() };
    sieve.give(code, || {
        let more = match rest.len() {
            0 => String::new(),
            1 => " and one more file".to_owned(),
            more => format!(" and {more} more files"),
        };
        let message = format!("the same content as `{}`{more}, {} bytes", second.path, first.bytes);
        let named = left.iter().take(NAMED_MAX).map(|file| file.path.as_str());
        warning(code, first.path.as_str(), message)
            .of(&workspace.assets[first.asset].reference)
            .help("keep one of them, or allow the copy in `assets/.prometeu/doctor.toml`")
            .number("bytes", first.bytes)
            .number("count", left.len())
            .text("sha256", group[0].0.to_string())
            .list("files", named)
    });
}

/// The digest of a file; `None` when it cannot be read whole, which is said where it is needed.
fn digest(file: &RootFile, disk: &dyn Disk, limits: &Limits) -> Option<Digest> {
    let mut stream = admit_stream(disk.open(&file.path).ok()?, Limit::InputBytes, limits).ok()?;
    let mut hasher = Hasher::default();
    let mut left = file.bytes;
    let mut piece = vec![0; usize::try_from(left).unwrap_or(PIECE_BYTES).min(PIECE_BYTES)];
    while left > 0 {
        let got = stream.read(&mut piece).ok().filter(|&got| got > 0)?;
        hasher.update(&piece[..got]);
        left = left.checked_sub(got as u64)?;
    }
    stream.check_unchanged().ok()?;
    // It may have changed since the walk.
    (Stream::bytes(&stream) == file.bytes).then(|| hasher.finish())
}
