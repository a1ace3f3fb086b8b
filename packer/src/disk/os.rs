//! The real file system behind the [`Disk`] trait, one project folder at a time.

#[cfg(target_os = "linux")]
use super::Name;
use super::beneath_walk;
use super::{Disk, DiskError, DiskErrorKind, Entry, Kind, Lock, Metadata, RawFile, ReadHandle, WriteHandle, lock};
use crate::escape::escape_bytes;
use crate::path::PortablePath;
use cap_fs_ext::{FollowSymlinks, OpenOptionsFollowExt as _};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions};
use std::fs::File;
use std::io;
#[cfg(target_os = "linux")]
use std::os::fd::AsFd as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

/// More than so many files and folders are flushed together, where the system can: one flush of the file system costs
/// about as much as that many single ones.
#[cfg(target_os = "linux")]
const FLUSH_ONE_BY_ONE_MAX: usize = 16;

/// A project folder on disk, held open.
#[derive(Clone, Debug)]
pub struct OsDisk {
    root: Arc<Dir>,
}

impl OsDisk {
    /// Opens the project folder. The caller trusts `project`: links in it are followed.
    ///
    /// # Errors
    /// It is not there, is no folder, or may not be read.
    pub fn open_project(project: &Path) -> Result<OsDisk, DiskError> {
        match Dir::open_ambient_dir(project, ambient_authority()) {
            Ok(root) => Ok(OsDisk { root: Arc::new(root) }),
            Err(error) => Err(DiskError::new(escape_bytes(project.as_os_str().as_encoded_bytes()), error)),
        }
    }

    /// The folder at `path`, or the project folder.
    pub(super) fn folder(&self, path: Option<&PortablePath>) -> Result<Dir, DiskError> {
        let Some(path) = path else {
            return self.root.try_clone().map_err(|error| DiskError::new(".", error));
        };
        self.open_folder(path.as_str()).map_err(|error| self.explain(path, error))
    }

