//! The documents of the checkers' formats: valid, in agreement with the JSON report, the same in every folder.

use crate::judge::{self, Said};
use crate::{MACHINE, answer, exit, report, run, text, written};
use fixtures::broken::{Needs, both, cases, glyph_project};
use std::fs;

const CHECKERS: [&[&str]; 4] = [&["doctor"], &["build", "--check"], &["migrate"], &["migrate", "--check"]];

#[test]
fn all_formats_say_the_same() {
    for case in cases().into_iter().filter(|case| case.needs == Needs::Nothing).step_by(4) {
        let project = tempfile::tempdir().unwrap();
        case.write(project.path()).unwrap();
        for command in [&["doctor"][..], &["migrate", "--check"]] {
            let (exit, json) = report(command, project.path());
            let findings = json["diagnostics"].as_array().unwrap();
            let said = judge::json(&json.to_string());
            let (sarif_exit, sarif) = answer(command, "sarif", project.path());
            let (document, by_sarif) = judge::sarif(&sarif);
            assert_eq!((sarif_exit, &by_sarif), (exit, &said), "{} {command:?}", case.name);
            let (github_exit, github) = answer(command, "github", project.path());
            let (annotations, by_github) = judge::github(&github);
            assert_eq!((github_exit, &by_github), (exit, &said), "{} {command:?}", case.name);
            let (junit_exit, junit) = answer(command, "junit", project.path());
            let failed = judge::junit(&junit).into_iter().filter(|(_, failed)| *failed).count();
            let blocking = findings.iter().filter(|finding| finding["blocking"] == true).count();
            assert_eq!((junit_exit, failed > 0), (exit, exit != 0), "{} {command:?}", case.name);
            assert!(failed == blocking || blocking == 0 && failed == 1, "{} {command:?}: {junit}", case.name);
            for (at, finding) in findings.iter().enumerate() {
                let result = &document["runs"][0]["results"][at];
                assert_eq!((&result["ruleId"], &result["level"]), (&finding["code"], &finding["severity"]));
                assert_eq!(result["message"]["text"], finding["message"]);
                let properties = &result["properties"];
                for member in ["blocking", "asset", "evidence", "help"] {
                    assert_eq!(properties[member], finding[member], "{}", case.name);
                }
                let place = &result["locations"][0]["physicalLocation"];
                assert_eq!(place["region"]["startLine"], finding["span"]["line"], "{}", case.name);
                assert_eq!(place["region"]["startColumn"], finding["span"]["column"], "{}", case.name);
                let message = finding["message"].as_str().unwrap();
                let annotation = annotations.iter().find(|annotation| {
                    annotation.message.starts_with(message)
                        && annotation.property("file") == finding["path"].as_str()
                        && annotation.property("title") == finding["code"].as_str()
                });
                let line = annotation.unwrap_or_else(|| panic!("{finding:#} in {github}")).property("line");
                assert_eq!(line.map(str::to_owned), finding["span"]["line"].as_u64().map(|line| line.to_string()));
            }
        }
    }
}

#[test]
fn a_clean_project_declares_every_rule_and_passes_one_case() {
    let project = written(&both());
    let (exit, sarif) = answer(&["doctor"], "sarif", project.path());
    let (document, said) = judge::sarif(&sarif);
    assert_eq!((exit, said), (0, Said { errors: 0, warnings: 0, notes: 0 }));
    let rules = document["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let codes = fs::read_to_string(fixtures::folder().join("../docs/codes.md")).unwrap();
    let documented = codes.lines().filter_map(|line| line.strip_prefix("### `")).count();
    assert_eq!(rules.len(), documented, "as many as docs/codes.md has");
    assert_eq!(judge::junit(&answer(&["doctor"], "junit", project.path()).1), [("doctor".to_owned(), false)]);
    assert_eq!(answer(&["doctor"], "github", project.path()).1.lines().count(), 1);
}

#[test]
fn the_same_findings_give_the_same_bytes_in_another_folder() {
    let make = || glyph_project().edited("assets/ui/asset.json", "a.png", "gone.png");
    let (one, other) = (written(&make()), written(&make()));
    for command in CHECKERS {
        for format in ["sarif", "github", "junit"] {
            let first = answer(command, format, one.path());
            assert_eq!(first, answer(command, format, other.path()), "{command:?} {format}");
            assert!(!first.1.contains(one.path().to_str().unwrap()), "{command:?} {format} tells the folder");
        }
    }
}

#[test]
fn a_finding_keeps_its_fingerprint_when_lines_are_added_above() {
    let fingerprint = |files: &fixtures::Files| {
        let project = written(files);
        let (document, said) = judge::sarif(&answer(&["doctor"], "sarif", project.path()).1);
        assert_eq!(said.errors, 1);
        document["runs"][0]["results"][0]["partialFingerprints"].clone()
    };
    let broken = glyph_project().edited("assets/ui/asset.json", "\"tile_size\": 8", "\"tile_size\": 12");
    let moved = broken.clone().edited("assets/ui/asset.json", "{\n  \"schema", "{\n\n\n  \"schema");
    assert_eq!(fingerprint(&broken), fingerprint(&moved));
}

#[test]
fn a_project_further_down_is_named_from_where_the_command_ran() {
    let above = tempfile::tempdir().unwrap();
    let files = glyph_project().edited("assets/ui/asset.json", "\"tile_size\": 8", "\"tile_size\": 12");
    files.write(&above.path().join("games/my one")).unwrap();
    let run = |format: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(["doctor", "--project", "./games/my one", "--format", format]).current_dir(above.path());
        text(&command.output().unwrap().stdout)
    };
    let (document, _) = judge::sarif(&run("sarif"));
    let uri = &document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "games/my%20one/assets/ui/asset.json");
    let (annotations, _) = judge::github(&run("github"));
    assert_eq!(annotations[0].property("file"), Some("games/my one/assets/ui/asset.json"));
}

