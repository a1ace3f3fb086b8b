//! A build that remembers publishes what one that remembers nothing would, byte for byte, and says the same, whatever was
//! done to the project, the archive and the memory in between.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use fixtures::{Entry, snapshot};
use serde_json::Value;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const CACHE: &str = "assets/.prometeu/cache.json";
const ARCHIVE: &str = "build/assets.pa";
const OUTPUTS: [&str; 4] = [ARCHIVE, "build/asset_table.json", "build/preload.json", "build/asset_table_metadata.json"];

fn run(project: &Path, arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(arguments)
        .args(["--format", "json", "--project"])
        .arg(project)
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

fn build(project: &Path) -> Value {
    run(project, &["build"])
}

fn counts(report: &Value) -> (u64, u64) {
    let count = |name: &str| report["result"][name].as_u64().unwrap();
    assert_eq!(report["status"], "ok", "{report:#}");
    (count("materialised"), count("reused"))
}

fn showcase() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fixtures::showcase().write(folder.path()).unwrap();
    folder
}

/// The same, old enough for its files' times to tell every later change.
fn settled() -> tempfile::TempDir {
    let folder = showcase();
    std::thread::sleep(Duration::from_millis(2_100));
    folder
}

/// The same with a warning that is known and one that has to be found again.
fn talkative() -> tempfile::TempDir {
    let folder = showcase();
    let font = folder.path().join("assets/ui/font");
    let palette = fs::read_to_string(font.join("font.hex")).unwrap();
    let mut colours: Vec<&str> = palette.lines().filter(|line| !line.is_empty()).collect();
    colours[1..].reverse();
    fs::write(font.join("reversed.hex"), colours.join("\n")).unwrap();
    let declaration = fs::read_to_string(font.join("asset.json")).unwrap();
    fs::write(font.join("asset.json"), declaration.replace("\"font.hex\"", "\"font.hex\", \"reversed.hex\"")).unwrap();
    let sprite = folder.path().join("assets/fx/burst/burst.png");
    let bytes = [fs::read(&sprite).unwrap(), b"more".to_vec()].concat();
    fs::write(sprite, bytes).unwrap();
    std::thread::sleep(Duration::from_millis(2_100));
    folder
}

/// Puts bytes into a file and gives it the time that it had.
fn write_unseen(path: &Path, bytes: &[u8]) {
    let time = fs::metadata(path).unwrap().modified().unwrap();
    fs::write(path, bytes).unwrap();
    File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
}

/// What a report finds, but for what it says of the cache.
fn said(report: &Value) -> Vec<Value> {
    let findings = report["diagnostics"].as_array().unwrap().iter();
    findings.filter(|finding| finding["code"] != "cache/dropped").cloned().collect()
}

/// Looks at the project with what was remembered, and with nothing; both say the same.
fn check_readers(project: &Path, what: &str) {
    let read = || {
        [&["list"][..], &["doctor"]].map(|command| {
            let report = run(project, command);
            (report["status"].clone(), said(&report), report["result"]["assets"].clone())
        })
    };
    let (cache, aside) = (project.join(CACHE), project.join("cache.json"));
    let with = read();
    if fs::rename(&cache, &aside).is_ok() {
        assert_eq!(with, read(), "{what}");
        fs::rename(aside, cache).unwrap();
    }
}

/// Builds, and builds a copy of the assets that has no past; both say and publish the same.
fn check(project: &Path, what: &str) -> Value {
    let report = build(project);
    let other = tempfile::tempdir().unwrap();
    for (path, entry) in snapshot(&project.join("assets")).unwrap() {
        let to = other.path().join("assets").join(&path);
        match entry {
            Entry::File(bytes) if !path.starts_with(".prometeu/cache") => {
                fs::create_dir_all(to.parent().unwrap()).unwrap();
                fs::write(to, bytes).unwrap();
            }
            Entry::Folder => fs::create_dir_all(to).unwrap(),
            _ => {}
        }
    }
    let full = run(other.path(), &["build", "--full"]);
    assert_eq!((&report["status"], said(&report)), (&full["status"], said(&full)), "{what}");
    if full["status"] == "ok" {
        for name in ["archive", "companions", "assets"] {
            assert_eq!(report["result"][name], full["result"][name], "{what}");
        }
        for output in OUTPUTS {
            assert!(
                fs::read(project.join(output)).unwrap() == fs::read(other.path().join(output)).unwrap(),
                "{output} differs after: {what}"
            );
        }
    }
    report
}

