//! Every limit that `limits` prints is hit by something, at its edge: the last value that lets a project through, and the
//! first that refuses it. Projects stay small; it is the limit that is brought down to them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod program;

use fixtures::Files;
use fixtures::broken::both;
use serde_json::Value;
use std::collections::BTreeSet;

/// A limit, the least value under which the project below passes, what is asked, and the code under one less.
struct Edge {
    limit: &'static str,
    value: u64,
    asked: &'static [&'static str],
    code: &'static str,
    exit: i32,
}

const DOCTOR: &[&str] = &["doctor"];

fn edges(files: &Files) -> Vec<Edge> {
    let length = |path: &str| files.get(path).unwrap().len() as u64;
    let edge = |limit, value, code, exit| Edge { limit, value, asked: DOCTOR, code, exit };
    vec![
        edge("declaration-bytes", length("assets/ui/asset.json"), "trust/too-large", 4),
        edge("control-file-bytes", length(fixtures::INDEX), "trust/too-large", 4),
        edge("input-bytes", length("assets/ui/a.png"), "trust/too-large", 4),
        edge("palette-bytes", length("assets/ui/a.gpl"), "trust/too-large", 4),
        // Registry, list, entry; declaration, output, metadata.
        edge("json-depth", 3, "json/too-deep", 4),
        // A uuid.
        edge("json-string-bytes", 36, "json/too-long", 4),
        // Keys, values, lists and objects of the declaration of `ui`.
        edge("json-values", 31, "json/too-long", 4),
        edge("object-members", 7, "json/too-long", 4),
        edge("metadata-levels", 1, "declaration/metadata-invalid", 1),
        edge("metadata-members", 1, "declaration/metadata-invalid", 1),
        edge("registered-assets", 2, "trust/too-many", 4),
        edge("asset-inputs", 2, "trust/too-many", 4),
        edge("image-side", 8, "image/too-large", 1),
        edge("image-area", 64, "image/too-large", 1),
        // The picture data is stored, not compressed, and so a little longer than the rows.
        edge("decoder-bytes", 275, "image/too-large", 1),
        Edge { asked: &["doctor", "--workspace"], ..edge("files-walked", 8, "trust/too-many", 0) },
        Edge {
            asked: &["verify", "build/assets.pa"],
            ..edge("archive-header-bytes", 432, "archive/header-too-large", 1)
        },
    ]
}

/// Limits that are tried elsewhere: a case of the hostile kit, or a test.
const ELSEWHERE: [(&str, &str); 3] = [
    ("cache-bytes", "objects/giant-cache"),
    ("frame-bytes", "xtask/tests/edges.rs: a frame"),
    ("frame-header-bytes", "xtask/tests/edges.rs: the header of a frame"),
];

#[test]
fn each_limit_is_hit_at_its_edge() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path();
    both().write(project).unwrap();
    assert_eq!(program::run(&["build"], project).unwrap().exit, 0);
    for Edge { limit, value, asked, code, exit } in edges(&both()) {
        let under = |value: u64| {
            // An archive is named as it is seen from elsewhere.
            let archive = project.join("build/assets.pa").display().to_string();
            let words = asked.iter().map(|word| if *word == "build/assets.pa" { archive.as_str() } else { word });
            let setting = format!("{limit}={value}");
            let words: Vec<&str> = words.chain(["--limit", &setting]).collect();
            let run = program::run(&words, project).unwrap();
            (run.exit, codes(&run.report))
        };
        let (last, first) = (under(value), under(value - 1));
        assert!(last.0 == 0 && !last.1.contains(code), "{limit}={value} refuses: {last:?}");
        assert!(first.0 == exit && first.1.contains(code), "{limit}={} lets through: {first:?}", value - 1);
    }
}

#[test]
fn no_limit_is_left_out() {
    let kit: BTreeSet<String> = fixtures::hostile::kit().into_iter().map(|attack| attack.name).collect();
    let mut tried: BTreeSet<String> = edges(&both()).iter().map(|edge| edge.limit.to_owned()).collect();
    for (limit, place) in ELSEWHERE {
        assert!(place.contains(' ') || kit.contains(place), "the kit has no {place}");
        assert!(tried.insert(limit.to_owned()), "{limit} is tried twice");
    }
    let folder = tempfile::tempdir().unwrap();
    let report = program::run(&["limits"], folder.path()).unwrap().report;
    let rows = report["result"]["limits"].as_array().unwrap();
    let names: BTreeSet<String> = rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(tried, names);
}

/// A million files, where somebody has the time; a few, where the limit is brought down to them.
#[test]
fn a_folder_of_too_many_files_is_left_at_the_limit() {
    let count: u32 = std::env::var("PROMETEU_FILES").ok().and_then(|text| text.parse().ok()).unwrap_or(3000);
    let folder = tempfile::tempdir().unwrap();
    both().write(folder.path()).unwrap();
    for at in 0..count {
        let place = folder.path().join(format!("assets/many/{}", at / 1000));
        if at % 1000 == 0 {
            std::fs::create_dir_all(&place).unwrap();
        }
        std::fs::write(place.join(format!("{at}.txt")), at.to_string()).unwrap();
    }
    let setting = format!("files-walked={}", count / 2);
    let run = program::run(&["doctor", "--workspace", "--limit", &setting], folder.path()).unwrap();
    assert_eq!((run.exit, codes(&run.report).contains("trust/too-many")), (0, true));
    assert_eq!(program::run(&["build", "--check"], folder.path()).unwrap().exit, 0, "what nobody needs blocks nothing");
}

fn codes(report: &Value) -> BTreeSet<String> {
    report["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["code"].as_str().unwrap().to_owned())
        .collect()
}
