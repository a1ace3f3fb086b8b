//! Changes from outside: they are heard, told once each in order, and never needed for an answer to be right.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod client;

use client::{Client, check_events, introduction, showcase};
use prometeu_studio_adapter::server::Setup;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::time::Duration;

fn watching(project: &Path) -> Client {
    watched_by(Client::program(), project)
}

fn watched_by(mut client: Client, project: &Path) -> Client {
    let mut params = introduction(project);
    params["capabilities"] = json!({ "watch": true });
    let answer = client.ask("initialize", params);
    assert_eq!(answer["result"]["capabilities"]["watch"], true);
    // The first list is made after the watch has begun, or is what it begins with.
    client.report("packer/list_assets", json!({}));
    std::thread::sleep(Duration::from_millis(500));
    client
}

fn edit(project: &Path, path: &str) {
    let path = project.join(path);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(path, text + "\n").unwrap();
}

/// Copies an asset's folder; the copy has the identity of the original and is not registered.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[test]
fn a_changed_file_is_told_with_its_asset() {
    let project = showcase();
    let mut client = watching(project.path());
    for path in ["assets/actors/asset.json", "assets/world/tiles/water.pal"] {
        let seen = client.events.len();
        edit(project.path(), path);
        let id = if path.contains("actors") { 2 } else { 1 };
        let event = client.event("asset_changed", seen);
        assert_eq!(event["affected_assets"], json!([id]), "{path}");
        let ended = client.event("diagnostics_updated", seen);
        assert_eq!(ended["operation_id"], event["operation_id"]);
        assert_eq!(ended["affected_assets"], json!([id]));
    }
    check_events(&client.events);
    assert_eq!(client.leave(), 0);
}

#[test]
fn a_root_that_appears_is_told_and_listed() {
    let project = showcase();
    let mut client = watching(project.path());
    copy(&project.path().join("assets/world/tiles"), &project.path().join("assets/deep/down/tiles"));
    let event = client.event("asset_discovered", 0);
    assert_eq!(event["detail"]["paths"], json!(["assets/deep/down/tiles"]));
    client.event("diagnostics_updated", 0);
    let listed = client.report("packer/list_assets", json!({}));
    assert!(listed["result"]["assets"].as_array().unwrap().iter().any(|row| row["root"] == "deep/down/tiles"));
    check_events(&client.events);
}

#[test]
fn a_root_that_gets_an_id_is_a_new_asset() {
    let project = showcase();
    let mut client = watching(project.path());
    let index = project.path().join("assets/.prometeu/index.json");
    let text = fs::read_to_string(&index).unwrap();
    let without: Vec<&str> = text.lines().filter(|line| !line.contains("\"root\":\"actors\"")).collect();
    fs::write(&index, without.join("\n") + "\n").unwrap();
    assert_eq!(client.event("asset_changed", 0)["affected_assets"], json!([2]));
    client.event("diagnostics_updated", 0);
    let seen = client.events.len();
    fs::write(&index, text).unwrap();
    let event = client.event("asset_discovered", seen);
    assert_eq!((&event["affected_assets"], &event["detail"]["paths"]), (&json!([2]), &json!(["assets/actors"])));
    assert_eq!(client.event("diagnostics_updated", seen)["affected_assets"], json!([2]));
    check_events(&client.events);
}

#[test]
fn a_folder_of_assets_that_is_replaced_is_looked_at_anew() {
    let project = showcase();
    let mut client = watching(project.path());
    let (assets, away) = (project.path().join("assets"), project.path().join("away"));
    fs::rename(&assets, &away).unwrap();
    assert_eq!(client.report("packer/list_assets", json!({}))["diagnostics"][0]["code"], "registry/missing");
    fs::rename(&away, &assets).unwrap();
    assert_eq!(client.report("packer/list_assets", json!({}))["status"], "ok");
    client.event("diagnostics_updated", 0);
    std::thread::sleep(Duration::from_millis(400));
    let seen = client.events.len();
    edit(project.path(), "assets/actors/asset.json");
    client.event("asset_changed", seen);
    client.event("diagnostics_updated", seen);
    check_events(&client.events);
}

