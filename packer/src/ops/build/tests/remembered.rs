//! After a build nothing is read that nobody touched, and whatever was touched is seen as if there had been no build.

use super::{ID, NEXT, build_as, edit, publish_loaded};
use crate::disk::memory::MemoryDisk;
use crate::disk::{Disk as _, Stopwatch};
use crate::envelope::Windows;
use crate::event::Silent;
use crate::ops::BuildMode::{Check, Publish};
use crate::ops::trial::{context, disk};
use crate::ops::{Context, Scope, doctor, list};
use crate::path::PortablePath;
use crate::report::{OperationResult, Report};
use crate::schema::suppressions::Date;
use crate::trust::Limits;
use crate::workspace::{Asset, Options, Workspace, load};
use fixtures::Files;
use fixtures::broken::{both, cases};
use std::io::Write as _;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);
const DECLARATIONS: [&str; 2] = ["assets/ui/asset.json", "assets/sfx/asset.json"];

/// A project with an input in a folder below its root.
fn project() -> Files {
    let mut files = both().edited(DECLARATIONS[0], "\"a.gpl\"", "\"below/a.gpl\"");
    let palette = files.remove("assets/ui/a.gpl");
    files.with("assets/ui/below/a.gpl", palette)
}

/// These files, so old when they were built, and that an hour ago.
fn built(files: &Files, age: Duration) -> MemoryDisk {
    let disk = disk(files);
    disk.pass(age);
    assert_eq!(build_as(&disk, ID, Publish).exit(), 0);
    disk.pass(HOUR);
    disk.killed()
}

/// The declarations that a command reads.
fn opened(disk: &MemoryDisk, command: impl FnOnce(&MemoryDisk)) -> Vec<String> {
    let disk = disk.killed();
    command(&disk);
    let of = |line: String| line.strip_prefix("open ").filter(|path| path.ends_with("/asset.json")).map(str::to_owned);
    let mut opened: Vec<String> = disk.operations().into_iter().filter_map(of).collect();
    opened.sort();
    opened
}

fn listed(disk: &MemoryDisk) -> Vec<String> {
    opened(disk, |disk| drop(list(&context(disk, NEXT))))
}

#[test]
fn what_nobody_touched_is_not_read() {
    let disk = built(&project(), HOUR);
    assert_eq!(listed(&disk), Vec::<String>::new());
    assert_eq!(opened(&disk, |disk| drop(doctor(&context(disk, NEXT), Scope::Registered))), Vec::<String>::new());
    assert_eq!(opened(&disk, |disk| drop(build_as(disk, NEXT, Check))), Vec::<String>::new());
    let listings = disk.killed();
    assert_eq!(doctor(&context(&listings, NEXT), Scope::Registered).exit(), 0);
    let of_roots = |line: &&String| ["read_dir assets/ui", "read_dir assets/sfx"].iter().any(|of| line.starts_with(of));
    assert_eq!(listings.operations().iter().find(of_roots), None);
}

#[test]
fn roots_that_were_young_when_they_were_read_are_read_again() {
    let is_known = |age| listed(&built(&project(), age)).is_empty();
    assert!(!is_known(Duration::ZERO) && !is_known(Duration::from_millis(1_900)) && is_known(HOUR));
    // One that was changed a moment before its build, and one that was not.
    let disk = disk(&project());
    disk.pass(HOUR);
    edit(&disk, "ui/asset.json", "\"name\": \"ui\"", "\"name\": \"hud\"");
    assert_eq!(build_as(&disk, ID, Publish).exit(), 0);
    disk.pass(HOUR);
    assert_eq!(listed(&disk), ["assets/ui/asset.json"]);
}

#[test]
fn what_was_read_a_while_before_its_build_had_to_be_older_by_that_while() {
    let is_known = |read: Duration| {
        let disk = disk(&project());
        disk.pass(Duration::from_secs(3));
        let workspace = load(&disk, &Options::default(), &Silent);
        let workspace = Workspace { since: Stopwatch::started(read), ..workspace };
        publish_loaded(&disk, workspace, |_| {}, || {}).unwrap();
        disk.pass(HOUR);
        listed(&disk).is_empty()
    };
    assert!(is_known(Duration::ZERO) && !is_known(Duration::from_secs(2)));
}

