//! The program from outside, where a shell or a disk is unkind to it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask")).args(arguments).output().unwrap()
}

fn json(arguments: &[&str]) -> (i32, Value) {
    let output = run(&[arguments, &["--format", "json"]].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    (output.status.code().unwrap(), serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text:?}")))
}

fn codes(report: &Value) -> Vec<&str> {
    report["diagnostics"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fixtures::showcase().write(folder.path()).unwrap();
    folder
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn wrong_usage_is_one_document_too() {
    for (arguments, operation) in [
        (vec!["frob"], "usage"),
        (vec!["--project", "list-of-things", "frob"], "usage"),
        (vec!["build", "--frob"], "build"),
        (vec!["list", "--limit", "nothing=1"], "list"),
        (vec!["list", "--limit", "json-depth=1000000"], "list"),
        (vec!["window", "--window-floor", "asset.json"], "window"),
        (vec!["window", "--window-floor", "asset.json=0"], "window"),
        (vec!["window", "--window-floor", "asset.json=5"], "window"),
        (vec!["window", "--window-floor", "report=1"], "window"),
        (vec!["list", "--window-floor", "nothing=1"], "list"),
        (vec!["list", "--project", "/there/is/no/such/folder"], "list"),
    ] {
        let (exit, report) = json(&arguments);
        assert_eq!(
            (exit, report["status"].as_str(), report["operation"].as_str()),
            (2, Some("failed"), Some(operation))
        );
        assert!(codes(&report)[0].starts_with("usage/"), "{arguments:?}");
    }
}

#[test]
fn options_stand_anywhere() {
    let project = project();
    let root = text(project.path());
    for arguments in [
        &["--check", "build", "--project", root][..],
        &["--project", root, "build", "--check"],
        &["--check", "--project", root, "build"],
        // A value may be called like a command.
        &["--confirm", "list", "--project", root, "remove", "actors"],
        &["--apply", "forget", "actors", "--project", root],
    ] {
        let (exit, report) = json(arguments);
        assert_eq!(exit, 0, "{arguments:?}: {report:#}");
        assert!(arguments.contains(&report["operation"].as_str().unwrap()), "{report:#}");
    }
    assert_eq!(json(&["--checked", "build", "--project", root]).0, 2);
}

/// A script whose variable is empty agreed to no preview.
#[test]
fn an_empty_id_is_no_consent() {
    let project = project();
    let root = text(project.path());
    for command in [&["forget", "actors"][..], &["migrate"], &["doctor", "--fix"], &["migrate", "--rollback", "x"]] {
        for empty in [&["--apply", ""][..], &["--apply="]] {
            let arguments = [command, empty, &["--project", root]].concat();
            let (exit, report) = json(&arguments);
            assert_eq!((exit, codes(&report)), (2, vec!["usage/arguments"]), "{arguments:?}");
        }
    }
    assert_eq!(json(&["show", "actors", "--project", root]).0, 0, "it was forgotten");
}

#[test]
fn a_file_called_like_a_place_in_our_texts_keeps_its_name() {
    let project = project();
    let root = project.path().join("assets/ui/font");
    fs::rename(root.join("font.png"), root.join("{program}.png")).unwrap();
    let path = root.join("asset.json");
    fs::write(&path, fs::read_to_string(&path).unwrap().replace("font.png", "{Program}.png")).unwrap();
    let (exit, report) = json(&["doctor", "--project", text(project.path())]);
    assert_eq!((exit, codes(&report)), (1, vec!["declaration/input-missing"]));
    let help = report["diagnostics"][0]["help"].as_str().unwrap();
    assert!(help.contains("`{program}.png`"), "{help}");

    let (_, report) = json(&["show", "{program}", "--project", text(project.path())]);
    let finding = &report["diagnostics"][0];
    assert!(finding["message"].as_str().unwrap().contains("`{program}`"), "{finding:#}");
    assert!(finding["help"].as_str().unwrap().contains("`cargo xtask list`"), "{finding:#}");
}

#[cfg(unix)]
#[test]
fn arguments_need_not_be_text() {
    use std::os::unix::ffi::OsStrExt as _;
    let odd = std::ffi::OsStr::from_bytes(b"\xff\x1b[31m");
    let output =
        Command::new(env!("CARGO_BIN_EXE_xtask")).args(["show", "--format", "json"]).arg(odd).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(serde_json::from_slice::<Value>(&output.stdout).is_ok());
    let output = Command::new(env!("CARGO_BIN_EXE_xtask")).arg(odd).output().unwrap();
    assert!(!output.stderr.contains(&0x1b), "an escape sequence reached the terminal");
}

#[cfg(unix)]
#[test]
fn doctor_and_check_see_what_would_keep_a_build_from_publishing() {
    for place in ["build", "build/assets.pa", "assets/.prometeu/lock"] {
        let project = project();
        let path = project.path().join(place);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink("elsewhere", path).unwrap();
        for command in [&["doctor"][..], &["build", "--check"], &["build"]] {
            let (exit, report) = json(&[command, &["--project", text(project.path())]].concat());
            assert_eq!((exit, codes(&report)), (4, vec!["trust/link"]), "{command:?} with a link at {place}");
        }
    }
}

#[test]
fn a_registry_that_contradicts_itself_everywhere_is_answered_in_time() {
    let project = tempfile::tempdir().unwrap();
    let entry = |at: u32| {
        format!(
            r#"{{"asset_id":1,"asset_uuid":"6f0f7f0e-5b0c-4b54-9c1f-{at:012x}","included_in_build":true,"root":"r{at}"}}"#
        )
    };
    let entries: Vec<String> = (1..=20_000).map(entry).collect();
    let index = format!("{{\"schema_version\":2,\"next_asset_id\":2,\"assets\":[{}]}}", entries.join(","));
    fs::create_dir_all(project.path().join("assets/.prometeu")).unwrap();
    fs::write(project.path().join("assets/.prometeu/index.json"), index).unwrap();
    let started = Instant::now();
    let (exit, report) = json(&["doctor", "--project", text(project.path())]);
    assert_eq!(exit, 1);
    assert_eq!(codes(&report).iter().filter(|code| **code == "registry/duplicate-id").count(), 20_000);
    assert!(started.elapsed() < Duration::from_secs(30), "took {:?}", started.elapsed());
}

#[test]
fn a_giant_that_is_no_archive_is_refused_by_its_first_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("giant.pa");
    fs::File::create(&path).unwrap().set_len(8 << 40).unwrap();
    let (exit, report) = json(&["verify", text(&path)]);
    assert_eq!((exit, codes(&report)), (1, vec!["archive/bad-magic"]));
}

#[test]
fn a_stale_staging_folder_goes_with_the_next_build() {
    let project = project();
    let stale = project.path().join("build/.staging/20200101T000000Z-00000000");
    fs::create_dir_all(&stale).unwrap();
    fs::write(stale.join("assets.pa"), "half").unwrap();
    let (exit, _) = json(&["build", "--project", text(project.path())]);
    assert_eq!(exit, 0);
    assert!(!project.path().join("build/.staging").exists());
}

#[test]
fn a_benchmark_of_what_is_no_project_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (exit, report) = json(&["bench", text(folder.path()), "--rounds", "1"]);
    assert_eq!((exit, &report["operation"]), (2, &"bench".into()), "{report:#}");
    assert!(report["diagnostics"][0]["message"].as_str().unwrap().contains(text(folder.path())), "{report:#}");
}

#[test]
fn what_maintainers_ask_for_outside_the_repository_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for command in [&["mutants"][..], &["fuzz", "json"], &["hostile", "kit"]] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_xtask"));
        let output = program.args(command).args(["--format", "json"]).current_dir(folder.path()).output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let said = report["diagnostics"][0]["message"].as_str().unwrap();
        assert!(said.contains("is not inside the packer's repository"), "{command:?}: {report:#}");
        assert_eq!(report["operation"], command[0]);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_written_is_the_disks_refusal() {
    for arguments in [&["limits"][..], &["--help"], &["limits", "--format", "json"], &["gate", "--list"]] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let status = Command::new(env!("CARGO_BIN_EXE_xtask")).args(arguments).stdout(full).status().unwrap();
        let exit = status.code();
        assert_eq!(exit, Some(6), "{arguments:?}");
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_wait_ends_at_once_and_changes_nothing() {
    let project = project();
    let lock = project.path().join("assets/.prometeu/lock");
    let held = fs::File::create(&lock).unwrap();
    held.lock().unwrap();
    let before = fixtures::snapshot(project.path()).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["build", "--wait", "60", "--project", text(project.path())])
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(500));
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let started = Instant::now();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(started.elapsed() < Duration::from_secs(10));
    assert_eq!(fixtures::snapshot(project.path()).unwrap(), before);
    let (exit, report) = json(&["build", "--wait", "0", "--project", text(project.path())]);
    assert_eq!((exit, codes(&report)), (5, vec!["lock/held"]));
}

