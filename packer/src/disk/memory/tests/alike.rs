//! The disk in memory and the real one answer one script alike. The real disk's answers differ in places from system to
//! system; the one in memory answers as Linux does.

#![cfg(target_os = "linux")]

use super::{MemoryDisk, at};
use crate::disk::{Disk, DiskError, OsDisk};
use crate::path::PortablePath;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io::{Read, Seek, SeekFrom, Write};
use std::time::Duration;

/// Paths of every kind: files, folders, empty ones, a link, a FIFO, below each of them, and nothing.
const PATHS: [&str; 12] =
    ["file", "other", "full", "full/in", "full/none", "empty", "link", "link/x", "fifo", "fifo/x", "file/x", "none"];

fn memory() -> MemoryDisk {
    let disk = MemoryDisk::new(
        ["file", "other", "full/in"]
            .map(|name| (at(name).to_string(), name))
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_bytes().to_vec())),
    );
    disk.place_folder("assets/empty");
    disk.place_link("assets/link");
    disk.place_other("assets/fifo");
    disk
}

fn real() -> (tempfile::TempDir, OsDisk) {
    let folder = tempfile::tempdir().unwrap();
    let assets = folder.path().join("assets");
    for name in ["full", "empty"] {
        std::fs::create_dir_all(assets.join(name)).unwrap();
    }
    for name in ["file", "other", "full/in"] {
        std::fs::write(assets.join(name), name).unwrap();
    }
    std::os::unix::fs::symlink("full", assets.join("link")).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, assets.join("fifo"), rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0)
        .unwrap();
    let disk = OsDisk::open_project(folder.path()).unwrap();
    (folder, disk)
}

fn answer<T: Debug>(result: Result<T, DiskError>) -> String {
    match result {
        Ok(value) => format!("{value:?}"),
        Err(error) => format!("{:?} at {}", error.kind, error.path),
    }
}

/// The tree as the door shows it.
fn walk(disk: &dyn Disk, folder: &PortablePath, shown: &mut BTreeMap<String, String>) {
    let entries = disk.read_dir(folder).unwrap();
    let named: BTreeMap<_, _> = disk.names(folder).unwrap().into_iter().map(|of| (of.name, of.kind)).collect();
    assert!(entries.iter().all(|of| named.get(&of.name) == Some(&of.metadata.kind)) && entries.len() == named.len());
    for entry in entries {
        let path = folder.own(&entry.name.unwrap());
        let below = disk.read_dir(&path).is_ok();
        shown.insert(path.to_string(), format!("{:?} {}", entry.metadata.kind, answer(read(disk, &path))));
        if below {
            walk(disk, &path, shown);
        }
    }
}

fn read(disk: &dyn Disk, path: &PortablePath) -> Result<String, DiskError> {
    let mut file = disk.open(path)?;
    let mut text = String::new();
    file.handle.seek(SeekFrom::Start(1)).unwrap();
    file.handle.read_to_string(&mut text).unwrap();
    assert_eq!(file.handle.metadata().unwrap(), disk.metadata(path).unwrap());
    Ok(format!("{} {text}", file.metadata.bytes))
}

type Step<'a> = (String, Box<dyn Fn(&dyn Disk) -> String + 'a>);

fn steps_on_one(name: &'static str) -> Vec<Step<'static>> {
    let path = at(name);
    let step = |verb: &str, run: fn(&dyn Disk, &PortablePath) -> String| -> Step<'static> {
        let path = path.clone();
        (format!("{verb} {name}"), Box::new(move |disk| run(disk, &path)))
    };
    let mut steps = vec![
        step("metadata", |disk, path| answer(disk.metadata(path).map(|found| found.kind))),
        step("open", |disk, path| answer(read(disk, path))),
        step("read_dir", |disk, path| answer(disk.read_dir(path).map(|entries| entries.len()))),
        step("names", |disk, path| answer(disk.names(path).map(|names| names.len()))),
        step("metadata_within", |disk, path| {
            let kinds = |names: &[&str]| {
                let (own, within) = disk.metadata_within(path, names).ok()?;
                assert_eq!(Some(own), disk.metadata(path).ok());
                Some(within.into_iter().map(|found| found.kind).collect::<Vec<_>>())
            };
            format!("{:?} {:?} {:?}", kinds(&[]), kinds(&["in"]), kinds(&["in", "none"]))
        }),
        step("create_dir", |disk, path| answer(disk.create_dir(path))),
        step("create", |disk, path| {
            answer(disk.create(path).map(|mut file| {
                file.write_all(b"12345").unwrap();
                file.seek(SeekFrom::Start(1)).unwrap();
                file.write_all(b"ab").unwrap();
                file.seek(SeekFrom::End(2)).unwrap();
                file.write_all(b"z").unwrap();
                file.sync().unwrap();
            }))
        }),
        step("remove_file", |disk, path| answer(disk.remove_file(path))),
        step("remove_dir", |disk, path| answer(disk.remove_dir(path))),
        step("sync_dir", |disk, path| answer(disk.sync_dir(path))),
        step("flush folder", |disk, path| answer(disk.flush(&[], std::slice::from_ref(path)))),
        step("lock", |disk, path| {
            let first = disk.lock(path, Duration::ZERO, &|| false);
            let second = disk.lock(path, Duration::ZERO, &|| false).map(drop);
            format!("{} {}", answer(first.map(drop)), answer(second))
        }),
    ];
    // Flushing a FIFO would wait for its other end on a real disk; no caller names one.
    if name != "fifo" {
        steps.push(step("flush file", |disk, path| answer(disk.flush(std::slice::from_ref(path), &[]))));
    }
    steps
}

fn steps_on_two(from: &'static str, to: &'static str) -> Vec<Step<'static>> {
    vec![
        (format!("rename {from} {to}"), Box::new(move |disk| answer(disk.rename(&at(from), &at(to))))),
        (format!("hard_link {from} {to}"), Box::new(move |disk| answer(disk.hard_link(&at(from), &at(to))))),
    ]
}

fn compare(steps: &[Step<'_>]) {
    let (memory, (_folder, real)) = (memory(), real());
    for (name, step) in steps {
        assert_eq!(step(&memory), step(&real), "{name}");
    }
    let (mut left, mut right) = (BTreeMap::new(), BTreeMap::new());
    walk(&memory, &PortablePath::assets(), &mut left);
    walk(&real, &PortablePath::assets(), &mut right);
    assert_eq!(left, right, "after {:?}", steps.iter().map(|(name, _)| name).collect::<Vec<_>>());
}

#[test]
fn each_call_on_each_kind_of_path() {
    for path in PATHS {
        for step in steps_on_one(path) {
            compare(&[step]);
        }
        for to in PATHS {
            for step in steps_on_two(path, to) {
                compare(&[step]);
            }
        }
    }
}

#[test]
fn a_script_of_a_transactions_calls() {
    let rename = |from, to| steps_on_two(from, to).swap_remove(0);
    let link = |from, to| steps_on_two(from, to).swap_remove(1);
    let mut steps = vec![link("file", "full/kept"), rename("full/kept", "file"), rename("other", "file")];
    steps.extend([rename("full", "empty"), rename("empty", "moved"), rename("moved", "moved/in/deeper")]);
    steps.extend(["none", "moved/kept", "moved"].into_iter().flat_map(steps_on_one));
    compare(&steps);
}
