//! The archive before: what is taken from it, and when it is believed.

use crate::digest::Digest;
use crate::disk::memory::{Fault, MemoryDisk};
use crate::disk::{Disk as _, Stamp};
use crate::emit::previous::{Previous, is_in_place};
use crate::emit::publish::{OUTPUTS, PACKED};
use crate::path::PortablePath;
use crate::schema::cache::CachedBuild;
use std::io::{ErrorKind, Write as _};

const PAYLOADS: &[u8] = b"0123456789abcdef";
const PRELUDE: u64 = 4;

fn output(at: usize) -> PortablePath {
    PortablePath::build().own(OUTPUTS[at])
}

fn stamp(disk: &MemoryDisk, at: usize) -> Stamp {
    Stamp::from(&disk.metadata(&output(at)).unwrap())
}

/// Four outputs, and what a build that published them leaves behind.
fn published() -> (MemoryDisk, CachedBuild) {
    let archive = [b"head", PAYLOADS].concat();
    let files = [b"table".to_vec(), b"preload".to_vec(), b"provenance".to_vec(), archive];
    let paths: Vec<String> = (0..OUTPUTS.len()).map(|at| output(at).to_string()).collect();
    let disk = MemoryDisk::new(paths.iter().map(String::as_str).zip(files.clone()));
    let outputs = files.iter().enumerate().map(|(at, bytes)| (stamp(&disk, at), Digest::of(bytes))).collect();
    let last = CachedBuild { key: Digest::of(b"key"), payload_offset: PRELUDE, outputs, is_settled: true };
    (disk, last)
}

fn write(disk: &MemoryDisk, at: usize, bytes: &[u8]) {
    disk.remove_file(&output(at)).unwrap();
    disk.create(&output(at)).unwrap().write_all(bytes).unwrap();
}

#[test]
fn payloads_are_copied_in_any_order() {
    let (disk, last) = published();
    let mut previous = Previous::open(&disk, &last).unwrap();
    assert_eq!(previous.payload_bytes(), PAYLOADS.len() as u64);
    let mut sink = Vec::new();
    // Behind each other, back again, the same once more, nothing at all, and up to the end.
    for (offset, bytes) in [(2, 3), (5, 4), (1, 2), (1, 2), (2, 2), (8, 4), (7, 0), (7, 9)] {
        sink.clear();
        previous.copy(offset, bytes, &mut sink).unwrap();
        let start = usize::try_from(offset).unwrap();
        assert_eq!(sink, &PAYLOADS[start..start + usize::try_from(bytes).unwrap()]);
    }
    assert!(previous.is_unchanged());
    assert!(previous.copy(7, 10, &mut sink).is_err(), "there is no such byte");
    // What follows an error is looked for where it is.
    sink.clear();
    previous.copy(0, 2, &mut sink).unwrap();
    assert_eq!(sink, b"01");
}

#[test]
fn more_than_fits_a_chunk_is_copied_whole() {
    let (disk, mut last) = published();
    let archive: Vec<u8> = (0..1_000_000_u32).map(|at| at.to_le_bytes()[at as usize % 3]).collect();
    write(&disk, PACKED, &archive);
    last.outputs[PACKED].0 = stamp(&disk, PACKED);
    let mut sink = Vec::new();
    Previous::open(&disk, &last).unwrap().copy(5, 999_000, &mut sink).unwrap();
    assert!(sink == archive[9..999_009]);
}

#[test]
fn another_file_in_its_place_is_no_source() {
    let (disk, last) = published();
    let mut previous = Previous::open(&disk, &last).unwrap();
    previous.copy(0, 1, &mut Vec::new()).unwrap();
    let bytes = disk.snapshot().remove(output(PACKED).as_str()).flatten().unwrap();
    write(&disk, PACKED, &bytes);
    assert!(Previous::open(&disk, &last).is_none());
    disk.remove_file(&output(PACKED)).unwrap();
    assert!(Previous::open(&disk, &last).is_none());
    let mut short = last.clone();
    short.outputs.truncate(PACKED);
    assert!(Previous::open(&published().0, &short).is_none());
}

#[test]
fn an_archive_that_is_written_to_while_it_is_copied_is_noticed() {
    let (disk, mut last) = published();
    disk.remove_file(&output(PACKED)).unwrap();
    let mut other_program = disk.create(&output(PACKED)).unwrap();
    other_program.write_all(&[b"head", PAYLOADS].concat()).unwrap();
    last.outputs[PACKED].0 = stamp(&disk, PACKED);
    let mut previous = Previous::open(&disk, &last).unwrap();
    previous.copy(0, 4, &mut Vec::new()).unwrap();
    assert!(previous.is_unchanged());
    other_program.write_all(b"more").unwrap();
    assert!(!previous.is_unchanged());
}

#[test]
fn an_archive_too_young_to_be_told_from_a_later_one_is_read_before_it_is_believed() {
    let (disk, mut last) = published();
    last.is_settled = false;
    assert!(Previous::open(&disk, &last).is_some());
    for (error, is_read) in [(ErrorKind::Other, false), (ErrorKind::Interrupted, true)] {
        disk.fail_when("read build/assets.pa", Fault::Error(error));
        assert_eq!(Previous::open(&disk, &last).is_some(), is_read, "{error}");
    }
    // As a program would leave it that wrote within the same tick of the clock.
    last.outputs[PACKED].1 = Digest::of(b"something else");
    assert!(Previous::open(&disk, &last).is_none());
    // Where the clock has moved on, the stamp tells.
    last.is_settled = true;
    assert!(Previous::open(&disk, &last).is_some());
}

#[test]
fn where_the_system_tells_no_time_of_change_nothing_is_believed() {
    let (disk, mut last) = published();
    last.outputs[PACKED].0.changed_ns = None;
    assert!(Previous::open(&disk, &last).is_none() && !is_in_place(&disk, &last));
}

#[test]
fn outputs_are_in_place_while_all_four_are_those_that_were_published() {
    let (disk, last) = published();
    assert!(is_in_place(&disk, &last));
    assert!(!is_in_place(&disk, &CachedBuild { is_settled: false, ..last.clone() }));
    let mut short = last.clone();
    short.outputs.pop();
    assert!(!is_in_place(&disk, &short));
    for at in 0..OUTPUTS.len() {
        let (disk, last) = published();
        let bytes = disk.snapshot().remove(output(at).as_str()).flatten().unwrap();
        disk.remove_file(&output(at)).unwrap();
        assert!(!is_in_place(&disk, &last), "{at} is gone");
        disk.create(&output(at)).unwrap().write_all(&bytes).unwrap();
        assert!(!is_in_place(&disk, &last), "{at} is another file");
    }
}
