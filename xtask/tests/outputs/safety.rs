//! No text of a project, and no word of the command line, gets out of its place: whatever it holds, every format shows
//! printable characters in its own lines and can be read.

use crate::judge;
use crate::{MACHINE, exit, run};
use fixtures::forgery::{BAITS, forgeries};
use std::path::Path;
use std::process::Output;

#[test]
fn a_terminal_and_a_log_are_left_alone() {
    everywhere(BAITS[0]);
}

#[test]
fn a_command_that_begins_a_name_begins_no_line() {
    everywhere(BAITS[1]);
}

#[test]
fn a_command_within_a_line_and_markup_are_text() {
    everywhere(BAITS[2]);
}

#[test]
fn a_string_does_not_end_before_it_is_over() {
    everywhere(BAITS[3]);
}

/// The bait in every place of a project, then in the words of the command line.
fn everywhere(bait: &str) {
    for (name, files) in forgeries(bait) {
        let folder = tempfile::tempdir().unwrap();
        // Not every system has such file names.
        if files.write(folder.path()).is_err() {
            continue;
        }
        for command in [&["doctor"][..], &["migrate"]] {
            every_format(name, command, folder.path(), &["human", "json", "sarif", "github", "junit"]);
        }
        for command in
            [&["list"][..], &["show", "1"], &["exclude", "1"], &["forget", "1"], &["quarantine", "1"], &["remove", "1"]]
        {
            every_format(name, command, folder.path(), &["human", "json"]);
        }
    }
    words(bait);
    #[cfg(unix)]
    folder(bait);
}

fn words(bait: &str) {
    let folder = crate::written(&fixtures::showcase());
    let project = folder.path();
    for command in [
        &["show", bait][..],
        &["explain", bait],
        &["list", "--limit", bait],
        &["window", "--window-floor", bait],
        &["adopt", bait],
        &["undo", bait],
        &["list", "--threads", bait],
        &["forget", bait],
        &["remove", bait, "--confirm", bait],
        &["remove", "1", "--confirm", bait],
        &["quarantine", bait],
        &["restore", bait],
        &["relocate", bait, bait],
        &["relocate", "1", bait],
        &["rename", bait, bait],
        &["rename", "1", bait],
        &["include", bait],
        &["exclude", bait],
        &["adopt", bait, "--new-identity"],
        &["register", bait],
        &["register", "actors", "--name", bait],
        &["register", "actors", "--input", &format!("sprites={bait}")],
        &["register", "actors", "--type", bait],
        &["exclude", "1", "--apply", bait],
        &["recover", bait],
        &["history", bait],
        &["init", bait],
        &["report", bait],
        &["report", "--out", &format!("no-such-folder/{bait}")],
    ] {
        every_format("a word", command, project, &["human", "json"]);
    }
    for command in [
        &[bait][..],
        &["doctor", bait],
        &["doctor", "--fix", "--only", bait],
        &["doctor", "--fix", "--only", "trust/link"],
        &["verify", bait],
        &["build", &format!("--{bait}")],
        &["migrate", "--rollback", bait],
        &["gate", "--only", bait],
        &["doctor", "--wait", bait],
        &["migrate", "--forget", bait],
        &["migrate", "--apply", bait],
    ] {
        every_format("a word", command, project, &["human", "json", "sarif", "github", "junit"]);
    }
    every_format("a word", &["list", &format!("--format={bait}")], project, &[]);
}

/// A project whose own folder is named like that.
#[cfg(unix)]
fn folder(bait: &str) {
    let above = tempfile::tempdir().unwrap();
    let project = above.path().join(bait.replace('/', "|"));
    fixtures::showcase().write(&project).unwrap();
    for command in [&["doctor"][..], &["build", "--check"], &["build"]] {
        every_format("the folder", command, &project, &["human", "json", "sarif", "github", "junit"]);
    }
    every_format("the folder", &["list", "--project", "x"], &project, &["human", "json"]);
}

fn every_format(name: &str, command: &[&str], project: &Path, formats: &[&str]) {
    let mut exits = Vec::new();
    let runs = formats.iter().map(|format| (*format, [command, &["--format", format]].concat()));
    let runs = if formats.is_empty() { vec![("human", command.to_vec())] } else { runs.collect() };
    for (format, arguments) in runs {
        let output = run(&arguments, project);
        let what = format!("{name}: {arguments:?}");
        harmless(&output, format, &what);
        if MACHINE.contains(&format) {
            let answer = String::from_utf8(output.stdout.clone()).unwrap();
            match format {
                "json" => drop(judge::json(&answer)),
                "sarif" => drop(judge::sarif(&answer)),
                "github" => drop(judge::github(&answer)),
                _ => drop(judge::junit(&answer)),
            }
        }
        exits.push(exit(&output));
    }
    exits.dedup();
    assert_eq!(exits.len(), 1, "{name}: {command:?} exits differently by format: {exits:?}");
}

/// Only printable characters and line feeds; no line that a build service takes for a command, but those that are.
fn harmless(output: &Output, format: &str, what: &str) {
    for (stream, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        let text = std::str::from_utf8(bytes).unwrap_or_else(|error| panic!("{what}, {stream}: {error}"));
        if let Some(hidden) = text.chars().find(|c| *c != '\n' && is_hidden(*c)) {
            panic!("{what}, {stream} holds {hidden:?}:\n{text:?}");
        }
        let commands_are_ours = format == "github" && stream == "stdout";
        for line in text.lines() {
            assert!(
                commands_are_ours || !line.trim_start().starts_with("::"),
                "{what}, {stream} has the line {line:?}"
            );
            let is_old_command = ["##[", "##vso["].iter().any(|mark| line.contains(mark));
            assert!(!is_old_command, "{what}, {stream} has the line {line:?}");
        }
    }
}

/// Controls, bidirectional controls and other characters that nobody sees.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{fff8}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}
