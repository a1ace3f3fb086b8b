//! Where a page may be put, and how the command ends.

use crate::{ARCHIVE, built, page_and_exit, run, section, written};
use fixtures::{showcase, snapshot};
use std::fs;
use std::path::Path;

fn code(report: &serde_json::Value) -> &str {
    report["diagnostics"][0]["code"].as_str().unwrap_or_default()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn without_a_place_the_page_lies_in_the_build_folder_and_replaces_an_earlier_one() {
    let project = written(&showcase());
    for _ in 0..2 {
        let (exit, report) = run(project.path(), &["report"]);
        assert_eq!((exit, &report["operation"]), (0, &"report".into()));
        assert!(report["summary"].as_str().unwrap().contains("build/report.html, "), "{report:#}");
        assert_eq!(names(&project.path().join("build")), ["report.html"], "nothing is left beside it");
    }
    assert_eq!(run(project.path(), &["build"]).0, 0, "a page is in nobody's way");
    assert!(project.path().join("build/report.html").is_file());
}

#[test]
fn nothing_but_an_earlier_page_is_replaced() {
    let project = built(&showcase());
    let place = tempfile::tempdir().unwrap();
    let mine = place.path().join("mine.html");
    fs::write(&mine, "<!doctype html>\n<p>mine").unwrap();
    let folder = place.path().join("folder");
    fs::create_dir(&folder).unwrap();
    let archive = project.path().join(ARCHIVE);
    let bytes = fs::read(&archive).unwrap();
    for taken in [&mine, &folder, &archive] {
        let (exit, report) = run(project.path(), &["report", "--out", taken.to_str().unwrap()]);
        assert_eq!((exit, code(&report)), (2, "usage/arguments"), "{report:#}");
    }
    fs::write(project.path().join("build/report.html"), "mine").unwrap();
    assert_eq!(run(project.path(), &["report"]).0, 2);
    assert_eq!(fs::read_to_string(&mine).unwrap(), "<!doctype html>\n<p>mine");
    assert_eq!(fs::read_to_string(project.path().join("build/report.html")).unwrap(), "mine");
    assert!(fs::read(&archive).unwrap() == bytes);
    assert_eq!(names(place.path()), ["folder", "mine.html"]);
    let new = place.path().join("new.html");
    for _ in 0..2 {
        assert_eq!(run(project.path(), &["report", "--out", new.to_str().unwrap()]).0, 0);
    }
    assert_eq!(names(place.path()), ["folder", "mine.html", "new.html"]);
}

#[test]
fn no_page_is_put_among_the_assets() {
    let project = written(&showcase());
    let before = snapshot(project.path()).unwrap();
    for place in ["assets/page.html", "assets/ui/page.html", "build/../assets/page.html", "assets/.prometeu/page.html"]
    {
        fs::create_dir_all(project.path().join("build")).unwrap();
        let (exit, report) = run(project.path(), &["report", "--out", project.path().join(place).to_str().unwrap()]);
        assert_eq!((exit, code(&report)), (2, "usage/arguments"), "{place}: {report:#}");
    }
    fs::remove_dir(project.path().join("build")).unwrap();
    assert_eq!(snapshot(project.path()).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn no_link_in_the_project_is_followed_and_no_folder_is_made_elsewhere() {
    let project = written(&showcase());
    let outside = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(outside.path(), project.path().join("build")).unwrap();
    let (exit, report) = run(project.path(), &["report"]);
    assert_eq!((exit, code(&report)), (4, "trust/link"), "{report:#}");
    fs::remove_file(project.path().join("build")).unwrap();
    fs::create_dir(project.path().join("build")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("x"), project.path().join("build/report.html")).unwrap();
    assert_eq!(run(project.path(), &["report"]).0, 4);
    assert_eq!(names(outside.path()), Vec::<String>::new());
    let nowhere = outside.path().join("no/such/folder/page.html");
    let (exit, report) = run(project.path(), &["report", "--out", nowhere.to_str().unwrap()]);
    assert_eq!((exit, code(&report)), (2, "usage/arguments"), "{report:#}");
}

/// As `list`: what is wrong with single assets is on the page, and the command has done what it was asked for.
#[test]
fn the_exit_code_says_whether_the_project_could_be_read() {
    let broken = showcase().edited("assets/world/tiles/asset.json", "\"tile_size\": 16", "\"tile_size\": 12");
    let index = "assets/.prometeu/index.json";
    let newer = showcase().edited(index, "\"schema_version\": 2", "\"schema_version\": 99");
    for (files, exit, code) in [
        (broken, 0, "glyph/tile-size"),
        (showcase().without(index), 1, "registry/missing"),
        (newer, 3, "version/too-new"),
        (showcase().with(index, "{"), 4, "json/"),
    ] {
        let project = written(&files);
        let (page, found) = page_and_exit(project.path());
        assert_eq!(found, exit, "{code}");
        assert!(section(&page, "findings").contains(code), "{code} is not on the page");
        let (_, doctor) = run(project.path(), &["doctor"]);
        assert!(page.contains("A build would be refused."), "{code}");
        let summary = doctor["summary"].as_str().unwrap();
        assert!(page.contains(summary), "the doctor says {summary:?}, and the page does not");
    }
}

#[test]
fn a_project_is_named_once() {
    let project = written(&showcase());
    let place = project.path().to_str().unwrap();
    let (exit, report) = run(project.path(), &["report", place]);
    assert_eq!((exit, code(&report)), (2, "usage/arguments"), "{report:#}");
    let alone = std::process::Command::new(env!("CARGO_BIN_EXE_xtask")).args(["report", place]).output().unwrap();
    assert!(alone.status.success() && project.path().join("build/report.html").is_file(), "{alone:?}");
    let (exit, report) = run(&project.path().join("nowhere"), &["report"]);
    assert_eq!((exit, code(&report)), (2, "usage/project"));
}