    #[cfg(target_os = "linux")]
    fn open_folder(&self, path: &str) -> io::Result<Dir> {
        match super::beneath_linux::open_folder(self.root.as_fd(), path) {
            Err(error) if super::beneath_linux::is_missing(&error) => beneath_walk::open_folder(&self.root, path),
            result => result.map(Dir::from_std_file),
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn open_folder(&self, path: &str) -> io::Result<Dir> {
        beneath_walk::open_folder(&self.root, path)
    }

    #[cfg(target_os = "linux")]
    fn open_file(&self, path: &PortablePath) -> Result<File, DiskError> {
        match super::beneath_linux::open_file(self.root.as_fd(), path.as_str()) {
            Err(error) if super::beneath_linux::is_missing(&error) => self.open_file_by_walk(path),
            result => result.map_err(|error| self.explain(path, error)),
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn open_file(&self, path: &PortablePath) -> Result<File, DiskError> {
        self.open_file_by_walk(path)
    }

    fn open_file_by_walk(&self, path: &PortablePath) -> Result<File, DiskError> {
        let folder = self.folder(path.parent().as_ref())?;
        let file = beneath_walk::open_file(&folder, path.name()).map_err(|error| self.explain(path, error))?;
        Ok(file.into_std())
    }

    /// Sorts an error; what the system words differently from case to case is looked at again by metadata.
    fn explain(&self, path: &PortablePath, error: io::Error) -> DiskError {
        let sorted = DiskError::new(path.as_str(), error);
        #[cfg(target_os = "linux")]
        if super::beneath_linux::met_a_link(&sorted.source) {
            // It may be gone by now.
            return DiskError { kind: DiskErrorKind::Link, ..sorted };
        }
        if sorted.kind == DiskErrorKind::NotFound && !self.has_link(path) {
            return sorted;
        }
        match self.first_not_folder(path) {
            Some(Kind::Link) => DiskError { kind: DiskErrorKind::Link, ..sorted },
            Some(Kind::Other) => DiskError { kind: DiskErrorKind::NotRegular, ..sorted },
            _ => sorted,
        }
    }

    fn has_link(&self, path: &PortablePath) -> bool {
        self.first_not_folder(path) == Some(Kind::Link)
    }

    /// What stands at the first component of `path` that is no folder. Only used to word a refusal.
    fn first_not_folder(&self, path: &PortablePath) -> Option<Kind> {
        let mut dir = self.root.try_clone().ok()?;
        for component in path.components() {
            let kind = kind_of(&dir.symlink_metadata(component).ok()?.file_type());
            if kind != Kind::Folder {
                return Some(kind);
            }
            dir = beneath_walk::open_folder(&dir, component).ok()?;
        }
        None
    }

    /// Opens the lock file for locking, and makes it where there is none.
    pub(super) fn open_lock(&self, path: &PortablePath) -> Result<File, DiskError> {
        let folder = self.folder(path.parent().as_ref())?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true).follow(FollowSymlinks::No);
        match folder.open_with(path.name(), &options) {
            Ok(file) => return Ok(file.into_std()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(self.explain(path, error)),
        }
        // Reading is enough to lock, and works where only reading is allowed.
        self.open_lock_file(path)
    }

    /// Opens a lock file that is there, for reading.
    pub(super) fn open_lock_file(&self, path: &PortablePath) -> Result<File, DiskError> {
        let found = self.metadata(path)?;
        refuse_unless(found.kind, Kind::File, path)?;
        self.open_file_by_walk(path)
    }
}

/// Opens a file that the command line names, wherever it lies. The caller trusts the path, not the bytes.
///
/// # Errors
/// It is not there, is no regular file, or may not be read.
pub fn open_outside(path: &Path) -> Result<RawFile, DiskError> {
    let shown = escape_bytes(path.as_os_str().as_encoded_bytes());
    let found = std::fs::metadata(path).map_err(|error| DiskError::new(&*shown, error))?;
    if !found.is_file() {
        return Err(DiskError::of(shown, DiskErrorKind::NotRegular, "not a regular file"));
    }
    let file = File::open(path).map_err(|error| DiskError::new(&*shown, error))?;
    raw_file(shown.into(), file)
}

/// Puts `bytes` in the place of a file that the command line names, wherever it lies: whole or not at all.
///
/// # Errors
/// What the medium says; then the file is as it was.
pub fn replace_outside(path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
    let mut staged = path.as_os_str().to_owned();
    staged.push(".new");
    let staged = Path::new(&staged);
    let written = std::fs::write(staged, bytes).and_then(|()| std::fs::rename(staged, path));
    written.map_err(|error| {
        // Whatever is left there is only half a file.
        let _ = std::fs::remove_file(staged);
        DiskError::new(escape_bytes(path.as_os_str().as_encoded_bytes()), error)
    })
}

fn raw_file(path: Arc<str>, file: File) -> Result<RawFile, DiskError> {
    match file_metadata(&file) {
        Ok(metadata) if metadata.kind == Kind::File => Ok(RawFile { path, metadata, handle: Box::new(file) }),
        Ok(_) => Err(DiskError::of(&*path, DiskErrorKind::NotRegular, "not a regular file")),
        Err(error) => Err(DiskError::new(&*path, error)),
    }
}

impl Disk for OsDisk {
    fn metadata(&self, path: &PortablePath) -> Result<Metadata, DiskError> {
        let folder = self.folder(path.parent().as_ref())?;
        match folder.symlink_metadata(path.name()) {
            Ok(metadata) => Ok(convert(&metadata)),
            Err(error) => Err(DiskError::new(path.as_str(), error)),
        }
    }

    fn open(&self, path: &PortablePath) -> Result<RawFile, DiskError> {
        raw_file(path.shared(), self.open_file(path)?)
    }

    fn read_dir(&self, path: &PortablePath) -> Result<Vec<Entry>, DiskError> {
        let fail = |error| DiskError::new(path.as_str(), error);
        #[cfg(target_os = "linux")]
        match super::beneath_linux::entries(self.root.as_fd(), path.as_str()) {
            Err(error) if super::beneath_linux::is_missing(&error) => {}
            result => return result.map_err(|error| self.explain(path, error)),
        }
        let folder = self.folder(Some(path))?;
        let mut entries = Vec::new();
        for entry in folder.entries().map_err(fail)? {
            let entry = entry.map_err(fail)?;
            let metadata = match entry.metadata() {
                Ok(metadata) => convert(&metadata),
                // Gone since the folder was listed.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(fail(error)),
            };
            let name = entry.file_name();
            entries.push(Entry { name: name_of(name.as_encoded_bytes()), metadata });
        }
        Ok(entries)
    }

    #[cfg(target_os = "linux")]
    fn names(&self, path: &PortablePath) -> Result<Vec<Name>, DiskError> {
        match super::beneath_linux::names(self.root.as_fd(), path.as_str()) {
            Err(error) if super::beneath_linux::is_missing(&error) => {
                Ok(self.read_dir(path)?.into_iter().map(Name::from).collect())
            }
            result => result.map_err(|error| self.explain(path, error)),
        }
    }

    #[cfg(target_os = "linux")]
    fn metadata_within(&self, folder: &PortablePath, names: &[&str]) -> Result<(Metadata, Vec<Metadata>), DiskError> {
        match super::beneath_linux::within(self.root.as_fd(), folder.as_str(), names) {
            Err(error) if super::beneath_linux::is_missing(&error) => super::one_by_one(self, folder, names),
            result => result.map_err(|error| self.explain(folder, error)),
        }
    }

    fn create_dir(&self, path: &PortablePath) -> Result<(), DiskError> {
        let folder = self.folder(path.parent().as_ref())?;
        folder.create_dir(path.name()).map_err(|error| DiskError::new(path.as_str(), error))
    }

    fn create_with(&self, path: &PortablePath, permissions: Option<u32>) -> Result<Box<dyn WriteHandle>, DiskError> {
        let folder = self.folder(path.parent().as_ref())?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).follow(FollowSymlinks::No);
        match create_as(&folder, path.name(), options, permissions) {
            Ok(file) => Ok(Box::new(file)),
            Err(error) => Err(DiskError::new(path.as_str(), error)),
        }
    }

    fn rename(&self, from: &PortablePath, to: &PortablePath) -> Result<(), DiskError> {
        let (source, target) = (self.folder(from.parent().as_ref())?, self.folder(to.parent().as_ref())?);
        source.rename(from.name(), &target, to.name()).map_err(|error| DiskError::new(to.as_str(), error))
    }

    fn hard_link(&self, from: &PortablePath, to: &PortablePath) -> Result<(), DiskError> {
        let (source, target) = (self.folder(from.parent().as_ref())?, self.folder(to.parent().as_ref())?);
        source.hard_link(from.name(), &target, to.name()).map_err(|error| DiskError::new(to.as_str(), error))
    }

    fn remove_file(&self, path: &PortablePath) -> Result<(), DiskError> {
        let folder = self.folder(path.parent().as_ref())?;
        folder.remove_file(path.name()).map_err(|error| DiskError::new(path.as_str(), error))
    }

    fn remove_dir(&self, path: &PortablePath) -> Result<(), DiskError> {
        let folder = self.folder(path.parent().as_ref())?;
        folder.remove_dir(path.name()).map_err(|error| DiskError::new(path.as_str(), error))
    }

    fn sync_dir(&self, path: &PortablePath) -> Result<(), DiskError> {
        // Windows has no flush for folders; NTFS journals names itself.
        if cfg!(windows) {
            return Ok(());
        }
        sync(&self.folder(Some(path))?).map_err(|error| DiskError::new(path.as_str(), error))
    }

    fn sync_project(&self) -> Result<(), DiskError> {
        if cfg!(windows) {
            return Ok(());
        }
        sync(&self.root).map_err(|error| DiskError::new(".", error))
    }

    fn flush(&self, files: &[PortablePath], folders: &[PortablePath]) -> Result<(), DiskError> {
        #[cfg(target_os = "linux")]
        if files.len() + folders.len() > FLUSH_ONE_BY_ONE_MAX {
            // A folder handle may be one that can only be walked through; a fresh one can be flushed.
            let synced = self.root.open(".").and_then(|root| Ok(rustix::fs::syncfs(&root)?));
            return synced.map_err(|error| DiskError::new("the project's file system", error));
        }
        for path in files {
            // Flushing needs a handle that may write on some systems; it writes nothing.
            let folder = self.folder(path.parent().as_ref())?;
            let mut options = OpenOptions::new();
            options.read(true).write(cfg!(windows)).follow(FollowSymlinks::No);
            let flushed = folder.open_with(path.name(), &options).and_then(|file| file.sync_all());
            flushed.map_err(|error| DiskError::new(path.as_str(), error))?;
        }
        folders.iter().try_for_each(|path| match self.sync_dir(path) {
            Err(error) if error.kind == DiskErrorKind::NotFound => Ok(()),
            flushed => flushed,
        })
    }

    fn lock(&self, path: &PortablePath, wait: Duration, cancelled: &dyn Fn() -> bool) -> Result<Lock, DiskError> {
        lock::acquire(self, path, wait, cancelled)
    }

    fn is_locked(&self, path: &PortablePath) -> Result<bool, DiskError> {
        lock::is_held(self, path)
    }
}

fn sync(folder: &Dir) -> io::Result<()> {
    // A folder handle may be one that can only be walked through; a fresh one can be flushed.
    folder.open(".").and_then(|file| file.sync_all())
}

impl ReadHandle for File {
    fn metadata(&self) -> io::Result<Metadata> {
        file_metadata(self)
    }
}

impl WriteHandle for File {
    fn sync(&mut self) -> io::Result<()> {
        self.sync_all()
    }
}

/// A name as text, or its escaped form.
pub(super) fn name_of(bytes: &[u8]) -> Result<String, String> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| escape_bytes(bytes))
}

fn refuse_unless(found: Kind, wanted: Kind, path: &PortablePath) -> Result<(), DiskError> {
    match found {
        found if found == wanted => Ok(()),
        Kind::Link => Err(DiskError::of(path.as_str(), DiskErrorKind::Link, "a link")),
        _ => Err(DiskError::of(path.as_str(), DiskErrorKind::NotRegular, "not a regular file")),
    }
}

pub(super) fn file_metadata(file: &File) -> io::Result<Metadata> {
    cap_std::fs::Metadata::from_file(file).map(|metadata| convert(&metadata))
}

fn convert(metadata: &cap_std::fs::Metadata) -> Metadata {
    let modified = metadata.modified().map(cap_std::time::SystemTime::into_std).unwrap_or(UNIX_EPOCH);
    let modified_ns = match modified.duration_since(UNIX_EPOCH) {
        Ok(since) => i128::try_from(since.as_nanos()).unwrap_or(i128::MAX),
        Err(before) => -i128::try_from(before.duration().as_nanos()).unwrap_or(i128::MAX),
    };
    Metadata {
        kind: kind_of(&metadata.file_type()),
        bytes: metadata.len(),
        modified_ns,
        changed_ns: changed_ns(metadata),
        id: file_id(metadata),
        permissions: permissions(metadata),
    }
}

#[cfg(unix)]
fn permissions(metadata: &cap_std::fs::Metadata) -> Option<u32> {
    use cap_std::fs::MetadataExt as _;
    Some(metadata.mode() & 0o777)
}

#[cfg(windows)]
fn permissions(_metadata: &cap_std::fs::Metadata) -> Option<u32> {
    None
}

#[cfg(unix)]
fn create_as(folder: &Dir, name: &str, mut options: OpenOptions, permissions: Option<u32>) -> io::Result<File> {
    use cap_std::fs::OpenOptionsExt as _;
    use std::os::unix::fs::PermissionsExt as _;
    let Some(mode) = permissions else { return Ok(folder.open_with(name, &options)?.into_std()) };
    let file = folder.open_with(name, options.mode(mode))?.into_std();
    // The mask of the process took some of them; where they cannot be given back it has fewer.
    let _ = file.set_permissions(std::fs::Permissions::from_mode(mode));
    Ok(file)
}

#[cfg(windows)]
fn create_as(folder: &Dir, name: &str, options: OpenOptions, _permissions: Option<u32>) -> io::Result<File> {
    Ok(folder.open_with(name, &options)?.into_std())
}

#[cfg(unix)]
fn changed_ns(metadata: &cap_std::fs::Metadata) -> Option<i128> {
    use cap_std::fs::MetadataExt as _;
    Some(i128::from(metadata.ctime()) * 1_000_000_000 + i128::from(metadata.ctime_nsec()))
}

#[cfg(windows)]
fn changed_ns(_metadata: &cap_std::fs::Metadata) -> Option<i128> {
    None
}

#[cfg(unix)]
fn file_id(metadata: &cap_std::fs::Metadata) -> (u64, u64) {
    use cap_std::fs::MetadataExt as _;
    (metadata.dev(), metadata.ino())
}

/// Only metadata taken from an open handle knows the file's identity on Windows; elsewhere it is zero, and two
/// zeros are the same file as far as size and time can tell.
#[cfg(windows)]
fn file_id(_metadata: &cap_std::fs::Metadata) -> (u64, u64) {
    (0, 0)
}

fn kind_of(file_type: &cap_std::fs::FileType) -> Kind {
    if file_type.is_symlink() {
        Kind::Link
    } else if file_type.is_dir() {
        Kind::Folder
    } else if file_type.is_file() {
        Kind::File
    } else {
        Kind::Other
    }
}
