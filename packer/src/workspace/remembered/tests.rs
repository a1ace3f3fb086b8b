//! What is not believed of a root though its folder and its declaration are as they were: on a real disk, where files change in
//! place and paths lead anywhere.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "files are changed as no packer changes them")]

use super::*;
use crate::disk::OsDisk;
use crate::envelope::Windows;
use crate::event::Silent;
use crate::schema::cache::{FactsWriter, Roots, Writer};
use crate::schema::{Declaration, Role};
use crate::trust::{Limit, admit_stream};
use crate::workspace::{Options, load};
use fixtures::broken::both;
use std::io::Write as _;
use std::path::Path;

/// Later than everything.
const NOW: i64 = i64::MAX;

fn project() -> (tempfile::TempDir, OsDisk) {
    let folder = tempfile::tempdir().unwrap();
    both().write(folder.path()).unwrap();
    let disk = OsDisk::open_project(folder.path()).unwrap();
    (folder, disk)
}

fn loaded(disk: &dyn Disk) -> Asset {
    load(disk, &Options::default(), &Silent).assets.swap_remove(0)
}

fn device(disk: &dyn Disk) -> u64 {
    disk.metadata(&PortablePath::assets()).unwrap().id.0
}

/// The line that a build would write of asset 1 if it declared that, and had seen what it would see then.
fn line(project: &Path, disk: &dyn Disk, seen: Digest, declaration: &Declaration) -> RootLine {
    let of = Digest::of(b"circumstances");
    let (mut bytes, mut facts) = (Vec::new(), Vec::new());
    let mut writer = Writer::start(&mut bytes, &of).unwrap();
    writer.root(1, seen, declaration).unwrap();
    writer.end_of_roots().unwrap();
    FactsWriter::start(&mut facts).end().unwrap();
    writer.pause().unwrap();
    std::fs::write(project.join("assets/.prometeu/cache.json"), bytes).unwrap();
    let file = disk.open(&PortablePath::control().own("cache.json")).unwrap();
    let stream = admit_stream(file, Limit::CacheBytes, &Limits::default()).unwrap();
    let mut lines = Vec::new();
    let read = Roots::open(stream, &Windows::default(), &of).unwrap().unwrap().read(|line| lines.push(line));
    assert!(read.is_ok());
    lines.pop().unwrap()
}

/// Whether it is believed that asset 1 declares this, where everything else is as it should be.
fn is_believed(project: &Path, disk: &dyn Disk, declaration: &Declaration, limits: &Limits) -> bool {
    let mut asset = loaded(disk);
    let folder = asset.folder.clone().unwrap();
    let look = Look::at(disk, &folder, &declaration.inputs, Wanted::Outside);
    let seen = look.map_or_else(|| Digest::of(b"nothing"), |look| look.digest(&folder));
    let line = line(project, disk, seen, declaration);
    let is_believed = bring_back(&mut asset, &folder, &line, disk, limits).is_some();
    assert_eq!(asset.is_remembered, is_believed);
    is_believed
}

#[test]
fn inputs_are_looked_at_each_time() {
    let (folder, disk) = project();
    let sprite = folder.path().join("assets/ui/a.png");
    let mut limits = Limits::default();
    assert!(limits.set("input-bytes", std::fs::metadata(&sprite).unwrap().len()));
    let declaration = loaded(&disk).declaration.unwrap();
    assert!(is_believed(folder.path(), &disk, &declaration, &limits));
    std::fs::File::options().append(true).open(&sprite).unwrap().write_all(b"!").unwrap();
    assert!(!is_believed(folder.path(), &disk, &declaration, &limits), "it is too large by now");
    assert!(is_believed(folder.path(), &disk, &declaration, &Limits::default()));
}

#[test]
fn a_forged_cache_names_no_file_that_a_declaration_could_not_name() {
    let (folder, disk) = project();
    let assets = folder.path().join("assets");
    std::fs::create_dir(assets.join("ui/folder")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("a.png", assets.join("ui/link")).unwrap();
    let declaration = loaded(&disk).declaration.unwrap();
    for (path, is_fine) in [
        ("a.png", true),
        ("folder", false),
        ("link", false),
        ("none", false),
        ("../sfx/a.wav", false),
        ("/etc/hosts", false),
    ] {
        let inputs = Inputs::new([(Role::Sprites, path), (Role::Palettes, "a.gpl")]);
        let forged = Declaration { inputs, ..declaration.clone() };
        assert_eq!(is_believed(folder.path(), &disk, &forged, &Limits::default()), is_fine, "{path}");
    }
}

#[test]
fn a_root_counts_for_its_own_place_uuid_declaration_and_file_system() {
    let (folder, disk) = project();
    let asset = loaded(&disk);
    let device = device(&disk);
    let seen_now = seen(&asset, &disk, NOW, device).unwrap();
    assert_eq!(seen(&asset, &disk, NOW, device ^ 1), None);
    assert_eq!(seen(&asset, &disk, 0, device), None, "it is younger than that");
    let line = line(folder.path(), &disk, seen_now, asset.declaration.as_ref().unwrap());
    let back = |change: fn(&mut Asset), place: &str| {
        let mut asset = loaded(&disk);
        change(&mut asset);
        bring_back(&mut asset, &PortablePath::assets().own(place), &line, &disk, &Limits::default())
    };
    assert!(back(|_| {}, "ui").is_some());
    assert!(back(|asset| asset.asset_uuid = None, "ui").is_none());
    let declaration = folder.path().join("assets/ui/asset.json");
    let text = std::fs::read(&declaration).unwrap();
    std::fs::write(&declaration, [text.as_slice(), b"\n"].concat()).unwrap();
    assert!(back(|_| {}, "ui").is_none(), "its declaration was changed in place");
    std::fs::rename(folder.path().join("assets/ui"), folder.path().join("assets/hud")).unwrap();
    assert!(back(|_| {}, "hud").is_none());
}

#[test]
fn only_a_registered_root_without_findings_is_noted() {
    let (_folder, disk) = project();
    let device = device(&disk);
    let changes: [fn(&mut Asset); 5] = [
        |asset| asset.state = State::Unregistered,
        |asset| asset.health = Health::Warning,
        |asset| asset.has_inputs = false,
        |asset| asset.schema_version = Some(2),
        |asset| asset.declaration = None,
    ];
    for change in changes {
        let mut asset = loaded(&disk);
        change(&mut asset);
        assert_eq!(seen(&asset, &disk, NOW, device), None, "{asset:?}");
    }
}
