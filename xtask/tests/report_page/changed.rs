//! What the page says of a project that is no longer what the archive was made of.

use crate::{built, page, run, section};
use fixtures::showcase;
use std::fs;
use std::path::Path;

/// The line of the page about one asset.
fn line(page: &str, name: &str) -> String {
    let lines = section(page, "changes").split("<li><span class=\"chip").skip(1);
    let mut found = lines.filter(|line| line.contains(&format!("<b>{name}</b>")));
    let line = found.next().unwrap_or_else(|| panic!("nothing is said of {name}: {}", section(page, "changes")));
    assert_eq!(found.next(), None);
    line.to_owned()
}

fn edit(project: &Path, file: &str, from: &str, to: &str) {
    let file = project.join(file);
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{from} is not in {text}");
    fs::write(file, text.replacen(from, to, 1)).unwrap();
}

fn done(project: &Path, arguments: &[&str]) {
    let (exit, report) = run(project, arguments);
    assert_eq!(exit, 0, "{report:#}");
}

/// One asset of each kind of change, in a project whose last build is remembered, and in one whose is not.
#[test]
fn each_change_is_told_of_its_asset_and_of_no_other() {
    for is_remembered in [true, false] {
        let folder = built(&showcase());
        let project = folder.path();
        edit(project, "assets/ui/font/asset.json", "\"first_character\": 32", "\"first_character\": 33");
        edit(project, "assets/world/tiles/asset.json", "\"enabled\": true", "\"enabled\": false");
        edit(project, "assets/fx/burst/burst.pal", "0 0 0", "64 0 0");
        let sound = project.join("assets/sfx/world/jump.wav");
        let mut bytes = fs::read(&sound).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 0x40;
        fs::write(sound, bytes).unwrap();
        done(project, &["rename", "actors", "heroes", "--apply"]);
        done(project, &["exclude", "sfx_ui", "--apply"]);
        done(project, &["forget", "backdrop", "--apply"]);
        done(project, &["include", "boss_draft", "--apply"]);
        if !is_remembered {
            fs::remove_file(project.join("assets/.prometeu/cache.json")).unwrap();
        }
        let page = page(project);
        for (name, word, more) in [
            ("ui_font", "changed", "type or metadata"),
            ("world_tiles", "changed", "loaded at the start"),
            ("burst", "changed", "burst.pal</span> was edited"),
            ("sfx_world", "changed", "jump.wav</span> was edited"),
            ("heroes", "renamed", "It was called <b>actors</b>"),
            ("sfx_ui", "removed", "takes no part in builds"),
            ("backdrop", "removed", "does not have it any more"),
            ("boss_draft", "added", "drafts/boss"),
        ] {
            let line = line(&page, name);
            assert!(line.contains(&format!("\">{word}</span>")) && line.contains(more), "{name}: {line}");
        }
        assert!(!line(&page, "sfx_world").contains("coin.wav"));
        assert!(!line(&page, "ui_font").contains("bytes are others"));
        assert!(section(&page, "changes").contains("8 assets are not as the archive has"));
        done(project, &["build"]);
        let page = crate::page(project);
        assert!(
            section(&page, "changes").contains("a build would give the same archive"),
            "{}",
            section(&page, "changes")
        );
    }
}

#[test]
fn a_touched_file_is_no_change_and_one_that_blocks_is_not_told() {
    let folder = built(&showcase());
    let project = folder.path();
    for file in ["assets/fx/burst/burst.png", "assets/sfx/ui/click.wav"] {
        let bytes = fs::read(project.join(file)).unwrap();
        fs::write(project.join(file), bytes).unwrap();
    }
    // Bytes behind a sound's end are another file and the same payload.
    let sound = project.join("assets/sfx/world/coin.wav");
    fs::write(&sound, [fs::read(&sound).unwrap(), b"more".to_vec()].concat()).unwrap();
    assert!(section(&page(project), "changes").contains("a build would give the same archive"));
    edit(project, "assets/world/tiles/asset.json", "\"tile_size\": 16", "\"tile_size\": 12");
    let page = page(project);
    assert!(line(&page, "world_tiles").contains("the findings say why"));
    let findings = section(&page, "findings");
    assert!(findings.contains("glyph/tile-size") && findings.contains("blocks builds"), "{findings}");
    assert!(findings.contains("<mark>12</mark>") && findings.contains("write 8, 16 or 32"), "{findings}");
    assert!(page.contains("A build would be refused."));
}

/// The file is for tools, and anybody may have written it.
#[test]
fn where_the_provenance_is_of_no_use_the_page_says_so() {
    let folder = built(&showcase());
    let project = folder.path();
    let file = project.join("build/asset_table_metadata.json");
    let good = fs::read_to_string(&file).unwrap();
    edit(project, "assets/fx/burst/burst.pal", "0 0 0", "64 0 0");
    for (text, why) in [
        (good.replacen("\"payload_bytes\":34816", "\"payload_bytes\":34815", 1), "it is about another archive"),
        (good.replacen("\"schema_version\":1", "\"schema_version\":2", 1), "it is about another archive"),
        (good[..good.len() / 2].to_owned(), "it is not what a build writes"),
        ("[".repeat(100_000), "it is not what a build writes"),
    ] {
        fs::write(&file, text).unwrap();
        let page = page(project);
        assert!(section(&page, "changes").contains(why), "{}", section(&page, "changes"));
        assert!(section(&page, "sheets").contains(why) && section(&page, "sheets").matches("<img ").count() == 5);
        assert!(line(&page, "burst").contains("Its bytes are others."));
    }
    // It fits the archive, and its words are somebody's.
    fs::write(&file, good.replace("burst.pal", "<script>alert(1)</script>\\u202e")).unwrap();
    let page = page(project);
    assert!(
        line(&page, "burst").contains(r"&lt;script&gt;alert(1)&lt;/script&gt;\u{202e}</span> is gone"),
        "{}",
        line(&page, "burst")
    );
}

/// What the runtime is told of each asset is let go where it is very much; payloads are compared all the same.
#[test]
fn a_header_that_is_too_large_to_keep_is_said_to_be() {
    let mut files = showcase();
    let texts = |from: usize| -> String {
        (from..from + 15).map(|at| format!("\"text{at}\": \"{}\", ", "x".repeat(60_000))).collect()
    };
    for root in ["world/tiles", "actors", "ui/font", "fx/burst", "world/backdrop"] {
        let path = format!("assets/{root}/asset.json");
        files.edit(&path, "\"metadata\": {", &format!("\"metadata\": {{ {}", texts(0)));
    }
    let folder = built(&files);
    let page = page(folder.path());
    let changes = section(&page, "changes");
    assert!(changes.contains("was not compared") && changes.contains("No name and no payload changed"), "{changes}");
    let (contents, sounds) = (section(&page, "contents"), section(&page, "sounds"));
    assert!(!contents.contains("tiles of") && !sounds.contains(", ,"), "{sounds}");
    assert_eq!(section(&page, "sheets").matches("<img ").count(), 5);
    edit(folder.path(), "assets/ui/font/asset.json", "\"first_character\": 32", "\"first_character\": 33");
    done(folder.path(), &["rename", "actors", "heroes", "--apply"]);
    let page = crate::page(folder.path());
    assert!(section(&page, "changes").contains("was not compared") && line(&page, "heroes").contains("actors"));
}
