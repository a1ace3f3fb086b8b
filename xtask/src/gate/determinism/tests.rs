//! The gate must notice each kind of difference that it is there for: every test hands it a builder with one fault.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use super::project::Project;
use super::variation::{VARIATIONS, Variation};
use super::{OUTPUTS, examine, wide};
use crate::gate::random::Random;
use camino::{Utf8Path, Utf8PathBuf};
use std::cell::Cell;

fn place() -> (tempfile::TempDir, Utf8PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = Utf8Path::from_path(folder.path()).unwrap().to_owned();
    (folder, path)
}

/// What the gate finds when a build publishes what `content` gives.
fn wrong(content: impl Fn(&Utf8Path, &Variation) -> String) -> Vec<String> {
    let (_guard, place) = place();
    let original = place.join("original");
    std::fs::create_dir_all(original.join("assets")).unwrap();
    for name in ["a", "b", "c", "d", "e"] {
        std::fs::write(original.join("assets").join(name), name).unwrap();
    }
    let build = |folder: &Utf8Path, variation: &Variation| {
        std::fs::create_dir_all(folder.join("build"))?;
        for output in OUTPUTS {
            std::fs::write(folder.join(output), content(folder, variation))?;
        }
        Ok(())
    };
    let project = Project::read(&original).unwrap();
    examine(&project, &place, 1, &build).unwrap().wrong
}

fn blames(wrong: &[String], variation: &str) {
    assert_eq!(wrong.len(), OUTPUTS.len(), "{wrong:?}");
    assert!(wrong.iter().all(|line| line.contains(&format!("differs under `{variation}`"))), "{wrong:?}");
}

#[test]
fn equal_bytes_pass() {
    assert_eq!(wrong(|_, _| "same".into()), Vec::<String>::new());
}

#[test]
fn bytes_that_hold_the_folder_are_refused() {
    blames(&wrong(|folder, _| folder.to_string()), "another folder");
}

#[test]
fn bytes_that_hold_a_file_time_are_refused() {
    let recent = |folder: &Utf8Path, _: &Variation| {
        let age = folder.join("assets/a").metadata().unwrap().modified().unwrap().elapsed();
        age.is_ok_and(|age| age.as_secs() < 3600).to_string()
    };
    blames(&wrong(recent), "other file times");
}

#[test]
fn bytes_that_change_from_one_build_to_the_next_are_refused() {
    let again = |folder: &Utf8Path, _: &Variation| folder.join(OUTPUTS[0]).exists().to_string();
    let found = wrong(again);
    assert!(found.iter().all(|line| line.contains("`a build on top of a build`")) && !found.is_empty(), "{found:?}");
}

#[test]
fn every_variation_differs_in_what_a_builder_can_see() {
    for chosen in VARIATIONS.iter().filter(|variation| variation.is_possible()) {
        blames(&wrong(|_, variation| (variation.name == chosen.name).to_string()), chosen.name);
    }
}

#[test]
fn a_build_that_fails_or_leaves_an_output_out_is_an_error() {
    let (_guard, place) = place();
    let project = Project::read(&wide::make(&place.join("wide")).unwrap()).unwrap();
    let error = |build: super::Build<'_>| format!("{:#}", examine(&project, &place, 1, build).err().unwrap());
    assert!(error(&|_, _| Ok(())).contains("the build left no "));
    let (_guard, place) = self::place();
    let failed = Cell::new(false);
    let fails: super::Build<'_> = &|_, _| {
        failed.set(true);
        anyhow::bail!("the build ended with 1")
    };
    let error = format!("{:#}", examine(&project, &place, 1, fails).err().unwrap());
    assert!(failed.get() && error == "project wide, variation `nothing`: the build ended with 1", "{error}");
}

/// What a program saw that was started as the packer is.
#[cfg(unix)]
fn seen(variation: &Variation) -> String {
    use std::os::unix::fs::PermissionsExt;
    let (_guard, place) = place();
    let program = place.join("program");
    std::fs::write(&program, "#!/bin/sh\necho \"$@\" $TZ $(umask) $(basename \"$PWD\") > \"$3/seen\"\n").unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let folder = place.join("project");
    std::fs::create_dir(&folder).unwrap();
    let shell = xshell::Shell::new().unwrap();
    variation.build(&shell, &program, &folder).unwrap();
    std::fs::read_to_string(folder.join("seen")).unwrap().trim().replace(place.as_str(), "")
}

#[test]
#[cfg(unix)]
fn the_program_sees_what_is_varied() {
    let masked = Variation { umask: Some("0037"), environment: &[("TZ", "Moon")], ..Variation::PLAIN };
    assert!(seen(&masked).starts_with("build --project /project Moon 0037 "), "{}", seen(&masked));
    let inside =
        Variation { from_inside: true, arguments: &["--threads", "1"], environment: &[("TZ", "Moon")], ..masked };
    assert_eq!(seen(&inside), "build --project . --threads 1 Moon 0037 project");
}

#[test]
fn a_program_that_fails_is_quoted() {
    let (_guard, place) = place();
    let shell = xshell::Shell::new().unwrap();
    // There is no manifest to build here, and cargo says so.
    let error = Variation::PLAIN.build(&shell, Utf8Path::new("cargo"), &place).unwrap_err().to_string();
    assert!(error.starts_with("the build ended with ") && error.contains("error: "), "{error}");
}

#[test]
fn a_seed_repeats_its_shuffle_and_loses_nothing() {
    let shuffled = |seed| {
        let mut items: Vec<u32> = (0..100).collect();
        Random::new(seed).shuffle(&mut items);
        items
    };
    assert_eq!(shuffled(7), shuffled(7));
    assert_ne!(shuffled(7), shuffled(8));
    let mut sorted = shuffled(7);
    sorted.sort_unstable();
    assert_eq!(sorted, (0..100).collect::<Vec<_>>());
}
