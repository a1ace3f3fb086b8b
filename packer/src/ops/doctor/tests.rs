//! The wider doctor on a disk in memory: what it opens, how much it says, and what it is kept from saying.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::{Scope, doctor};
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::memory::{Fault, MemoryDisk};
use crate::ops::Context;
use crate::ops::trial::{context, disk};
use crate::report::{OperationResult, Report};
use crate::schema::suppressions::Date;
use crate::trust::Limits;
use fixtures::broken::{both, glyph_project};
use fixtures::wav::Format;
use std::collections::BTreeMap;
use std::io::ErrorKind;

fn look(disk: &MemoryDisk, limits: Limits) -> Report {
    let context = Context { limits, ..context(disk, "20261101T120000.000Z-00000001") };
    doctor(&context, Scope::Workspace { today: Date::parse("2026-11-23").unwrap() })
}

#[test]
fn a_panic_in_a_decoder_is_a_finding_on_its_asset_and_spares_the_others() {
    let files = both().with("assets/sfx/a.wav", "RIFF, cut off");
    let look = |disk: &MemoryDisk| look(disk, Limits::default());
    let whole = disk(&files);
    look(&whole);
    let of_picture = |operation: &String| operation.starts_with("read") && operation.contains("a.png");
    let operation = whole.operations().into_iter().find(of_picture).expect("the picture is read");
    let failing = disk(&files);
    failing.fail_when(&operation, Fault::Panic);
    let report = look(&failing);
    let found = report.findings.iter().find(|finding| finding.code == Code::PayloadDecoderFault).unwrap();
    assert_eq!((found.path.as_deref(), found.blocking), (Some("assets/ui/a.png"), true));
    assert_eq!(&*found.asset.as_ref().unwrap().root, "ui");
    let other = report.findings.iter().find(|finding| finding.path.as_deref() == Some("assets/sfx/a.wav")).unwrap();
    assert_eq!(other.code, Code::PayloadTypeMismatch, "the other asset was examined all the same");
    assert_eq!(report.exit(), 1, "a contained fault is a finding, no fault of the program");
}

#[test]
fn inputs_that_are_too_large_are_told_alike_with_a_cache_and_without() {
    let files = glyph_project();
    let sprite = files.get("assets/ui/a.png").unwrap().to_vec();
    let declaration = files.get("assets/ui/asset.json").unwrap().to_vec();
    // Read before the sprite, and nothing is said of it where the size of the sprite is known first.
    let files = files.with("assets/ui/a.gpl", "no palette");
    let projects = [
        (files.clone(), "ui", true),
        // What takes no part in builds blocks none.
        (
            files.clone().edited(fixtures::INDEX, "\"included_in_build\":true", "\"included_in_build\":false"),
            "ui",
            false,
        ),
        // Nobody opens what no bank can be made of, and what the registry does not know.
        (files.clone().edited("assets/ui/asset.json", "\"a.gpl\"", ""), "ui", true),
        (files.with("assets/new/asset.json", declaration).with("assets/new/a.png", sprite.clone()), "new", false),
    ];
    let mut limits = Limits::default();
    assert!(limits.set("input-bytes", sprite.len() as u64 - 1));
    for (files, root, blocking) in projects {
        let cached = files.clone().with("assets/.prometeu/cache.json", "no cache");
        let [said, said_with_cache] = [files, cached].map(|files| {
            let mut found = look(&disk(&files), limits.clone()).findings;
            found.retain(|finding| finding.code != Code::CacheDropped);
            found
        });
        assert_eq!(said, said_with_cache);
        let path = format!("assets/{root}/a.png");
        let about = |of: &&Diagnostic| of.path.as_deref() == Some(&path) && of.code == Code::TrustTooLarge;
        assert_eq!(said.iter().find(about).map(|of| of.blocking), Some(blocking), "{said:?}");
    }
}

#[test]
fn samples_are_read_where_they_can_be_wrong_and_not_where_they_cannot() {
    let reads = |wave: Vec<u8>| {
        let disk = disk(&both().with("assets/sfx/a.wav", wave));
        let report = look(&disk, Limits::default());
        let reads = disk.operations().iter().filter(|operation| *operation == "read assets/sfx/a.wav").count();
        (reads, report.findings.iter().find(|of| of.path.as_deref() == Some("assets/sfx/a.wav")).map(|of| of.code))
    };
    let long = [0.5; 50_000];
    assert_eq!(reads(Format::integers(22_050, 1, 16).file(&long)), (1, None));
    let mut floats = Format::floats(22_050, 1).file(&long);
    assert!(matches!(reads(floats.clone()), (20.., None)));
    let last = floats.len() - 4;
    floats[last..].copy_from_slice(&f32::NAN.to_le_bytes());
    assert!(matches!(reads(floats), (20.., Some(Code::SoundMalformed))));
}