/// Nothing is told unasked, and the list is right all the same: whatever was over before a request is in its answer.
#[test]
fn a_list_is_never_stale() {
    let project = showcase();
    let mut client = Client::program().open(project.path());
    let roots = |client: &mut Client| -> Vec<Value> {
        let listed = client.report("packer/list_assets", json!({}));
        listed["result"]["assets"].as_array().unwrap().iter().map(|row| row["root"].clone()).collect()
    };
    let from = project.path().join("assets/world/tiles");
    for number in 0..150 {
        let root = format!("new{}/deep/tiles{number}", number % 7);
        let to = project.path().join("assets").join(&root);
        copy(&from, &to);
        assert!(roots(&mut client).contains(&json!(root)), "{root} was made and is not listed");
        if number % 2 == 0 {
            fs::remove_file(to.join("asset.json")).unwrap();
        } else {
            fs::rename(&to, to.with_file_name(format!("moved{number}"))).unwrap();
        }
        assert!(!roots(&mut client).contains(&json!(root)), "{root} is gone and still listed");
    }
    let health = |client: &mut Client| {
        let listed = client.report("packer/list_assets", json!({}));
        listed["result"]["assets"].as_array().unwrap().iter().find(|row| row["root"] == "actors").unwrap()["health"]
            .clone()
    };
    let declaration = project.path().join("assets/actors/asset.json");
    let text = fs::read(&declaration).unwrap();
    for _ in 0..50 {
        fs::write(&declaration, "{").unwrap();
        assert_eq!(health(&mut client), "blocked");
        fs::write(&declaration, &text).unwrap();
        assert_ne!(health(&mut client), "blocked");
    }
    assert_eq!(client.events.len(), 0, "nobody asked for events");
    assert_eq!(client.leave(), 0);
}

#[test]
fn changes_made_through_the_adapter_are_in_its_next_list() {
    let project = showcase();
    let mut client = Client::in_memory().open(project.path());
    for number in 0..20 {
        let name = format!("n{number}");
        let params = json!({ "operation": "rename", "asset": 1, "name": name });
        let id = client.report("packer/preview", params)["result"]["preview_id"].clone();
        client.report("packer/apply", json!({ "preview_id": id }));
        let listed = client.report("packer/list_assets", json!({}));
        assert_eq!(listed["result"]["assets"][0]["name"], name.as_str());
    }
    assert_eq!(client.leave(), 0);
}

/// As on a network file system, and on other systems: changes are looked for, later, and lists are made anew.
#[test]
fn where_nobody_tells_changes_are_looked_for() {
    let project = showcase();
    let setup = Setup { hears: false, ..Setup::named("prometeu-packer") };
    let mut client = watched_by(Client::served(setup), project.path());
    edit(project.path(), "assets/actors/asset.json");
    assert_eq!(client.event("asset_changed", 0)["affected_assets"], json!([2]));
    client.event("diagnostics_updated", 0);
    let seen = client.events.len();
    copy(&project.path().join("assets/world/tiles"), &project.path().join("assets/more/tiles"));
    let listed = client.report("packer/list_assets", json!({}));
    assert!(listed["result"]["assets"].as_array().unwrap().iter().any(|row| row["root"] == "more/tiles"));
    assert_eq!(client.event("asset_discovered", seen)["detail"]["paths"], json!(["assets/more/tiles"]));
    client.event("diagnostics_updated", seen);
    check_events(&client.events);
    assert_eq!(client.leave(), 0);
}

/// The list of a large project takes long; what changes while it is made is told before it is.
#[test]
fn a_change_while_a_list_is_made_is_told_before_the_list() {
    let project = showcase();
    let from = project.path().join("assets/world/tiles");
    for number in 0..1500 {
        copy(&from, &project.path().join(format!("assets/many/tiles{number}")));
    }
    let mut client = watching(project.path());
    let seen = client.events.len();
    edit(project.path(), "assets/actors/asset.json");
    let first = client.event("asset_changed", seen);
    let seen = client.events.len();
    edit(project.path(), "assets/world/tiles/water.pal");
    let second = client.event("asset_changed", seen);
    assert_eq!((&first["affected_assets"], &second["affected_assets"]), (&json!([2]), &json!([1])));
    assert_ne!(first["operation_id"], second["operation_id"]);
    let is_over = |client: &Client, event: &Value| {
        let same = |told: &&Value| told["operation_id"] == event["operation_id"];
        client.events.iter().filter(same).any(|told| told["kind"] == "diagnostics_updated")
    };
    assert!(!is_over(&client, &first), "the list was made before the second change was told: {:#?}", client.events);
    while !is_over(&client, &first) || !is_over(&client, &second) {
        assert!(client.take(Duration::from_secs(60)), "an operation has no end");
    }
    check_events(&client.events);
    assert_eq!(client.leave(), 0);
}
