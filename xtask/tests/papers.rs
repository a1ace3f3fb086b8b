//! What the written pages tell a reader to open or to run is there: links, headings, paths and commands in every Markdown
//! file and in every explanation of a code; and the README's way from pictures to an archive is gone, as it stands.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use prometeu_packer::doctor::rules;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Every Markdown file of the repository but those of other people's making.
fn pages() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut left = vec![repository()];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let (path, name) = (entry.path(), entry.file_name().into_string().unwrap());
            if entry.file_type().unwrap().is_dir() {
                let is_ours = !name.starts_with('.') && !matches!(&*name, "target" | "node_modules" | "artifacts");
                left.extend(is_ours.then_some(path));
            } else if name.ends_with(".md") {
                found.push((path.clone(), fs::read_to_string(path).unwrap()));
            }
        }
    }
    assert!(found.len() > 8, "the pages were not found");
    found.sort();
    found
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The anchor that a heading gets where Markdown is shown.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect::<String>().to_lowercase()
}

#[test]
fn every_link_leads_somewhere() {
    for (path, text) in pages() {
        for link in text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link) {
            if link.starts_with("https://") {
                continue;
            }
            let (file, heading) = link.split_once('#').map_or((link, None), |(file, heading)| (file, Some(heading)));
            let target = if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            assert!(target.exists(), "{} links to {link}, which is not there", path.display());
            let Some(heading) = heading else { continue };
            let text = fs::read_to_string(&target).unwrap();
            let anchors =
                text.lines().filter_map(|line| line.strip_prefix('#')).map(|line| line.trim_matches(['#', ' ']));
            assert!(
                anchors.map(anchor).any(|found| found == heading),
                "{} links to {link}: no heading",
                path.display()
            );
        }
    }
}

#[test]
fn every_path_that_is_named_exists() {
    let mut wrong = Vec::new();
    // The first folder of a path is what makes it one of the repository.
    let tops = [
        "packer/",
        "xtask/",
        "studio-adapter/",
        "fixtures/",
        "simulator/",
        "schemas/",
        "docs/",
        "fuzz/",
        ".config/",
        ".github/",
        ".ci/",
    ];
    // A method of the Studio protocol looks like a path.
    let protocol = fs::read_to_string(repository().join("studio-adapter/PROTOCOL.md")).unwrap();
    let is_method = |quoted: &str| quoted.starts_with("packer/") && protocol.contains(&format!("`{quoted}`"));
    for (path, text) in pages() {
        for quoted in text.split('`').skip(1).step_by(2).filter(|quoted| tops.iter().any(|top| quoted.starts_with(top)))
        {
            let is_pattern = quoted.contains(|c: char| {
                c.is_whitespace() || "*<{…".contains(c) || c.is_ascii_uppercase() || c == '_' && quoted.contains("vN")
            });
            if !is_pattern && !is_method(quoted) {
                let there = repository().join(quoted.trim_end_matches('/')).exists();
                wrong.extend((!there).then(|| format!("{} names `{quoted}`", path.display())));
            }
        }
    }
    assert!(wrong.is_empty(), "not there: {wrong:#?}");
}

/// The words behind `cargo xtask` in this text, as far as they belong to one command.
fn commands(text: &str) -> Vec<Vec<String>> {
    let ends = ['`', '\n', '#', '|', '&', ';', '"', '\'', ')', '('];
    // A remark stands behind two spaces.
    let command =
        |rest: &str| rest.split(ends).next().unwrap_or_default().split("  ").next().unwrap_or_default().to_owned();
    let words =
        |line: String| line.split_whitespace().map(|word| word.trim_end_matches([',', '.', ':']).to_owned()).collect();
    let found = text.split("cargo xtask ").skip(1).map(command).map(words);
    found.filter(|words: &Vec<String>| !words.is_empty()).collect()
}

#[test]
fn every_command_that_is_named_is_one() {
    let mut texts: Vec<(String, String)> =
        pages().into_iter().map(|(path, text)| (path.display().to_string(), code(&text))).collect();
    texts.extend(rules::all().iter().map(|rule| {
        let text = [rule.what, rule.why, rule.example, rule.repair].join("\n").replace("{program}", "cargo xtask");
        (format!("the text of {}", rule.code.as_str()), text)
    }));
    let (mut tried, mut wrong) = (BTreeSet::new(), Vec::new());
    for (place, text) in texts {
        for words in
            commands(&text).into_iter().filter(|words| !words[0].starts_with(['…', '<']) && words[0] != "COMMAND")
        {
            if !tried.insert(words.clone()) {
                continue;
            }
            // `--help` ends the reading of a command line that was right up to there.
            let output = Command::new(env!("CARGO_BIN_EXE_xtask")).args(&words).arg("--help").output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            let said = said.lines().next().unwrap_or_default();
            wrong.extend(
                (!output.status.success()).then(|| format!("{place}: `cargo xtask {}`: {said}", words.join(" "))),
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(tried.len() > 20, "only {} commands were found", tried.len());
}

/// What a page sets as code: quoted words and fenced blocks.
fn code(text: &str) -> String {
    let mut code = String::new();
    for (at, part) in text.split("```").enumerate() {
        match at % 2 {
            1 => code += part,
            _ => part.split('`').skip(1).step_by(2).for_each(|quoted| {
                code += quoted;
                code.push('\n');
            }),
        }
    }
    code
}

#[test]
fn the_readme_s_way_from_pictures_to_an_archive_can_be_gone() {
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    let block = readme.split("```sh\n").find(|block| block.contains("mkdir mygame")).unwrap();
    let block = block.split("```").next().unwrap();
    if !cfg!(unix) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let art = folder.path().join("art/hero");
    fs::create_dir_all(&art).unwrap();
    let pictures = repository().join("fixtures/projects/showcase/assets/actors");
    for entry in fs::read_dir(pictures).unwrap() {
        let entry = entry.unwrap();
        if entry.path().extension().is_some_and(|extension| extension == "png") {
            fs::copy(entry.path(), art.join(entry.file_name())).unwrap();
        }
    }
    let script = block.replace("cargo xtask", env!("CARGO_BIN_EXE_xtask"));
    let output = Command::new("sh").args(["-e", "-c", &script]).current_dir(folder.path()).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    assert!(folder.path().join("mygame/build/assets.pa").is_file(), "{out}{err}");
}