#[test]
fn whatever_is_touched_is_read_again_and_nothing_else() {
    type Change = fn(&MemoryDisk);
    let changes: [(&str, Change, &[&str]); 10] = [
        ("nothing", |_| {}, &[]),
        ("a declaration", |disk| edit(disk, "ui/asset.json", "\"ui\"", "\"hud\""), &["assets/ui/asset.json"]),
        ("a new name in a root", |disk| name(disk, "ui/A.PNG"), &["assets/ui/asset.json"]),
        ("one in a folder below", |disk| name(disk, "ui/below/A.GPL"), &["assets/ui/asset.json"]),
        ("one in a folder without inputs", |disk| name(disk, "other"), &[]),
        ("a root that moved away and back", moved, &["assets/sfx/asset.json"]),
        ("a root that moved with its entry", relocated, &["assets/moved/asset.json"]),
        ("an input that is gone", |disk| remove(disk, "ui/a.png"), &["assets/ui/asset.json"]),
        ("a limit that all exceed", |_| {}, &DECLARATIONS),
        ("a window that holds none", |_| {}, &DECLARATIONS),
    ];
    for (what, change, read) in changes {
        let disk = built(&project(), HOUR);
        change(&disk);
        let (mut limits, mut windows) = (Limits::default(), Windows::default());
        assert!(!what.contains("limit") || limits.set("input-bytes", 1));
        assert!(!what.contains("window") || windows.raise_floor("asset.json", 4));
        let mut wanted: Vec<&str> = read.to_vec();
        wanted.sort_unstable();
        let found = opened(&disk, |disk| drop(list(&Context { limits, windows, ..context(disk, NEXT) })));
        assert_eq!(found, wanted, "{what}");
    }
}

fn name(disk: &MemoryDisk, path: &str) {
    disk.create_dir(&PortablePath::assets().own(path)).unwrap();
}

fn moved(disk: &MemoryDisk) {
    let (root, away) = (PortablePath::assets().own("sfx"), PortablePath::assets().own("away"));
    disk.rename(&root, &away).unwrap();
    disk.rename(&away, &root).unwrap();
    // Moving leaves a folder as it is on this disk; what it holds is exchanged for the same.
    let path = root.own("asset.json");
    disk.rename(&path, &root.own("kept")).unwrap();
    disk.rename(&root.own("kept"), &path).unwrap();
}

/// What a path may be depends on where it begins.
fn relocated(disk: &MemoryDisk) {
    let assets = PortablePath::assets();
    disk.rename(&assets.own("sfx"), &assets.own("moved")).unwrap();
    let index = String::from_utf8(disk.snapshot()[fixtures::INDEX].clone().unwrap()).unwrap();
    let path = PortablePath::control().own("index.json");
    disk.remove_file(&path).unwrap();
    let index = index.replace("\"root\":\"sfx\"", "\"root\":\"moved\"");
    disk.create(&path).unwrap().write_all(index.as_bytes()).unwrap();
}

fn remove(disk: &MemoryDisk, path: &str) {
    disk.remove_file(&PortablePath::assets().own(path)).unwrap();
}

/// Makes the project on a disk that of these files, touching nothing that is as it should be.
fn become_of(disk: &MemoryDisk, files: &Files) {
    let path_of = |path: &str| {
        let below = path.strip_prefix("assets/").unwrap();
        PortablePath::assets().own(below)
    };
    for (path, bytes) in disk.snapshot() {
        let is_project =
            path.starts_with("assets/") && !path.starts_with("assets/.prometeu/") || path == fixtures::INDEX;
        if is_project && bytes.is_some() && files.get(&path) != bytes.as_deref() {
            disk.remove_file(&path_of(&path)).unwrap();
        }
    }
    for (path, bytes) in files.iter().filter(|(path, _)| path.starts_with("assets/")) {
        let path = path_of(path);
        if disk.metadata(&path).is_ok() {
            continue;
        }
        let mut folders: Vec<PortablePath> = std::iter::successors(path.parent(), PortablePath::parent).collect();
        while let Some(folder) = folders.pop() {
            let _ = disk.create_dir(&folder);
        }
        disk.create(&path).unwrap().write_all(bytes).unwrap();
    }
}

/// All that a report says of a project, however it was found.
fn said(disk: &MemoryDisk) -> String {
    let today = Date::parse("2026-11-23").unwrap();
    let reports = [
        doctor(&context(disk, NEXT), Scope::Workspace { today }),
        list(&context(disk, NEXT)),
        build_as(disk, NEXT, Check),
    ];
    let row = |of: &Asset| format!("{:?}", (&of.reference, of.state, of.health, of.schema_version, &of.declaration));
    let of = |report: &Report| {
        let rows = match &report.result {
            OperationResult::List(assets, _) => assets.iter().map(row).collect(),
            _ => Vec::new(),
        };
        format!("{} {:#?} {rows:#?}", report.exit(), report.findings)
    };
    reports.iter().map(of).collect()
}

#[test]
fn whatever_breaks_after_a_build_is_told_as_if_there_had_been_none() {
    let before = built(&both(), HOUR);
    let (mut told, mut spared) = (0, 0);
    for case in cases() {
        let Some(files) = case.committed_files() else { continue };
        let after = before.killed();
        become_of(&after, &files);
        let fresh = after.killed();
        remove(&fresh, ".prometeu/cache.json");
        let (with, without) = (said(&after), said(&fresh));
        assert!(with == without, "{}:\n{with}\n\nbut\n{without}", case.name);
        told += 1;
        spared += usize::from(listed(&after).len() < listed(&fresh).len());
    }
    assert!(told > 100 && spared > 20, "{told} cases, {spared} of them with a root that was not read");
}
