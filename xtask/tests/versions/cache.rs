//! What is said of a cache that cannot be used: one note, and the next build writes another one over it.

use crate::{Answer, answers, codes, project, put, run, unchanged};
use fixtures::snapshot;
use serde_json::Value;
use std::fs;
use std::path::Path;

const CACHE: &str = "assets/.prometeu/cache.json";
const FIRST_CACHE: &str = "assets/.prometeu/cache/fingerprints.json";

#[test]
fn a_cache_is_dropped_with_one_note_and_never_blocks() {
    let mut texts: Vec<String> = answers("cache.json", 2, 2)
        .iter()
        .filter(|answer| answer.code != "version/too-old")
        .map(Answer::file)
        .collect();
    texts.extend(
        ["", "garbage", "[]", "[2]", "2", "\0\0\0\0", "\u{feff}{}", "{\"schema_version\":1}"].map(str::to_owned),
    );
    texts.extend(
        ["{\"schema_version\":2", "{\"schema_version\":2}{", "{\"schema_version\":2,\"schema_version\":2}"]
            .map(str::to_owned),
    );
    texts.push("[".repeat(100_000));
    for text in texts {
        let project = project();
        let project = project.path();
        put(project, CACHE, &text);
        for command in [&["doctor"][..], &["build", "--check"]] {
            check_note(&unchanged(project, command, None, 0), CACHE);
        }
        for command in [&["list"][..], &["migrate", "--check"]] {
            assert!(codes(&unchanged(project, command, None, 0)).is_empty(), "{text:?}");
        }
        let report = run(project, &["build"], None, 0);
        check_note(&report, CACHE);
        assert!(project.join("build/assets.pa").exists() && is_own(project), "{text:?}");
        assert!(codes(&run(project, &["build"], None, 0)).is_empty());
    }
}

#[test]
fn a_cache_of_this_version_that_another_program_wrote_is_dropped_and_so_is_one_below_a_raised_floor() {
    let project = project();
    let project = project.path();
    let foreign = "{\"schema_version\": 2,\n\"assets\": [\n{\"anything\": [1e999, -0]}\n]}\n";
    put(project, CACHE, foreign);
    for command in [&["doctor"][..], &["build", "--check"], &["build"]] {
        check_note(&run(project, command, None, 0), CACHE);
    }
    assert!(is_own(project));
    let floor = "--window-floor=cache.json=3".to_owned();
    check_note(&run(project, &["build"], Some(&floor), 0), CACHE);
    put(project, CACHE, foreign);
    assert!(codes(&run(project, &["build", "--full"], None, 0)).is_empty(), "a full build does not look at it");
    assert!(is_own(project));
}

/// Whether the cache is what a build wrote.
fn is_own(project: &Path) -> bool {
    codes(&unchanged(project, &["doctor"], None, 0)).is_empty()
        && fs::read_to_string(project.join(CACHE)).unwrap().starts_with("{\"schema_version\":2,\"circumstances\":\"")
}

#[test]
fn the_first_cache_lay_elsewhere_and_is_dropped_too() {
    let project = project();
    let project = project.path();
    put(project, FIRST_CACHE, "{\"schema_version\": 1}");
    check_note(&unchanged(project, &["doctor"], None, 0), FIRST_CACHE);
    put(project, CACHE, "{\"schema_version\": 1}");
    check_note(&run(project, &["build"], None, 0), CACHE);
    assert!(!project.join(FIRST_CACHE).parent().unwrap().exists() && is_own(project));
}

#[test]
fn a_build_that_is_blocked_leaves_the_cache_where_it_is() {
    let project = project();
    let project = project.path();
    put(project, CACHE, "garbage");
    fs::remove_file(project.join("assets/ui/a.png")).unwrap();
    let report = unchanged(project, &["build"], None, 1);
    assert_eq!(codes(&report), ["cache/dropped", "declaration/input-missing"]);
}

#[cfg(unix)]
#[test]
fn a_hostile_cache_is_not_followed_and_not_waited_for() {
    use std::os::unix::fs::symlink;
    type Place = fn(&Path);
    let places: [Place; 5] = [
        |path| symlink("../ui/asset.json", path).unwrap(),
        |path| symlink("nowhere", path).unwrap(),
        |path| fs::create_dir(path).unwrap(),
        |path| assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success()),
        |path| fs::File::create(path).unwrap().set_len(1 << 40).unwrap(),
    ];
    for place in places {
        let project = project();
        let project = project.path();
        place(&project.join(CACHE));
        check_note(&unchanged(project, &["doctor"], None, 0), CACHE);
        let before = snapshot(&project.join("assets/ui")).unwrap();
        check_note(&run(project, &["build"], None, 0), CACHE);
        assert!(project.join("build/assets.pa").exists());
        assert!(snapshot(&project.join("assets/ui")).unwrap() == before);
    }
}

fn check_note(report: &Value, path: &str) {
    let notes = report["diagnostics"].as_array().unwrap();
    assert_eq!(codes(report), ["cache/dropped"], "{report:#}");
    assert_eq!((&notes[0]["severity"], &notes[0]["blocking"]), (&"note".into(), &false.into()));
    assert_eq!(notes[0]["path"], path);
}