#[test]
fn whether_a_file_stayed_the_same_is_asked_after_it_was_examined_whatever_it_is() {
    for path in ["assets/ui/a.png", "assets/ui/a.gpl", "assets/sfx/a.wav"] {
        let disk = disk(&both());
        disk.fail_when(&format!("metadata of open {path}"), Fault::Error(ErrorKind::Other));
        let report = look(&disk, Limits::default());
        let found = report.findings.iter().find(|of| of.path.as_deref() == Some(path));
        assert!(found.is_some_and(|of| of.blocking && of.code == Code::DiskIo), "{:?}", report.findings);
    }
}

fn counts(report: &Report) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    report.findings.iter().for_each(|finding| *counts.entry(finding.code.as_str()).or_default() += 1);
    counts
}

fn suppressed(report: &Report) -> u64 {
    let OperationResult::Doctor(result) = &report.result else { return 0 };
    result.suppressed
}

fn allowing(entries: &[(&str, &str, &str)]) -> String {
    let entries = entries.iter().map(|(code, path, until)| {
        format!("[[allow]]\ncode = \"hygiene/{code}\"\npath = \"{path}\"\nreason = \"why not\"\nuntil = {until}\n")
    });
    format!("schema_version = 1\n{}", entries.collect::<String>())
}

#[test]
fn nothing_is_opened_outside_of_registered_roots_but_declarations() {
    let declaration = glyph_project().get("assets/ui/asset.json").unwrap().to_vec();
    let sprite = glyph_project().get("assets/ui/a.png").unwrap().to_vec();
    let files = glyph_project().with("assets/copy/asset.json", declaration).with("assets/copy/a.png", &*sprite);
    let disk = disk(&files.with("assets/loose.png", &*sprite).with("assets/ui/b.png", sprite));
    disk.place_link("assets/link");
    let report = look(&disk, Limits::default());
    let opened: Vec<String> = disk.operations().into_iter().filter(|line| line.starts_with("open ")).collect();
    assert!(opened.iter().any(|line| line == "open assets/copy/asset.json"), "{opened:?}");
    for other in ["assets/copy/a.png", "assets/copy/a.gpl", "assets/loose.png", "assets/link"] {
        assert!(!opened.iter().any(|line| line.contains(other)), "{other} was opened");
    }
    assert_eq!(
        counts(&report).into_iter().collect::<Vec<_>>(),
        [
            ("declaration/input-missing", 1),
            ("hygiene/copied-identity", 1),
            ("hygiene/duplicate-content", 1),
            ("hygiene/link", 1),
            ("hygiene/unregistered-root", 1),
            ("hygiene/unused-file", 1),
        ]
    );
    assert_eq!(report.exit(), 0);
}

#[test]
fn a_flood_is_cut_and_counted() {
    let mut files = glyph_project();
    for at in 0..10_005 {
        files.put(&format!("assets/ui/{at:05}.txt"), "");
    }
    let report = look(&disk(&files), Limits::default());
    assert_eq!(counts(&report)["hygiene/unused-file"], 10_001);
    let last = report.findings.iter().find(|finding| finding.path.is_none()).unwrap();
    assert!(last.message.starts_with("and 5 more of hygiene/unused-file"), "{}", last.message);
    let mut limits = Limits::default();
    limits.set("files-walked", 100);
    let report = look(&disk(&files), limits);
    assert_eq!((counts(&report), report.exit()), (BTreeMap::from([("trust/too-many", 1)]), 0));
}

#[test]
fn what_is_allowed_is_counted_and_a_copy_that_is_allowed_is_none() {
    let sprite = both().get("assets/ui/a.png").unwrap().to_vec();
    let copies = ["assets/sfx/x.png", "assets/sfx/y.png"];
    let with = |entries: &[(&str, &str, &str)]| {
        let files = copies.iter().fold(both(), |files, path| files.with(path, &*sprite));
        look(&disk(&files.with("assets/.prometeu/doctor.toml", allowing(entries))), Limits::default())
    };
    let unused = ("unused-file", "sfx/*.png", "2026-11-23");
    let report = with(&[unused]);
    assert_eq!((counts(&report), suppressed(&report)), (BTreeMap::from([("hygiene/duplicate-content", 1)]), 2));
    let report = with(&[unused, ("duplicate-content", "sfx/x.png", "2027-01-01")]);
    assert_eq!((counts(&report), suppressed(&report)), (BTreeMap::from([("hygiene/duplicate-content", 1)]), 2));
    assert_eq!(report.findings[0].path.as_deref(), Some("assets/sfx/y.png"));
    let report = with(&[unused, ("duplicate-content", "assets/sfx", "2027-01-01")]);
    assert_eq!((counts(&report), suppressed(&report)), (BTreeMap::new(), 3));
    // The day before today is over.
    let report = with(&[("unused-file", "sfx/*.png", "2026-11-22"), ("link", "sfx", "2027-01-01")]);
    assert_eq!(counts(&report)["hygiene/suppression-expired"], 1);
    assert_eq!(counts(&report)["hygiene/suppression-unused"], 1);
    assert_eq!((counts(&report)["hygiene/unused-file"], suppressed(&report)), (2, 0));
}
