//! Somebody who has never seen the packer follows `docs/migration.md`, command by command as it stands there, in the
//! repository of an old game: from "CI says migration/pending" to a commit, and back.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use fixtures::{Entry, snapshot};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const DOCS: &str = include_str!("../../docs/migration.md");

/// The commands of the `at`-th block of the page, without their comments.
fn block(at: usize) -> Vec<&'static str> {
    let block = DOCS.split("```sh\n").nth(at + 1).unwrap().split("```").next().unwrap();
    block.lines().map(|line| line.split(" #").next().unwrap().trim()).collect()
}

/// The words of a command; quotes hold some together.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('"').enumerate();
    parts
        .flat_map(|(at, part)| match at % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        })
        .collect()
}

/// Gives a command as it stands in the docs; `id` is what the reader fills in for ID.
fn give(line: &str, game: &Path, id: &str) -> Output {
    let fill = |word: String| match &*word {
        "GAME" => game.to_str().unwrap().to_owned(),
        "ID" => id.to_owned(),
        _ => word,
    };
    let words: Vec<String> = words(line).into_iter().map(fill).collect();
    let (mut command, arguments) = match &words[..] {
        [cargo, xtask, rest @ ..] if cargo == "cargo" && xtask == "xtask" => {
            (Command::new(env!("CARGO_BIN_EXE_xtask")), rest)
        }
        [git, rest @ ..] if git == "git" => (Command::new("git"), rest),
        _ => panic!("the docs ask for something else: {line}"),
    };
    for (name, value) in [("GIT_CONFIG_GLOBAL", ""), ("GIT_CONFIG_NOSYSTEM", "1")] {
        command.env(name, value);
    }
    for person in ["AUTHOR", "COMMITTER"] {
        command
            .env(format!("GIT_{person}_NAME"), "somebody")
            .env(format!("GIT_{person}_EMAIL"), "somebody@example.org");
    }
    command.args(arguments).output().unwrap()
}

fn succeed(line: &str, game: &Path, id: &str) -> String {
    let output = give(line, game, id);
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "`{line}`: {said}");
    said
}

fn assets(game: &Path) -> BTreeMap<String, Entry> {
    let mut all = snapshot(game).unwrap();
    all.retain(|path, _| path.starts_with("assets/"));
    all.retain(|path, _| !["assets/.prometeu/txn", "assets/.prometeu/cache"].iter().any(|own| path.starts_with(own)));
    all
}

#[test]
fn a_stranger_gets_from_pending_to_a_commit_and_back() {
    let place = tempfile::tempdir().unwrap();
    let game = &place.path().join("game");
    fixtures::frozen::workspace("asset-mixed-index-1").unwrap().write(game).unwrap();
    // Nobody called `init` when this was made.
    fs::remove_file(game.join("assets/.prometeu/.gitignore")).unwrap();
    fs::write(game.join(".gitignore"), "/assets/local/\n/build/\n").unwrap();
    for line in ["git init GAME", "git -C GAME add .", "git -C GAME commit -m \"An old game\""] {
        succeed(line, game, "");
    }
    let before = assets(game);
    succeed("cargo xtask build --project GAME", game, "");
    let archive = fs::read(game.join("build/assets.pa")).unwrap();
    let check = "cargo xtask migrate --check --project GAME";
    assert_eq!(give(check, game, "").status.code(), Some(1));

    let mut id = String::new();
    for line in block(0) {
        let said = succeed(line, game, "");
        if line.contains("--apply") {
            let word = |word: &&str| word.len() > 20 && word.contains("Z-");
            id = said
                .split(|c: char| c.is_whitespace() || c == '`')
                .find(word)
                .unwrap()
                .trim_end_matches(';')
                .to_owned();
        }
    }
    assert!(fs::read(game.join("build/assets.pa")).unwrap() == archive, "the archive is another");
    assert_eq!(succeed("git -C GAME status --porcelain", game, ""), "", "something was left uncommitted");
    let tracked = succeed("git -C GAME ls-files assets/.prometeu", game, "");
    let expected = [".gitattributes", ".gitignore", "index.json"].map(|name| format!("assets/.prometeu/{name}\n"));
    assert_eq!(tracked, expected.concat(), "the packer's records were committed");

    for line in block(1) {
        succeed(line, game, &id);
    }
    let mut after = assets(game);
    after.retain(|path, _| !path.starts_with("assets/.prometeu/.git"));
    assert_eq!(after.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
    assert!(after == before, "not all bytes are those of before");
    assert_eq!(give(check, game, "").status.code(), Some(1));
}