#[test]
fn nothing_is_made_again_and_nothing_written_when_nothing_changed() {
    let project = talkative();
    let project = project.path();
    let all = counts(&build(project)).0;
    let files = snapshot(project).unwrap();
    let times = |name: &str| fs::metadata(project.join(name)).unwrap().modified().unwrap();
    let before = OUTPUTS.map(times);
    let report = build(project);
    assert_eq!(counts(&report), (0, all));
    assert!(snapshot(project).unwrap() == files && OUTPUTS.map(times) == before);
    let full = run(project, &["build", "--full"]);
    assert_eq!(counts(&full), (all, 0), "a full build believes nothing");
    for name in ["archive", "companions", "assets"] {
        assert_eq!(report["result"][name], full["result"][name]);
    }
    assert_eq!(report["diagnostics"], full["diagnostics"]);
    let codes: Vec<&Value> = report["diagnostics"].as_array().unwrap().iter().map(|finding| &finding["code"]).collect();
    assert_eq!(codes, ["image/trailing-bytes", "glyph/fragile-index"]);
    assert_eq!(run(project, &["doctor"])["diagnostics"], full["diagnostics"]);
}

#[test]
fn only_what_changed_is_made_again() {
    let project = settled();
    let project = project.path();
    let all = counts(&check(project, "the first build")).0;
    let sound = project.join("assets/sfx/ui/click.wav");
    let mut bytes = fs::read(&sound).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    write_unseen(&sound, &bytes);
    assert_eq!(counts(&check(project, "a sound with its old length and time")), (1, all - 1));
    let declaration = project.join("assets/ui/font/asset.json");
    let text = fs::read_to_string(&declaration).unwrap();
    fs::write(&declaration, text.replace("\"enabled\": true", "\"enabled\": false")).unwrap();
    assert_eq!(counts(&check(project, "the preload list")), (0, all));
    fs::write(&declaration, text).unwrap();
    let declaration = project.join("assets/fx/burst/asset.json");
    let text = fs::read_to_string(&declaration).unwrap();
    fs::write(&declaration, text.replace("\"metadata\": {", "\"metadata\": { \"mood\": 3,")).unwrap();
    assert_eq!(counts(&check(project, "metadata")).0, 1, "metadata decides what a payload is");
}

#[test]
fn a_file_that_was_touched_is_read_and_not_made_again() {
    let project = settled();
    let project = project.path();
    let all = counts(&build(project)).0;
    let sprite = project.join("assets/fx/burst/burst.png");
    fs::write(&sprite, fs::read(&sprite).unwrap()).unwrap();
    assert_eq!(counts(&check(project, "a touched sprite")), (0, all));
}

#[test]
fn files_that_are_too_young_to_be_told_apart_are_read_again() {
    let project = showcase();
    let project = project.path();
    let all = counts(&build(project)).0;
    let sound = project.join("assets/sfx/ui/click.wav");
    let mut bytes = fs::read(&sound).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    write_unseen(&sound, &bytes);
    assert_eq!(counts(&check(project, "at once after a build")), (1, all - 1));
}

#[test]
fn an_archive_that_somebody_changed_is_no_source() {
    let project = settled();
    let project = project.path();
    let all = counts(&build(project)).0;
    let archive = project.join(ARCHIVE);
    let good = fs::read(&archive).unwrap();
    let mut bad = good.clone();
    *bad.last_mut().unwrap() ^= 1;
    write_unseen(&archive, &bad);
    assert_eq!(counts(&check(project, "a byte of the archive")), (all, 0));
    fs::rename(&archive, project.join("moved")).unwrap();
    assert_eq!(counts(&check(project, "no archive")), (all, 0));
    fs::remove_file(project.join("moved")).unwrap();
    fs::write(&archive, &good).unwrap();
    assert_eq!(counts(&check(project, "another file in the archive's place")), (all, 0));
    write_unseen(&project.join(OUTPUTS[2]), b"[]");
    assert_eq!(counts(&check(project, "a companion")), (0, all));
}

#[test]
fn a_memory_that_comes_with_the_project_is_not_believed() {
    let project = settled();
    let project = project.path();
    build(project);
    let foreign = tempfile::tempdir().unwrap();
    for (path, entry) in snapshot(project).unwrap() {
        let to = foreign.path().join(path);
        if let Entry::File(bytes) = entry {
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::write(to, bytes).unwrap();
        }
    }
    let forged = foreign.path().join(ARCHIVE);
    let mut bytes = fs::read(&forged).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    write_unseen(&forged, &bytes);
    assert_eq!(counts(&check(foreign.path(), "a project with cache and archive from elsewhere")).1, 0);
}

