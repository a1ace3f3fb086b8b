//! Folders of pictures and sounds become assets through the program: previewed, carried out, built and undone.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod program;
mod shape;

use fixtures::declaration::{Asset, Kind};
use fixtures::png::Picture;
use fixtures::{Entry, Files, INDEX, project_content, snapshot, wav};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Runs a command, and checks that its report has the shape of all reports.
fn run(project: &Path, arguments: &[&str]) -> (i32, Value) {
    let run = program::run(arguments, project).unwrap();
    shape::check(&run.report, arguments[0], run.exit).unwrap();
    (run.exit, run.report)
}

/// A project with these files below `assets/`, and a registry that never gave an id away.
fn project(files: Files) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    files.with(INDEX, fixtures::declaration::registry(1, &[])).write(folder.path()).unwrap();
    folder
}

/// A picture of `count` colours, each another one in RGB565, that differ from those of another `hue`.
fn picture(side: u32, hue: u8, count: u32) -> Vec<u8> {
    Picture::rgba(side, side, |x, y| [hue, ((x + side * y) % count * 4) as u8, 0, 255]).encode()
}

fn sound(rate: u32, channels: u16) -> Vec<u8> {
    wav::Format::integers(rate, channels, 16).file(&[0.5, -0.5, 0.25, -0.25])
}

/// What is the project's own.
fn content(project: &Path) -> BTreeMap<String, Entry> {
    project_content(project).unwrap()
}

