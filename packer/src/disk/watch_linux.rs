//! A watch by inotify: the kernel queues a change before the call that made it returns, so that reading the queue to its
//! end gives everything that is over. Every folder is watched by its handle; one that appears is watched, and then looked
//! through, before its appearance is told.

use super::{Disk as _, Kind, OsDisk, watch::Changes};
use crate::path::PortablePath;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::fstatfs;
use rustix::fs::inotify::{CreateFlags, ReadFlags, Reader, WatchFlags, add_watch, init};
use std::collections::HashMap;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd as _, AsRawFd as _, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

/// File systems that tell of every change, by their magic numbers in `statfs(2)`: ext, XFS, Btrfs, F2FS, ZFS, bcachefs,
/// tmpfs, overlayfs. Over a network, what others change is not told.
const TELLING: [u64; 8] =
    [0xEF53, 0x5846_5342, 0x9123_683E, 0xF2F5_2010, 0x2FC1_2FC1, 0xCA45_1A4E, 0x0102_1994, 0x794C_7630];
const BUFFER_BYTES: usize = 16 << 10;

#[derive(Debug)]
pub(super) struct Watch {
    disk: OsDisk,
    queue: Arc<OwnedFd>,
    /// By watch descriptor; the project folder itself is `None`.
    folders: HashMap<i32, Option<PortablePath>>,
}

#[derive(Clone, Debug)]
pub(super) struct Waiter(Arc<OwnedFd>);

impl Watch {
    pub(super) fn over(disk: &OsDisk) -> Option<Watch> {
        let root = disk.folder(None).ok()?;
        let kind = u64::try_from(fstatfs(root.as_fd()).ok()?.f_type).ok()?;
        if !TELLING.contains(&kind) {
            return None;
        }
        let queue = Arc::new(init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok()?);
        let mut watch = Watch { disk: disk.clone(), queue, folders: HashMap::new() };
        watch.add(None)?;
        let assets = PortablePath::assets();
        match disk.metadata(&assets) {
            Ok(found) if found.kind == Kind::Folder => watch.add_all(assets, &mut Vec::new())?,
            // What appears in its place is told by the folder above it.
            _ => {}
        }
        Some(watch)
    }

    /// Watches a folder and everything in it, and tells what is in it; `None` when that cannot be done.
    fn add_all(&mut self, folder: PortablePath, told: &mut Vec<PortablePath>) -> Option<()> {
        let mut left = vec![folder];
        while let Some(folder) = left.pop() {
            match self.add(Some(&folder)) {
                Some(true) => {}
                // Gone again, which is told by the folder above it.
                Some(false) => continue,
                None => return None,
            }
            // Listed after it is watched: what appears later is heard.
            let Ok(entries) = self.disk.read_dir(&folder) else { continue };
            for entry in entries {
                // What has no portable name is no part of a project.
                let Some(path) = entry.name.ok().and_then(|name| folder.entry(&name).ok()) else { continue };
                told.push(path.clone());
                if entry.metadata.kind == Kind::Folder {
                    left.push(path);
                }
            }
        }
        Some(())
    }

    /// Watches one folder: whether it is there; `None` when it cannot be watched.
    fn add(&mut self, folder: Option<&PortablePath>) -> Option<bool> {
        let Ok(handle) = self.disk.folder(folder) else { return Some(false) };
        // By its handle, so that no link is followed on the way.
        let path = format!("/proc/self/fd/{}", handle.as_fd().as_raw_fd());
        let mut flags = WatchFlags::CREATE | WatchFlags::DELETE | WatchFlags::MOVED_FROM | WatchFlags::MOVED_TO;
        if folder.is_some() {
            flags |= WatchFlags::MODIFY | WatchFlags::CLOSE_WRITE | WatchFlags::ATTRIB;
        }
        let watch = add_watch(&*self.queue, path, flags | WatchFlags::ONLYDIR).ok()?;
        self.folders.insert(watch, folder.cloned());
        Some(true)
    }

    pub(super) fn take(&mut self) -> Changes {
        let mut changes = Changes::default();
        let mut appeared = Vec::new();
        let mut buffer = [MaybeUninit::uninit(); BUFFER_BYTES];
        let queue = Arc::clone(&self.queue);
        let mut reader = Reader::new(&*queue, &mut buffer);
        // The end of the queue is an error, too: that there is nothing now.
        while let Ok(event) = reader.next() {
            let happened = event.events();
            if happened.contains(ReadFlags::QUEUE_OVERFLOW) {
                changes.is_lost = true;
                continue;
            }
            if happened.contains(ReadFlags::IGNORED) {
                self.folders.remove(&event.wd());
                continue;
            }
            let name = event.file_name().and_then(|name| name.to_str().ok()).unwrap_or_default();
            match self.folders.get(&event.wd()) {
                // In the project folder only `assets` itself matters, and with it everything is another.
                Some(None) => changes.is_lost |= name == PortablePath::assets().as_str(),
                Some(Some(folder)) => {
                    // A name that is not portable cannot be told, but the folder changed by it.
                    let path = folder.entry(name).unwrap_or_else(|_| folder.clone());
                    let is_new = happened.intersects(ReadFlags::CREATE | ReadFlags::MOVED_TO);
                    if is_new && happened.contains(ReadFlags::ISDIR) {
                        appeared.push(path.clone());
                    }
                    changes.paths.push(path);
                }
                None => {}
            }
        }
        for folder in appeared {
            changes.is_lost |= self.add_all(folder, &mut changes.paths).is_none();
        }
        changes
    }

    pub(super) fn waiter(&self) -> Waiter {
        Waiter(Arc::clone(&self.queue))
    }
}

impl Waiter {
    pub(super) fn wait(&self, time: Duration) {
        let time = Timespec::try_from(time).unwrap_or(Timespec { tv_sec: 1, tv_nsec: 0 });
        let mut queues = [PollFd::new(&*self.0, PollFlags::IN)];
        // However it ends, the queue is looked at.
        let _ = poll(&mut queues, Some(&time));
    }
}
