//! Where the page goes: whole or not at all, never over anything but an earlier page, and never among the assets.

use prometeu_packer::diagnostic::{Code, Diagnostic, escape};
use prometeu_packer::disk::{DiskError, DiskErrorKind, Kind, RawFile, open_outside};
use prometeu_packer::emit::writing;
use prometeu_packer::ops::Context;
use prometeu_packer::path::PortablePath;
use prometeu_packer::trust::refusal;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// How every page begins, so that one can be told from any other file.
pub(super) const MARKER: &str = "<!doctype html>\n<!-- prometeu-packer: report -->\n";

/// Where a page is put.
pub(crate) enum Destination {
    /// `build/report.html` in the project, whose folder is this.
    Build(PathBuf),
    /// A file that the command line names; the project's folder stands beside it.
    File(PathBuf, PathBuf),
}

impl Destination {
    /// The file as people know it.
    pub(super) fn shown(&self) -> String {
        match self {
            Destination::Build(project) if project.as_os_str() == "." => place().to_string(),
            Destination::Build(project) => escape(&project.join(place().as_str()).to_string_lossy()),
            Destination::File(path, _) => escape(&path.to_string_lossy()),
        }
    }

    /// Whether a page may be put there: nothing is there yet, or an earlier page.
    ///
    /// # Errors
    /// `usage/arguments` for a place among the assets or one that something else has, `trust/*` for links in the project,
    /// and what the disk says.
    pub(super) fn check(&self, context: &Context<'_>) -> Result<(), Diagnostic> {
        match self {
            Destination::Build(_) => {
                match context.disk.metadata(&PortablePath::build()) {
                    Ok(found) if found.kind == Kind::Folder => {}
                    Ok(found) if found.kind == Kind::Link => return Err(refusal(&no_folder(DiskErrorKind::Link))),
                    Ok(_) => return Err(refusal(&no_folder(DiskErrorKind::NotRegular))),
                    Err(error) if error.kind == DiskErrorKind::NotFound => return Ok(()),
                    Err(error) => return Err(refusal(&error)),
                }
                self.check_file(context.disk.open(&place()))
            }
            Destination::File(path, project) => {
                if is_among_assets(path, project) {
                    let message = format!("{} lies among the project's assets", self.shown());
                    return Err(Diagnostic::new(Code::UsageArguments, message).help("name a file outside of `assets/`"));
                }
                if !folder_of(path).is_dir() {
                    let message = format!("there is no folder for {}", self.shown());
                    return Err(Diagnostic::new(Code::UsageArguments, message)
                        .help("make it, or name another file with `--out`"));
                }
                self.check_file(open_outside(path))
            }
        }
    }

    fn check_file(&self, found: Result<RawFile, DiskError>) -> Result<(), Diagnostic> {
        let taken = |what: &str| {
            let message = format!("{} is there already, and {what}", self.shown());
            Diagnostic::new(Code::UsageArguments, message).help("name another file with `--out`, or move this one away")
        };
        match found {
            Err(error) if error.kind == DiskErrorKind::NotFound => Ok(()),
            Err(error) if error.kind == DiskErrorKind::NotRegular => Err(taken("it is no file")),
            Err(error) => Err(refusal(&error)),
            Ok(file) => {
                let mut start = Vec::new();
                let read = file.handle.take(MARKER.len() as u64).read_to_end(&mut start);
                match read.map(|_| start == MARKER.as_bytes()) {
                    Ok(true) => Ok(()),
                    Ok(false) => Err(taken("it is no page that this command wrote")),
                    Err(error) => Err(refusal(&DiskError::new(&*file.path, error))),
                }
            }
        }
    }

    /// Puts a page there.
    ///
    /// # Errors
    /// What the disk says; then everything is as it was.
    pub(super) fn publish(&self, context: &Context<'_>, page: &[u8]) -> Result<(), Diagnostic> {
        let published = match self {
            Destination::Build(_) => within(context, page),
            Destination::File(path, _) => outside(path, page).map_err(|error| DiskError::new(self.shown(), error)),
        };
        published.map_err(|error| writing(&error))
    }
}

fn place() -> PortablePath {
    PortablePath::build().own("report.html")
}

fn no_folder(kind: DiskErrorKind) -> DiskError {
    DiskError::of(PortablePath::build().to_string(), kind, "not a folder")
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether a file lies below `assets/` of a project, links in its folder followed.
#[allow(
    clippy::disallowed_methods,
    reason = "two places are compared, both in the same form, and neither is opened by it"
)]
fn is_among_assets(path: &Path, project: &Path) -> bool {
    let folder = folder_of(path);
    match (folder.canonicalize(), project.join("assets").canonicalize()) {
        (Ok(folder), Ok(assets)) => folder.starts_with(assets),
        _ => false,
    }
}

/// Through the project's door, which follows no link.
fn within(context: &Context<'_>, page: &[u8]) -> Result<(), DiskError> {
    let disk = context.disk;
    match disk.create_dir(&PortablePath::build()) {
        Err(error) if error.kind != DiskErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let staged = PortablePath::build().own(&format!(".report-{}.html", context.operation_id));
    let write = || {
        let mut file = disk.create(&staged)?;
        let written = file.write_all(page).and_then(|()| file.sync());
        written.map_err(|error| DiskError::new(staged.to_string(), error))?;
        drop(file);
        disk.rename(&staged, &place())
    };
    write().inspect_err(|_| {
        // Whatever is left there is only half a page.
        let _ = disk.remove_file(&staged);
    })
}

/// Beside the file that it becomes, with the rights that any new file has.
fn outside(path: &Path, page: &[u8]) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".report-").suffix(".html");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut staged = builder.tempfile_in(folder_of(path))?;
    staged.write_all(page)?;
    staged.as_file().sync_all()?;
    staged.persist(path).map(drop).map_err(|error| error.error)
}