/// The program that is installed and released.
#[test]
fn game_makers_have_every_command_but_those_of_the_maintainers() {
    let packer =
        |arguments: &[&str]| Command::new(env!("CARGO_BIN_EXE_prometeu-packer")).args(arguments).output().unwrap();
    let names = |help: &[u8]| -> Vec<String> {
        let text = String::from_utf8(help.to_vec()).unwrap();
        let listed = text.split_once("Commands:").unwrap().1.split_once("Options:").unwrap().0;
        let command = |line: &str| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')).map(str::to_owned);
        let words =
            listed.lines().filter_map(command).filter_map(|line| Some(line.split_whitespace().next()?.to_owned()));
        words.collect()
    };
    let (all, theirs) = (names(&run(&["--help"]).stdout), names(&packer(&["--help"]).stdout));
    let only: Vec<&String> = all.iter().filter(|name| !theirs.contains(name)).collect();
    assert!(only.iter().any(|name| *name == "gate") && theirs.contains(&"register".to_owned()), "{all:?} {theirs:?}");
    assert!(theirs.iter().all(|name| all.contains(name)), "{theirs:?}");
    for name in only {
        let output = packer(&[name, "--format", "json"]);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((output.status.code(), codes(&report)), (Some(2), vec!["usage/arguments"]), "{name}");
    }

    // The same answers, under its own name.
    let project = project();
    let project = text(project.path());
    for arguments in [&["list"][..], &["doctor"], &["exclude", "actors"], &["show", "nobody"]] {
        let arguments = [arguments, &["--project", project, "--format", "json"]].concat();
        let (theirs, ours) = (packer(&arguments), run(&arguments));
        let said = String::from_utf8(ours.stdout).unwrap().replace("cargo xtask", "prometeu-packer");
        assert_eq!((theirs.status.code(), String::from_utf8(theirs.stdout).unwrap()), (ours.status.code(), said));
    }
    let refused = packer(&["show", "nobody", "--project", project]);
    let said = String::from_utf8([refused.stdout, refused.stderr].concat()).unwrap();
    assert!(said.contains("prometeu-packer list") && !said.contains("xtask"), "{said}");
    assert_eq!(packer(&["build", "--project", project]).status.code(), Some(0));
    assert_eq!(packer(&[]).status.code(), Some(2));
    assert!(String::from_utf8(packer(&["--version"]).stdout).unwrap().starts_with("prometeu-packer "));
}

#[test]
fn shells_can_complete_it() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = String::from_utf8(run(&["completions", shell]).stdout).unwrap();
        let (exit, report) = json(&["completions", shell]);
        assert_eq!((exit, report["result"]["script"].as_str().unwrap()), (0, script.as_str()), "{shell}");
        assert!(script.contains("prometeu-packer") && script.contains("quarantine"), "{shell}");
        assert!(!script.contains("new-step"), "{shell} completes what the program does not have");
    }
}
