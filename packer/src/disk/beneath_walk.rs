//! Resolves a path beneath a folder one component at a time, each opened without following a link.
//! For systems that have no single call for it; Linux falls back to it.

use cap_fs_ext::{DirExt as _, FollowSymlinks, OpenOptionsFollowExt as _, OpenOptionsSyncExt as _};
use cap_std::fs::{Dir, File, OpenOptions};
use std::io;

/// Opens the folder at `path` (not empty) beneath `root`.
pub(super) fn open_folder(root: &Dir, path: &str) -> io::Result<Dir> {
    let mut components = path.split('/');
    let first = components.next().unwrap_or_default();
    components.try_fold(step(root, first)?, |dir, component| step(&dir, component))
}

/// Opens whatever is named `name` in `folder` for reading, without waiting for a FIFO's other end.
pub(super) fn open_file(folder: &Dir, name: &str) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).follow(FollowSymlinks::No).nonblock(true);
    folder.open_with(name, &options)
}

fn step(dir: &Dir, component: &str) -> io::Result<Dir> {
    dir.open_dir_nofollow(component)
}