/// One random thing that happens to a project between two builds.
fn happen(
    project: &Path,
    original: &Path,
    kept: &mut Vec<(PathBuf, Vec<u8>)>,
    random: &mut impl FnMut(usize) -> usize,
) -> String {
    let files: Vec<String> = snapshot(&project.join("assets")).unwrap().into_keys().collect();
    let with = |endings: &[&str]| -> Vec<String> {
        let fits = |path: &&String| endings.iter().any(|ending| path.ends_with(ending));
        files.iter().filter(fits).map(|path| format!("assets/{path}")).collect()
    };
    let inputs = with(&[".png", ".wav", ".bin", ".gpl", ".pal", ".hex"]);
    let one = |from: &[String], random: &mut dyn FnMut(usize) -> usize| from[random(from.len())].clone();
    let input = one(&inputs, &mut *random);
    let at = project.join(&input);
    match random(11) {
        0 => {
            let sound = one(&with(&[".wav", ".bin"]), &mut *random);
            let mut bytes = fs::read(project.join(&sound)).unwrap();
            let last = bytes.len() - 1 - random(40);
            bytes[last] ^= 1;
            write_unseen(&project.join(&sound), &bytes);
            format!("another sample in {sound}, unseen")
        }
        1 => {
            fs::write(&at, fs::read(&at).unwrap()).unwrap();
            format!("touched {input}")
        }
        2 => {
            let (bytes, was) = (fs::read(original.join(&input)).ok(), fs::read(&at).unwrap());
            write_unseen(&at, &bytes.unwrap_or(was));
            format!("reverted {input}, unseen")
        }
        3 => {
            let other = one(&inputs, &mut *random);
            let (a, b) = (fs::read(&at).unwrap(), fs::read(project.join(&other)).unwrap());
            write_unseen(&at, &b);
            write_unseen(&project.join(&other), &a);
            format!("exchanged {input} and {other}")
        }
        4 => {
            let declarations = with(&["asset.json"]);
            let path = one(&declarations, &mut *random);
            let text = fs::read_to_string(project.join(&path)).unwrap();
            let edits = [("\"enabled\": true", "\"enabled\": false"), ("\"tile_size\": 16", "\"tile_size\": 8")];
            let (from, to) = edits[random(2)];
            write_unseen(&project.join(&path), text.replace(from, to).as_bytes());
            format!("{to} in {path}")
        }
        5 => {
            let asset = (1 + random(8)).to_string();
            let verb = ["include", "exclude"][random(2)];
            run(project, &[verb, &asset, "--apply"]);
            format!("{verb} {asset}")
        }
        6 => {
            let (asset, root) = ((1 + random(8)).to_string(), format!("moved/r{}", random(1000)));
            run(project, &["relocate", &asset, &root, "--apply"]);
            format!("moved {asset} to {root}")
        }
        7 => {
            if let Ok(mut bytes) = fs::read(project.join(ARCHIVE)) {
                let last = bytes.len() - 1 - random(bytes.len() / 2);
                bytes[last] ^= 4;
                write_unseen(&project.join(ARCHIVE), &bytes);
            }
            "a changed archive".to_owned()
        }
        8 => {
            for path in [CACHE, ARCHIVE] {
                let path = project.join(path);
                kept.extend(fs::read(&path).ok().map(|bytes| (path, bytes)));
            }
            "nothing".to_owned()
        }
        9 => {
            let Some((path, bytes)) = (!kept.is_empty()).then(|| kept[random(kept.len())].clone()) else {
                return "nothing".to_owned();
            };
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, bytes).unwrap();
            format!("an older {} put back", path.display())
        }
        _ => {
            let path = [CACHE, ARCHIVE, OUTPUTS[1]][random(3)];
            let _ = fs::remove_file(project.join(path));
            format!("removed {path}")
        }
    }
}

#[test]
fn whatever_happens_a_build_gives_what_a_full_one_gives() {
    for seed in [1_u64, 2, 3] {
        let (project, original) = (settled(), showcase());
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut random = move |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state >> 20).unwrap() % below
        };
        let (mut kept, mut past, mut reused) = (Vec::new(), format!("seed {seed}"), 0);
        check(project.path(), &past);
        for _ in 0..30 {
            let before: Vec<(String, Vec<u8>)> = snapshot(&project.path().join("assets"))
                .unwrap()
                .into_iter()
                .filter_map(|(path, entry)| match entry {
                    Entry::File(bytes) if !path.starts_with(".prometeu/") => Some((path, bytes)),
                    _ => None,
                })
                .collect();
            past += "; ";
            past += &happen(project.path(), original.path(), &mut kept, &mut random);
            check_readers(project.path(), &past);
            let report = check(project.path(), &past);
            reused += report["result"]["reused"].as_u64().unwrap_or(0);
            if report["status"] != "ok" {
                past += "; all put back";
                for (path, bytes) in before {
                    let path = project.path().join("assets").join(path);
                    if fs::read(&path).is_ok_and(|found| found != bytes) {
                        write_unseen(&path, &bytes);
                    }
                }
                check(project.path(), &past);
            }
        }
        assert!(reused > 20, "next to nothing was ever reused: {past}");
    }
}
