//! What is said of a declaration: it spoils its own asset, and never the others.

use crate::{ACTING, INDEX, LOOKING, TABLES, UI, all, answers, codes, commands, edit, project, put, run, unchanged};
use serde_json::Value;

#[test]
fn a_declaration_spoils_its_own_asset_and_every_build() {
    let project = project();
    let project = project.path();
    for answer in answers("asset.json", 1, 3) {
        put(project, UI, answer.file());
        let floor = answer.floor.as_ref();
        let list = unchanged(project, &["list"], floor, 0);
        answer.check(&list, UI, true);
        let rows = list["result"]["assets"].as_array().unwrap();
        assert_eq!((&rows[0]["health"], &rows[1]["health"]), (&"unsupported".into(), &"ok".into()));
        let is_number = matches!(answer.code, "version/too-new" | "version/too-old");
        let found = answer.version.as_ref().filter(|_| is_number).map_or(Value::Null, |text| text.parse().unwrap());
        assert_eq!((&rows[0]["schema_version"], &rows[0]["name"]), (&found, &Value::Null));
        answer.check(&unchanged(project, &["doctor"], floor, 3), UI, true);
        if !answer.is_typical {
            continue;
        }
        answer.check(&unchanged(project, &["show", "1"], floor, 0), UI, true);
        assert!(all(&unchanged(project, &["show", "2"], floor, 0), UI).is_empty());
        for command in commands(&[&LOOKING, &ACTING]) {
            let report = unchanged(project, command, floor, 3);
            answer.check(&report, UI, true);
            if command[0] == "migrate" {
                let files = report["result"]["files"].as_array().unwrap();
                let outcomes: Vec<_> = files.iter().map(|file| (&file["path"], &file["outcome"])).collect();
                assert!(outcomes.contains(&(&UI.into(), &"unsupported".into())), "{report:#}");
                assert_eq!(files.iter().find(|file| file["path"] == UI).unwrap()["from"], found);
            }
        }
        // It is read before it is rewritten.
        answer.check(&unchanged(project, &["rename", "1", "other", "--apply"], floor, 3), UI, true);
        for command in [&["history"][..], &["recover"], &["init"]].into_iter().chain(TABLES) {
            run(project, command, floor, 0);
        }
    }
}

#[test]
fn a_declaration_outside_the_build_blocks_its_migration_alone() {
    let project = project();
    let project = project.path();
    edit(project, INDEX, "\"included_in_build\":true,\"root\":\"ui\"", "\"included_in_build\":false,\"root\":\"ui\"");
    for answer in answers("asset.json", 1, 3).into_iter().filter(|answer| answer.is_typical) {
        put(project, UI, answer.file());
        let floor = answer.floor.as_ref();
        let list = unchanged(project, &["list"], floor, 0);
        answer.check(&list, UI, false);
        assert_eq!(list["result"]["assets"][0]["health"], "unsupported");
        for command in [&["doctor"][..], &["build", "--check"], &["build"]] {
            answer.check(&run(project, command, floor, 0), UI, false);
        }
        for command in [&["migrate"][..], &["migrate", "--check"], &["migrate", "--apply"]] {
            answer.check(&unchanged(project, command, floor, 3), UI, true);
        }
    }
}

#[test]
fn a_declaration_that_nobody_registered_blocks_nothing() {
    let project = project();
    let project = project.path();
    let path = "assets/stray/asset.json";
    for answer in answers("asset.json", 1, 3).into_iter().filter(|answer| answer.is_typical) {
        put(project, path, answer.file());
        let floor = answer.floor.as_ref();
        let list = unchanged(project, &["list"], floor, 0);
        answer.check(&list, path, false);
        let row = &list["result"]["assets"][2];
        assert_eq!((&row["state"], &row["health"]), (&"unregistered".into(), &"unsupported".into()));
        for command in [&["migrate"][..], &["migrate", "--check"], &["migrate", "--apply"]] {
            let report = unchanged(project, command, floor, 0);
            answer.check(&report, path, false);
            assert_eq!(report["result"]["files"][3]["outcome"], "skipped");
        }
        assert!(codes(&unchanged(project, &["doctor"], floor, 0)).is_empty());
    }
}