#[test]
fn wrong_usage_is_a_document_in_the_format_that_was_asked_for() {
    let project = written(&glyph_project());
    for arguments in [
        &["frob"][..],
        &["doctor", "--frob"],
        &["doctor", "--limit", "nothing=1"],
        &["verify"],
        &["list"],
        &["exclude", "ui"],
        &["init"],
        &["gate", "--only", "nothing"],
        &["doctor", "--project", "/there/is/no/such/folder"],
    ] {
        for format in MACHINE {
            // These answer as JSON; they are wrong in the formats of checkers only.
            if format == "json" && matches!(arguments, ["list" | "init"] | ["exclude", ..]) {
                continue;
            }
            let project = if arguments.contains(&"--project") { None } else { Some(project.path()) };
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_xtask"));
            command.args(arguments).args(["--format", format]);
            command.args(project.iter().flat_map(|project| ["--project".as_ref(), project.as_os_str()]));
            let output = command.output().unwrap();
            assert_eq!(exit(&output), 2, "{arguments:?} {format}");
            let answer = text(&output.stdout);
            let errors = match format {
                "json" => judge::json(&answer).errors,
                "sarif" => judge::sarif(&answer).1.errors,
                "github" => judge::github(&answer).1.errors,
                _ => judge::junit(&answer).iter().filter(|(_, failed)| *failed).count(),
            };
            assert_eq!(errors, 1, "{arguments:?} {format}: {answer}");
        }
    }
}

#[test]
fn verify_names_the_archive_as_it_was_named_but_for_an_absolute_path() {
    let project = written(&glyph_project());
    let path = project.path().join("no archive.pa");
    fs::write(&path, "nothing").unwrap();
    let verify = ["verify", path.to_str().unwrap()];
    let (document, said) = judge::sarif(&answer(&verify, "sarif", project.path()).1);
    assert_eq!(said.errors, 1);
    let file = &document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(file, &serde_json::json!({ "uri": "no%20archive.pa" }));
}

#[test]
fn old_files_fail_a_check_in_every_format() {
    let old = glyph_project()
        .edited("assets/ui/asset.json", "\"schema_version\": 3", "\"schema_version\": 2")
        .edited("assets/ui/asset.json", "glyph_bank", concat!("image", "_bank"))
        .edited("assets/ui/asset.json", "GLYPH/indexed_v1", concat!("TILES", "/indexed_v1"));
    let project = written(&old);
    let check = ["migrate", "--check"];
    assert_eq!(exit(&run(&check, project.path())), 1);
    let (code, junit) = answer(&check, "junit", project.path());
    assert_eq!((code, judge::junit(&junit)[0].clone()), (1, ("migrate".to_owned(), true)));
    let (code, github) = answer(&check, "github", project.path());
    assert_eq!(
        (code, github.lines().last().unwrap().starts_with("::error title=prometeu-packer migrate::")),
        (1, true)
    );
    let (code, sarif) = answer(&check, "sarif", project.path());
    let notices = &judge::sarif(&sarif).0["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    assert_eq!((code, notices[0]["level"].as_str()), (1, Some("error")));
}

#[test]
fn each_gate_is_a_rule_and_a_case() {
    let project = written(&glyph_project());
    let list = ["gate", "--list"];
    let (_, json) = report(&list, project.path());
    let gates = json["result"]["gates"].as_array().unwrap();
    let names: Vec<&str> = gates.iter().map(|gate| gate["name"].as_str().unwrap()).collect();
    let junit = judge::junit(&answer(&list, "junit", project.path()).1);
    assert_eq!(junit.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), names);
    let (document, said) = judge::sarif(&answer(&list, "sarif", project.path()).1);
    let rules = document["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect::<Vec<_>>(), names);
    assert_eq!(said, Said { errors: 0, warnings: 0, notes: names.len() });
    judge::github(&answer(&list, "github", project.path()).1);
}
