//! Builds after builds: what is taken from the one before, and what is looked at again.

use super::{ID, LAST, NEXT, build_as, edit, made, outputs};
use crate::diagnostic::Code;
use crate::disk::Disk as _;
use crate::disk::memory::{Fault, MemoryDisk};
use crate::ops::BuildMode::{Publish, PublishAnew};
use crate::ops::trial::{context, disk};
use crate::ops::{Scope, doctor};
use crate::path::PortablePath;
use crate::report::{OperationResult, Report};
use fixtures::broken::{both, glyph_project};
use fixtures::{Files, wav};
use std::collections::BTreeSet;
use std::io::{ErrorKind, Write as _};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);
/// The rows of a palette that says a colour twice, which every decoding tells anew.
const TWICE: &str = "GIMP Palette\nName: ui\n#\n  0   0   0\n228  59  68\n255 255 255\n228  59  68\n";

/// These files, an hour old when they were built, and that an hour ago.
fn built(files: &Files) -> MemoryDisk {
    let disk = disk(files);
    disk.pass(HOUR);
    let report = build_as(&disk, ID, Publish);
    assert_eq!(report.exit(), 0, "{report:?}");
    disk.pass(HOUR);
    disk.killed()
}

fn rename(disk: &MemoryDisk) {
    edit(disk, "ui/asset.json", "\"name\": \"ui\"", "\"name\": \"hud\"");
}

/// The operations that read an input.
fn reads(disk: &MemoryDisk) -> Vec<String> {
    let is_input = |line: &String| line.starts_with("read assets/") && !line.ends_with(".json");
    disk.operations().into_iter().filter(is_input).collect()
}

fn codes(report: &Report) -> Vec<Code> {
    report.findings.iter().map(|one| one.code).collect()
}

/// What a build says about what lies in `build/`.
fn told(report: &Report) -> String {
    let OperationResult::Build(built) = &report.result else { panic!("{report:?}") };
    format!("{:?} {:?} {:?}", built.archive.as_ref().unwrap(), built.companions, built.packed)
}

