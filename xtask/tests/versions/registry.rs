//! What is said of the registry: without it nothing that needs the project runs.

use crate::{
    ACTING, CHANGING, INDEX, JOURNAL, LISTING, LOOKING, PAST, TABLES, UI, all, answers, codes, commands, edit, project,
    put, run, unchanged,
};
use serde_json::Value;
use std::fs;

#[test]
fn a_registry_stops_everything_that_needs_the_project() {
    let project = project();
    let project = project.path();
    for answer in answers("index.json", 1, 2) {
        put(project, INDEX, answer.file());
        let floor = answer.floor.as_ref();
        answer.check(&unchanged(project, &["doctor"], floor, 3), INDEX, true);
        if !answer.is_typical {
            continue;
        }
        for command in commands(&[&LISTING, &LOOKING, &ACTING, &CHANGING, &PAST, &[&["init"]]]) {
            let report = unchanged(project, command, floor, 3);
            answer.check(&report, INDEX, true);
            assert_eq!(report["diagnostics"].as_array().unwrap().len(), 1, "{command:?} {report:#}");
        }
        for command in TABLES {
            unchanged(project, command, floor, 0);
        }
    }
}

#[test]
fn a_project_that_this_packer_must_leave_alone_is_not_recovered_either() {
    let project = project();
    let project = project.path();
    put(
        project,
        JOURNAL,
        "{\"schema_version\": 1, \"operation\": \"migrate\", \"time\": \"\", \"changes\": [], \"entries\": []}",
    );
    put(project, &JOURNAL.replace("journal.json", "new-0"), "half");
    for (from, to, code) in [
        ("\"schema_version\": 2", "\"schema_version\": 3", "version/too-new"),
        ("\"schema_version\": 3", "\"requires_packer\": \">=99\", \"schema_version\": 2", "version/requires-packer"),
    ] {
        edit(project, INDEX, from, to);
        for command in commands(&[&LISTING, &LOOKING, &ACTING, &PAST]) {
            assert_eq!(codes(&unchanged(project, command, None, 3)), [code], "{command:?}");
        }
    }
    edit(project, INDEX, ">=99", ">=0.1");
    assert_eq!(codes(&run(project, &["list"], None, 0)), ["journal/recovered"]);
}

#[test]
fn requires_packer_is_a_switch_for_everything() {
    let project = project();
    let project = project.path();
    let plain = fs::read_to_string(project.join(INDEX)).unwrap();
    let with = |value: &str| plain.replacen('{', &format!("{{\n  \"requires_packer\": {value},"), 1);
    for value in ["\">=0.1\"", "\"*\"", "\"^0.1, <1\""] {
        put(project, INDEX, with(value));
        assert!(codes(&unchanged(project, &["doctor"], None, 0)).is_empty(), "{value}");
    }
    // Members of a version that this packer knows, and it still does not look at them.
    put(project, INDEX, with("\">=7.2, <8\"").replace("\"assets\": [", "\"assets\": 5, \"others\": ["));
    for command in commands(&[&LISTING, &LOOKING, &ACTING, &CHANGING, &PAST, &[&["init"]]]) {
        let report = unchanged(project, command, None, 3);
        assert_eq!(codes(&report), ["version/requires-packer"], "{command:?}");
        let finding = &report["diagnostics"][0];
        let message = finding["message"].as_str().unwrap();
        assert!(message.contains(">=7.2, <8") && message.contains(env!("CARGO_PKG_VERSION")), "{message}");
        assert_eq!((&finding["path"], &finding["span"]["line"]), (&INDEX.into(), &2.into()));
        assert_eq!(
            (&finding["blocking"], &finding["evidence"]["requires_packer"]),
            (&true.into(), &">=7.2, <8".into())
        );
    }
    for command in TABLES {
        unchanged(project, command, None, 0);
    }
    for value in ["\"banana\"", "\"\"", "\">=1 || <2\"", "1", "1.0", "null", "[\">=0.1\"]", "{}", "true"] {
        put(project, INDEX, with(value));
        for command in commands(&[&LISTING, &LOOKING, &ACTING]) {
            let report = unchanged(project, command, None, 1);
            assert_eq!(codes(&report), ["registry/invalid"], "{value} {command:?}");
            assert_eq!(
                (&report["diagnostics"][0]["path"], &report["diagnostics"][0]["span"]["line"]),
                (&INDEX.into(), &2.into())
            );
        }
    }
}

#[test]
fn a_registry_that_is_too_new_says_which_packer_it_asks_for() {
    let project = project();
    let project = project.path();
    put(project, INDEX, "{\"requires_packer\": \">=2\\u002e1\", \"schema_version\": 3}");
    let report = unchanged(project, &["doctor"], None, 3);
    assert_eq!(codes(&report), ["version/too-new"]);
    let finding = &report["diagnostics"][0];
    assert!(finding["message"].as_str().unwrap().contains(">=2.1"), "{finding:#}");
    assert_eq!(finding["evidence"]["requires_packer"], ">=2.1");
    assert!(finding["help"].as_str().unwrap().contains("a newer packer"), "{finding:#}");
    // Whatever a later version means by it.
    put(project, INDEX, "{\"requires_packer\": [{}], \"schema_version\": 3}");
    let report = unchanged(project, &["doctor"], None, 3);
    assert_eq!(
        (codes(&report), &report["diagnostics"][0]["evidence"]["requires_packer"]),
        (vec!["version/too-new"], &Value::Null)
    );
}

#[test]
fn a_version_that_stands_twice_is_no_version() {
    for twice in [
        "{\"schema_version\": 2, \"schema_version\": 2}",
        "{\"schema_version\": 9, \"schema\\u005fversion\": 2}",
        "{\"schema_version\": \"x\", \"later\": {\"a\": 1, \"a\": 1}}",
    ] {
        for (path, listed) in [(UI, 0), (INDEX, 4), (JOURNAL, 4)] {
            let project = project();
            let project = project.path();
            put(project, path, twice);
            for (command, exit) in [(&["doctor"][..], 4), (&["list"], listed), (&["migrate"], 4)] {
                let report = unchanged(project, command, None, exit);
                assert_eq!((all(&report, path).len(), codes(&report)), (1, vec!["json/duplicate-key"]), "{command:?}");
            }
        }
    }
}