fn codes(findings: &Value) -> Vec<&str> {
    findings.as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

fn declaration(project: &Path, root: &str) -> (String, Value) {
    let text = fs::read_to_string(project.join("assets").join(root).join("asset.json")).unwrap();
    let value = serde_json::from_str(&text).unwrap();
    (text, value)
}

fn heroes() -> Files {
    let mut files = Files::default();
    for (name, hue) in [("walk10.png", 8), ("walk2.png", 40), ("Idle.png", 80), ("extra/jump.PNG", 120)] {
        files.put(&format!("assets/Hero Sprites/{name}"), picture(16, hue, 9));
    }
    files.with("assets/Hero Sprites/notes.txt", "no input").with("assets/Hero Sprites/.cache/x.png", "no input")
}

#[test]
fn a_folder_of_pictures_is_previewed_registered_built_and_given_back() {
    let folder = project(heroes());
    let project = folder.path();
    let before = snapshot(project).unwrap();
    let (exit, preview) = run(project, &["register", "Hero Sprites"]);
    assert_eq!((exit, &preview["result"]["class"]), (0, &Value::from("workspace")), "{preview:#}");
    assert_eq!(snapshot(project).unwrap(), before, "a preview wrote something");
    let created: Vec<&str> =
        preview["result"]["workspace"].as_array().unwrap().iter().map(|row| row["path"].as_str().unwrap()).collect();
    assert!(
        created.contains(&"assets/Hero Sprites/palettes/00.gpl") && created.contains(&"assets/Hero Sprites/asset.json")
    );
    let shown = preview["result"]["workspace"]
        .as_array()
        .unwrap()
        .iter()
        .find_map(|row| serde_json::from_str::<Value>(row["detail"].as_str().unwrap()).ok());
    assert_eq!(shown.unwrap()["asset_uuid"], "(minted on apply)");

    let id = preview["result"]["preview_id"].as_str().unwrap();
    let (exit, applied) = run(project, &["register", "Hero Sprites", "--apply", id]);
    assert_eq!((exit, &applied["result"]["applied"]), (0, &Value::from(true)), "{applied:#}");
    let (text, value) = declaration(project, "Hero Sprites");
    // No two of four pictures with nine colours each fit into one palette.
    let palettes = vec!["palettes/00.gpl", "palettes/01.gpl", "palettes/02.gpl", "palettes/03.gpl"];
    let wanted = Asset {
        id: 1,
        uuid: value["asset_uuid"].as_str().unwrap().to_owned(),
        root: "Hero Sprites".to_owned(),
        name: "hero_sprites".to_owned(),
        kind: Kind::Glyph,
        inputs: vec![
            ("sprites", vec!["extra/jump.PNG", "Idle.png", "walk2.png", "walk10.png"]),
            ("palettes", palettes),
        ],
        metadata: vec![("tile_size", "16".to_owned())],
        build: vec![],
        preload: false,
        included: true,
    };
    assert_eq!(text, wanted.declaration());
    assert_eq!(fs::read_to_string(project.join(INDEX)).unwrap(), fixtures::declaration::registry(2, &[wanted]));

    let (exit, doctor) = run(project, &["doctor"]);
    assert_eq!((exit, codes(&doctor["diagnostics"])), (0, vec![]), "{doctor:#}");
    assert_eq!(run(project, &["build"]).0, 0);
    let archive = project.join("build/assets.pa");
    assert_eq!(run(project, &["verify", archive.to_str().unwrap()]).0, 0);

    let id = applied["result"]["transaction_id"].as_str().unwrap();
    assert_eq!(run(project, &["undo", id, "--apply"]).0, 0);
    let mut wanted = before;
    // An id that was given away stays used.
    let empty = fixtures::declaration::registry(2, &[]);
    wanted.insert(INDEX.to_owned(), Entry::File(empty.into_bytes()));
    assert_eq!(content(project), wanted);
}

#[test]
fn sounds_with_several_channels_are_mixed() {
    let files = Files::default().with("assets/sfx/b.wav", sound(22_050, 2)).with("assets/sfx/a.wav", sound(22_050, 1));
    let folder = project(files);
    let (exit, applied) = run(folder.path(), &["register", "sfx", "--apply", "--name", "effects"]);
    assert_eq!((exit, codes(&applied["diagnostics"])), (0, vec![]), "{applied:#}");
    let (_, value) = declaration(folder.path(), "sfx");
    assert_eq!((&value["type"], &value["name"]), (&Value::from("sound_bank"), &Value::from("effects")));
    assert_eq!(value["inputs"]["sources"], serde_json::json!(["a.wav", "b.wav"]));
    assert_eq!(value["build"]["channel_mix"], "average");
    assert_eq!(run(folder.path(), &["build"]).0, 0);
}

#[test]
fn partial_alpha_gets_a_threshold_and_a_palette_that_is_none_is_left_out() {
    let soft = Picture::rgba(8, 8, |x, _| [0, x as u8 * 4, 0, 60 + x as u8 * 20]).encode();
    let files = Files::default()
        .with("assets/soft/a.png", soft)
        .with("assets/soft/palettes/many.hex", "102030\n".repeat(32))
        .with("assets/own/a.png", picture(8, 0, 2))
        .with("assets/own/own.gpl", fixtures::palette::gpl("own", &[[9, 9, 9], [0, 0, 0], [0, 4, 0]]));
    let folder = project(files);
    for root in ["soft", "own"] {
        let (exit, applied) = run(folder.path(), &["register", root, "--apply"]);
        assert_eq!((exit, codes(&applied["diagnostics"])), (0, vec![]), "{applied:#}");
    }
    let (_, soft) = declaration(folder.path(), "soft");
    assert_eq!(soft["build"], serde_json::json!({ "alpha_threshold": 128 }));
    assert_eq!(soft["inputs"]["palettes"], serde_json::json!(["palettes_2/00.gpl"]));
    assert_eq!(declaration(folder.path(), "own").1["inputs"]["palettes"], serde_json::json!(["own.gpl"]));
    assert_eq!(run(folder.path(), &["build"]).0, 0);
}

#[test]
fn what_is_wrong_with_the_bank_warns_and_does_not_stop_it() {
    let files =
        Files::default().with("assets/wild/a.png", picture(16, 0, 60)).with("assets/wild/b.png", picture(12, 0, 3));
    let folder = project(files);
    let (exit, preview) = run(folder.path(), &["register", "wild"]);
    assert_eq!((exit, codes(&preview["result"]["blockers"])), (0, vec![]), "{preview:#}");
    assert_eq!(codes(&preview["result"]["warnings"]), ["glyph/no-palette", "glyph/size-not-multiple"]);
    let (exit, _) = run(folder.path(), &["register", "wild", "--apply"]);
    assert_eq!(exit, 0);
    assert_eq!(run(folder.path(), &["doctor"]).0, 1);
    assert!(declaration(folder.path(), "wild").1["inputs"]["palettes"].is_null());
}

#[test]
fn what_is_named_is_taken_and_nothing_else() {
    let folder = project(heroes());
    let arguments = ["register", "Hero Sprites", "--type", "glyph_bank", "--tile-size", "8", "--apply"];
    let inputs = ["--input", "sprites=walk10.png", "--input", "sprites=Idle.png"];
    let (exit, applied) = run(folder.path(), &[&arguments[..], &inputs[..]].concat());
    assert_eq!(exit, 0, "{applied:#}");
    let (_, value) = declaration(folder.path(), "Hero Sprites");
    assert_eq!(value["inputs"]["sprites"], serde_json::json!(["walk10.png", "Idle.png"]));
    assert_eq!(value["output"]["metadata"]["tile_size"], 8);
    assert_eq!(run(folder.path(), &["build"]).0, 0);
}

#[test]
fn a_preview_is_stale_once_a_file_changed_or_came() {
    for (path, bytes) in [("walk2.png", picture(16, 41, 9)), ("new.png", picture(16, 8, 9))] {
        let folder = project(heroes());
        let (_, preview) = run(folder.path(), &["register", "Hero Sprites"]);
        fs::write(folder.path().join("assets/Hero Sprites").join(path), bytes).unwrap();
        let before = content(folder.path());
        let id = preview["result"]["preview_id"].as_str().unwrap();
        let (exit, report) = program::run(&["register", "Hero Sprites", "--apply", id], folder.path())
            .map(|run| (run.exit, run.report))
            .unwrap();
        assert_eq!((exit, codes(&report["diagnostics"])), (5, vec!["plan/stale"]), "{report:#}");
        assert_eq!(content(folder.path()), before);
    }
}

#[test]
fn what_stands_in_the_way_is_said_and_nothing_is_written() {
    let files = heroes()
        .with("assets/both/a.png", picture(8, 0, 1))
        .with("assets/both/a.wav", sound(8_000, 1))
        .with("assets/songs/a.ogg", "OggS")
        .with("assets/adopted/asset.json", "{}")
        .with("assets/adopted/inner/a.png", picture(8, 0, 1))
        .with("assets/hard/con.png", picture(8, 0, 1))
        .with("assets/file", "");
    let folder = project(files);
    let project = folder.path();
    assert_eq!(run(project, &["register", "Hero Sprites", "--name", "taken", "--apply"]).0, 0);
    let before = content(project);
    for (arguments, code, exit) in [
        (&["nowhere"][..], "registry/root-missing", 1),
        (&["file"], "trust/not-regular", 4),
        (&["../outside"], "trust/outside-root", 4),
        (&["hero sprites"], "trust/name-collision", 4),
        (&["Hero Sprites"], "registry/duplicate-root", 1),
        (&["Hero Sprites/extra"], "registry/nested-root", 1),
        (&["adopted"], "plan/blocked", 1),
        (&["adopted/inner"], "registry/nested-root", 1),
        (&["songs", "--type", "sound_bank"], "declaration/input-missing", 1),
        (&["hard"], "trust/name-not-portable", 4),
        (&["both"], "usage/arguments", 2),
        (&["songs"], "usage/arguments", 2),
        (&["both", "--type", "sound_bank", "--tile-size", "8"], "usage/arguments", 2),
        (&["both", "--type", "glyph_bank", "--tile-size", "12"], "glyph/tile-size", 1),
        (&["both", "--type", "glyph_bank", "--name", "taken"], "declaration/name-duplicate", 1),
        (&["both", "--type", "glyph_bank", "--name", "Ä"], "declaration/name-invalid", 1),
        (&["both", "--type", "glyph_bank", "--input", "sprites=b.png"], "declaration/input-missing", 1),
        (&["both", "--type", "glyph_bank", "--input", "sprites=../file"], "trust/outside-root", 4),
        (&["both", "--type", "glyph_bank", "--input", "sources=a.wav"], "declaration/unknown-role", 1),
        (&["both", "--type", "glyph_bank", "--input", "pictures=a.png"], "declaration/unknown-role", 1),
        (&["both", "--type", "glyph_bank", "--input", "a.png"], "usage/arguments", 2),
    ] {
        for apply in [&[][..], &["--apply"]] {
            let (found, report) = run(project, &[&["register"], arguments, apply].concat());
            assert_eq!((found, codes(&report["diagnostics"])), (exit, vec![code]), "{arguments:?} {report:#}");
            assert!(report["diagnostics"][0]["help"].is_string(), "{arguments:?}");
        }
    }
    assert_eq!(content(project), before);
}

#[cfg(unix)]
#[test]
fn links_are_passed_over_and_said() {
    let folder = project(heroes().with("outside.png", picture(16, 0, 1)));
    let link = folder.path().join("assets/Hero Sprites/link.png");
    std::os::unix::fs::symlink(folder.path().join("outside.png"), link).unwrap();
    let (exit, applied) = run(folder.path(), &["register", "Hero Sprites", "--apply"]);
    assert_eq!((exit, codes(&applied["diagnostics"])), (0, vec!["hygiene/link"]), "{applied:#}");
    assert_eq!(declaration(folder.path(), "Hero Sprites").1["inputs"]["sprites"].as_array().unwrap().len(), 4);
    std::os::unix::fs::symlink("Hero Sprites", folder.path().join("assets/linked")).unwrap();
    assert_eq!(run(folder.path(), &["register", "linked"]).0, 4);
}