#[test]
fn where_nothing_changed_nothing_is_written_and_no_input_read() {
    for files in [both(), both().with("assets/ui/a.gpl", TWICE)] {
        let disk = built(&files);
        let before = disk.snapshot();
        let again = build_as(&disk, NEXT, Publish);
        assert_eq!((again.exit(), made(&again)), (0, (0, 2)));
        assert_eq!(disk.snapshot(), before);
        let is_change =
            |line: &&String| !["read", "metadata", "open", "look"].iter().any(|look| line.starts_with(look));
        assert_eq!(disk.operations().iter().find(is_change), None);
        let anew = build_as(&disk, LAST, PublishAnew);
        assert_eq!((told(&again), codes(&again)), (told(&anew), codes(&anew)));
        assert_eq!(disk.snapshot().keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
    }
}

#[test]
fn an_old_file_in_the_place_of_an_input_is_another_input() {
    let files = both();
    let mut sound = files.get("assets/sfx/a.wav").unwrap().to_vec();
    *sound.last_mut().unwrap() ^= 1;
    let disk = built(&files.with("assets/sfx/b.wav", sound));
    let sfx = PortablePath::assets().own("sfx");
    disk.rename(&sfx.own("b.wav"), &sfx.own("a.wav")).unwrap();
    assert_eq!(made(&build_as(&disk, NEXT, Publish)), (1, 1));
}

#[test]
fn what_else_decides_a_payload_makes_it_anew() {
    let disk = built(&both());
    edit(&disk, "ui/asset.json", "\"tile_size\": 8", "\"tile_size\": 8, \"mood\": 3");
    let report = build_as(&disk, NEXT, Publish);
    assert_eq!((report.exit(), made(&report)), (0, (1, 1)));
    assert!(String::from_utf8_lossy(&outputs(&disk)["asset_table.json"]).contains("mood"));
}

#[test]
fn facts_that_are_none_cost_one_build_its_time() {
    let disk = built(&both());
    let path = PortablePath::control().own("cache.json");
    let text = String::from_utf8(disk.snapshot()[path.as_str()].clone().unwrap()).unwrap();
    let text = text.replace("\"digests\":\"", "\"digests\":\"no");
    let (text, _) = text.rsplit_once("],\"crc32\":").unwrap();
    let forged = format!("{text}],\"crc32\":{}}}\n", crc32fast::hash(text.as_bytes()));
    disk.remove_file(&path).unwrap();
    disk.create(&path).unwrap().write_all(forged.as_bytes()).unwrap();
    // Nobody asks for them where nothing is to be made.
    assert_eq!(made(&build_as(&disk, NEXT, Publish)), (0, 2));
    rename(&disk);
    disk.pass(HOUR);
    assert_eq!(made(&build_as(&disk, NEXT, Publish)), (2, 0));
    disk.pass(HOUR);
    let before = disk.snapshot();
    assert_eq!((made(&build_as(&disk, LAST, Publish)), disk.snapshot() == before), ((0, 2), true));
}

#[test]
fn what_is_known_is_not_read_again() {
    let disk = built(&both());
    rename(&disk);
    assert_eq!(made(&build_as(&disk, NEXT, Publish)), (0, 2));
    assert_eq!(reads(&disk), Vec::<String>::new());
}

#[test]
fn an_input_that_cannot_be_read_again_keeps_a_build_from_being_published() {
    let before = built(&glyph_project().with("assets/ui/a.gpl", TWICE));
    rename(&before);
    let whole = before.killed();
    let report = build_as(&whole, NEXT, Publish);
    assert_eq!((report.exit(), made(&report), codes(&report)), (0, (0, 1), vec![Code::GlyphDuplicateColour]));
    let done = whole.operations();
    let reads = done.iter().enumerate().filter(|(_, line)| line.starts_with("read assets/ui/a."));
    let mut tried = 0;
    for (at, line) in reads {
        let disk = before.killed();
        disk.fail_at(at + 1, Fault::Error(ErrorKind::Other));
        let report = build_as(&disk, NEXT, Publish);
        assert!(report.exit() != 0 && codes(&report).contains(&Code::DiskIo), "{line}: {report:?}");
        assert_eq!(outputs(&disk), outputs(&before), "{line}");
        tried += 1;
    }
    assert!(tried > 1);
}

#[test]
fn a_payload_too_large_to_wait_is_written_as_it_is_made() {
    let samples: Vec<u8> = (0..2_300_000_u32).flat_map(|at| (at as u16).to_le_bytes()).collect();
    let chunks = [(*b"fmt ", wav::Format::integers(22_050, 1, 16).bytes().to_vec()), (*b"data", samples.clone())];
    // There is something to say about the asset before it.
    let disk = built(&both().with("assets/sfx/a.wav", wav::riff(&chunks)).with("assets/ui/a.gpl", TWICE));
    let first = outputs(&disk);
    assert!(first["assets.pa"].ends_with(&samples));
    rename(&disk);
    assert_eq!(made(&build_as(&disk, NEXT, Publish)), (0, 2));
    assert!(reads(&disk).iter().all(|line| line.starts_with("read assets/ui/")), "there is nothing to say about it");
    let second = outputs(&disk);
    assert!(second["assets.pa"].ends_with(&samples) && second["assets.pa"] != first["assets.pa"]);
}

#[test]
fn inputs_that_were_young_when_they_were_read_are_compared_once_more() {
    let mut disk = disk(&both());
    assert_eq!(build_as(&disk, ID, Publish).exit(), 0);
    let published = outputs(&disk);
    for (id, read) in [(NEXT, 3), (LAST, 0)] {
        disk.pass(HOUR);
        disk = disk.killed();
        let report = build_as(&disk, id, Publish);
        assert_eq!((report.exit(), made(&report)), (0, (0, 2)));
        let files: BTreeSet<String> = reads(&disk).into_iter().collect();
        assert_eq!(files.len(), read, "{files:?}");
        assert_eq!(outputs(&disk), published);
    }
}

#[test]
fn a_build_that_packs_nothing_says_what_is_there_and_so_does_the_doctor() {
    let examined = |disk: &MemoryDisk| {
        let report = doctor(&context(disk, NEXT), Scope::Registered);
        (report.exit(), codes(&report))
    };
    let none = "{\n  \"schema_version\": 2,\n  \"next_asset_id\": 1,\n  \"assets\": []\n}\n";
    let disk = disk(&both().with(fixtures::INDEX, none));
    for id in [ID, NEXT] {
        let report = build_as(&disk, id, Publish);
        assert_eq!((report.exit(), codes(&report)), (0, vec![Code::HygieneUnregisteredRoot]));
        assert!(report.findings[0].message.ends_with(": 2 declared folders"), "{report:?}");
    }
    assert_eq!(examined(&disk), (0, vec![Code::HygieneUnregisteredRoot]));
    // Where ids were handed out that nobody remembers, the archive that knows them is not overwritten.
    let lost = built(&both());
    let before = outputs(&lost);
    lost.remove_file(&PortablePath::control().own("index.json")).unwrap();
    lost.create(&PortablePath::control().own("index.json")).unwrap().write_all(none.as_bytes()).unwrap();
    let report = build_as(&lost, NEXT, Publish);
    assert_eq!((report.exit(), codes(&report)), (1, vec![Code::RegistryAllocatorBehind]), "{report:?}");
    assert_eq!(outputs(&lost), before);
    assert_eq!(examined(&lost), (1, vec![Code::RegistryAllocatorBehind]));
    let empty = self::disk(&Files::default().with(fixtures::INDEX, none));
    assert_eq!(codes(&build_as(&empty, ID, Publish)), []);
    assert_eq!(examined(&empty), (0, vec![]));
}

#[test]
fn what_stands_in_the_place_of_the_cache_stays() {
    let places = [MemoryDisk::place_link, MemoryDisk::place_folder, MemoryDisk::place_other];
    for place in places {
        let disk = disk(&both());
        place(&disk, "assets/.prometeu/cache.json");
        let before = disk.snapshot();
        for id in [ID, NEXT] {
            let report = build_as(&disk, id, Publish);
            assert_eq!((report.exit(), made(&report)), (0, (2, 0)));
        }
        let mut after = disk.snapshot();
        after.retain(|path, _| !path.starts_with("build"));
        assert_eq!(after, before);
    }
}

#[test]
fn where_nobody_can_tell_what_stands_there_no_cache_is_put() {
    let disk = disk(&both());
    disk.fail_when("metadata assets/.prometeu/cache.json", Fault::Error(ErrorKind::Other));
    assert_eq!(build_as(&disk, ID, Publish).exit(), 0);
    assert!(!disk.snapshot().contains_key("assets/.prometeu/cache.json"));
    assert_eq!(made(&build_as(&disk, NEXT, Publish)), (2, 0));
}

#[test]
fn an_archive_that_may_have_changed_while_it_was_copied_is_no_source() {
    let disk = built(&both());
    rename(&disk);
    let before = outputs(&disk);
    disk.fail_when("metadata of open build/assets.pa", Fault::Error(ErrorKind::Other));
    let report = build_as(&disk, NEXT, Publish);
    assert!(report.exit() != 0 && codes(&report).contains(&Code::TrustChangedWhileReading), "{report:?}");
    assert_eq!(outputs(&disk), before);
    assert_eq!(made(&build_as(&disk, LAST, Publish)), (0, 2));
}
