//! Every method of the contract, as a client uses it: over pipes to the built program, and in memory.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod client;

use client::{Client, check_events, introduction, showcase};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// Runs a test with both kinds of client, each on a project of its own.
fn with_both(test: impl Fn(Client, &Path)) {
    for client in [Client::program(), Client::in_memory()] {
        let project = showcase();
        test(client.open(project.path()), project.path());
    }
}

fn kinds(client: &Client, seen: usize) -> Vec<&str> {
    let kinds = client.events[seen..].iter().map(|event| event["kind"].as_str().unwrap());
    kinds.filter(|kind| *kind != "progress_updated").collect()
}

fn preview(client: &mut Client, params: Value) -> String {
    let report = client.report("packer/preview", params);
    assert_eq!(report["status"], "ok", "{report}");
    assert_ne!(report["result"]["applied"], true);
    report["result"]["preview_id"].as_str().unwrap().to_owned()
}

#[test]
fn initialize_says_what_can_be_asked_for() {
    let project = showcase();
    let mut client = Client::program();
    let answer = client.introduce(project.path())["result"].clone();
    assert_eq!(answer["protocol"], 1);
    assert!(answer["server"]["name"].is_string() && answer["server"]["version"].is_string());
    assert!(answer["window"].as_array().unwrap().iter().any(|row| row["artifact"] == "asset.json"));
    assert_eq!(answer["capabilities"]["events"].as_array().unwrap().len(), 13);
    for method in [
        "list_assets",
        "get_asset_details",
        "doctor",
        "explain",
        "pack_summary",
        "validate_pack",
        "preview",
        "apply",
        "build",
    ] {
        let method = json!(format!("packer/{method}"));
        assert!(answer["capabilities"]["methods"].as_array().unwrap().contains(&method), "{method}");
    }
    assert_eq!(client.refused("initialize", introduction(project.path())), -32600);
    assert_eq!(client.leave(), 0);
}

#[test]
fn the_protocol_is_agreed_on_or_refused() {
    let project = showcase();
    let mut client = Client::in_memory();
    let with = |name: &str, value: Value| {
        let mut params = introduction(project.path());
        params[name] = value;
        params
    };
    let answer = client.ask("initialize", with("protocol", json!({ "min": 2, "max": 9 })));
    assert_eq!(answer["error"]["code"], -32001);
    assert_eq!(answer["error"]["data"], json!({ "min": 1, "max": 1 }));
    for wrong in [
        with("protocol", json!({ "min": 2, "max": 1 })),
        with("protocol", json!({ "min": "1", "max": 1 })),
        with("client", json!({})),
        with("project_root", json!(7)),
        with("limits", json!({ "frame-bytes": 99_999_999 })),
        with("limits", json!({ "x": 1 })),
        with("capabilities", json!({ "watch": 1 })),
        with("project_root", json!("/no/such/folder")),
        json!([]),
        Value::Null,
    ] {
        assert_eq!(client.refused("initialize", wrong.clone()), -32602, "{wrong}");
    }
    assert_eq!(client.refused("packer/list_assets", Value::Null), -32002);
    let lowered = with("limits", json!({ "frame-bytes": 300, "registered-assets": 2 }));
    assert_eq!(client.ask("initialize", lowered)["result"]["protocol"], 1);
    assert_eq!(client.report("packer/list_assets", Value::Null)["diagnostics"][0]["code"], "trust/too-many");
    client.begin("packer/explain", json!({ "code": "x".repeat(300) }));
    assert_eq!(client.answer(&Value::Null)["error"]["code"], -32700, "the lowered limit of frames holds");
    assert_eq!(client.end().0, 1);
}

#[test]
fn a_folder_without_a_registry_can_be_opened_and_set_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::program().open(folder.path());
    for method in ["packer/list_assets", "packer/doctor", "packer/pack_summary", "packer/validate_pack", "packer/build"]
    {
        let report = client.report(method, json!({}));
        assert_eq!(
            (&report["status"], &report["diagnostics"][0]["code"]),
            (&json!("blocked"), &json!("registry/missing"))
        );
    }
    let id = preview(&mut client, json!({ "operation": "init" }));
    assert!(fixtures::snapshot(folder.path()).unwrap().is_empty(), "a preview makes nothing");
    let applied = client.report("packer/apply", json!({ "preview_id": id }));
    assert_eq!(applied["result"]["applied"], true);
    assert_eq!(applied["result"]["workspace"].as_array().unwrap().len(), 4);
    assert_eq!(client.report("packer/list_assets", json!({}))["status"], "ok");
    let again = client.report("packer/apply", json!({ "preview_id": id }));
    assert_eq!((&again["status"], &again["diagnostics"][0]["code"]), (&json!("blocked"), &json!("plan/stale")));
    check_events(&client.events);
    assert_eq!(client.leave(), 0);
}

#[test]
fn reading_tells_what_the_project_is_and_writes_nothing() {
    with_both(|mut client, project| {
        let before = fixtures::snapshot(project).unwrap();
        let listed = client.report("packer/list_assets", json!(["ignored"]));
        assert_eq!(listed["result"]["assets"].as_array().unwrap().len(), 8);
        for asset in [json!(1), json!("1"), json!("world_tiles"), json!("world/tiles")] {
            let shown = client.report("packer/get_asset_details", json!({ "asset": asset, "more": 1 }));
            assert_eq!(shown["result"]["asset_id"], 1, "{asset}");
        }
        for asset in [json!(99), json!(-1), json!(1.5), json!("nobody"), json!("../../etc"), json!("\u{1b}[31m")] {
            let report = client.report("packer/get_asset_details", json!({ "asset": asset }));
            assert_eq!(
                (&report["status"], &report["diagnostics"][0]["code"]),
                (&json!("failed"), &json!("usage/unknown-asset"))
            );
            assert!(!report.to_string().contains('\u{1b}'));
        }
        assert_eq!(client.report("packer/explain", json!({ "code": "trust/link" }))["result"]["code"], "trust/link");
        assert_eq!(
            client.report("packer/explain", json!({ "code": "no/such" }))["diagnostics"][0]["code"],
            "usage/unknown-code"
        );
        let rows = client.report("packer/pack_summary", Value::Null)["result"]["assets"].clone();
        let row = &rows[0];
        assert_eq!(
            (&row["asset_id"], &row["name"], &row["family"]),
            (&json!(1), &json!("world_tiles"), &json!("glyph_bank"))
        );
        assert!(row["artifacts"].as_u64().unwrap() > 0 && row["last_change"].as_str().unwrap().ends_with('Z'), "{row}");
        assert_eq!(rows.as_array().unwrap().len(), 7, "an excluded asset is in no pack");
        assert_eq!(client.events.len(), 0, "none of these announces itself");
        assert_eq!(client.report("packer/doctor", json!({ "scope": "registered" }))["result"]["scope"], "registered");
        assert_eq!(client.report("packer/doctor", json!({ "scope": "workspace" }))["result"]["scope"], "workspace");
        assert_eq!(client.report("packer/validate_pack", json!({}))["result"]["assets"], json!([]));
        assert_eq!(kinds(&client, 0), ["diagnostics_updated"; 3]);
        assert_eq!(fixtures::snapshot(project).unwrap(), before);
        check_events(&client.events);
        assert_eq!(client.leave(), 0);
    });
}

#[test]
fn only_assets_that_block_a_build_are_in_the_way_of_the_pack() {
    with_both(|mut client, project| {
        fs::write(project.join("assets/actors/asset.json"), "{").unwrap();
        let report = client.report("packer/validate_pack", Value::Null);
        let assets = report["result"]["assets"].as_array().unwrap();
        assert_eq!((&report["status"], assets.len()), (&json!("blocked"), 1), "{report}");
        assert_eq!(
            (&assets[0]["root"], &assets[0]["diagnostics"][0]["code"]),
            (&json!("actors"), &json!("json/syntax"))
        );
        assert_eq!(client.events.last().unwrap()["detail"]["outcome"], "blocked");
        assert_eq!(client.report("packer/build", Value::Null)["status"], "blocked");
        assert_eq!(kinds(&client, 0), ["diagnostics_updated", "build_started", "build_finished"]);
        check_events(&client.events);
    });
}

#[test]
fn a_change_is_previewed_applied_and_undone() {
    with_both(|mut client, project| {
        let before = fixtures::snapshot(project).unwrap();
        let id = preview(&mut client, json!({ "operation": "rename", "asset": "ui_font", "name": "letters" }));
        assert_eq!(fixtures::snapshot(project).unwrap(), before, "a preview changes nothing");
        let applied = client.report("packer/apply", json!({ "preview_id": id }));
        assert_eq!((&applied["status"], &applied["result"]["applied"]), (&json!("ok"), &json!(true)));
        let transaction = applied["result"]["transaction_id"].as_str().unwrap().to_owned();
        let again = client.report("packer/apply", json!({ "preview_id": id }));
        assert_eq!(again["diagnostics"][0]["code"], "plan/stale", "a preview is of one state");
        assert_ne!(again["result"]["applied"], true);
        let undo = preview(&mut client, json!({ "operation": "undo", "id": transaction }));
        assert_eq!(client.report("packer/apply", json!({ "preview_id": undo }))["status"], "ok");
        let mut after = fixtures::snapshot(project).unwrap();
        after.retain(|path, _| !path.starts_with("assets/.prometeu/txn"));
        assert_eq!(after, before);
        let told = ["preview_ready", "action_applied", "action_failed", "preview_ready", "action_applied"];
        assert_eq!(kinds(&client, 0), told);
        assert_eq!(client.events[1]["affected_assets"], json!([3]));
        check_events(&client.events);
        assert_eq!(client.leave(), 0);
    });
}

#[test]
fn a_preview_of_another_state_or_of_nobody_is_stale() {
    with_both(|mut client, project| {
        let id = preview(&mut client, json!({ "operation": "exclude", "asset": 2 }));
        let index = project.join("assets/.prometeu/index.json");
        fs::write(&index, fs::read_to_string(&index).unwrap() + "\n").unwrap();
        for id in [id.as_str(), "", "0123", "../../x"] {
            let report = client.report("packer/apply", json!({ "preview_id": id }));
            let found = (&report["status"], &report["diagnostics"][0]["code"], &report["result"]["applied"]);
            assert!(found.0 == "blocked" && found.1 == "plan/stale" && *found.2 != true, "{report}");
            assert_eq!(client.events.last().unwrap()["kind"], "action_failed");
        }
        check_events(&client.events);
    });
}

#[test]
fn sixty_four_previews_are_kept() {
    let project = showcase();
    let mut client = Client::in_memory().open(project.path());
    let mut ids = Vec::new();
    for number in 0..65 {
        ids.push(preview(&mut client, json!({ "operation": "rename", "asset": 1, "name": format!("n{number}") })));
    }
    let oldest = client.report("packer/apply", json!({ "preview_id": ids[0] }));
    assert_eq!(oldest["diagnostics"][0]["code"], "plan/stale");
    assert_eq!(client.report("packer/apply", json!({ "preview_id": ids[1] }))["result"]["applied"], true);
}

#[test]
fn a_removal_needs_its_name_typed() {
    with_both(|mut client, project| {
        let id = preview(&mut client, json!({ "operation": "remove", "asset": "sfx_ui" }));
        for confirm in [Value::Null, json!("sfx"), json!("SFX_UI")] {
            let report = client.report("packer/apply", json!({ "preview_id": id, "confirm": confirm }));
            assert_eq!(report["diagnostics"][0]["code"], "plan/consent-missing");
        }
        assert_eq!(client.refused("packer/apply", json!({ "preview_id": id, "confirm": true })), -32602);
        let report = client.report("packer/apply", json!({ "preview_id": id, "confirm": "sfx_ui" }));
        assert_eq!(report["result"]["applied"], true);
        assert!(!project.join("assets/audio/sfx_ui").exists());
        assert_eq!(client.leave(), 0);
    });
}

#[test]
fn what_the_doctor_finds_is_repaired_as_previewed() {
    with_both(|mut client, project| {
        let index = project.join("assets/.prometeu/index.json");
        let text = fs::read_to_string(&index).unwrap();
        let mut registry: Value = serde_json::from_str(&text).unwrap();
        registry["next_asset_id"] = json!(1);
        fs::write(&index, registry.to_string()).unwrap();
        let found = client.report("packer/doctor", json!({}));
        assert_eq!(found["diagnostics"][0]["code"], "registry/allocator-behind", "{found}");
        let shown = client.report("packer/preview", json!({ "operation": "fix", "only": "registry/allocator-behind" }));
        let id = shown["result"]["preview_id"].clone();
        let applied = client.report("packer/apply", json!({ "preview_id": id }));
        assert_eq!((&applied["status"], &applied["result"]["applied"]), (&json!("ok"), &json!(true)), "{applied}");
        let last = client.events.last().unwrap();
        assert_eq!((&last["kind"], &last["detail"]["outcome"]), (&json!("action_applied"), &json!("ok")));
        assert_eq!(client.report("packer/doctor", json!({}))["status"], "ok");
        let unknown = client.report("packer/preview", json!({ "operation": "fix", "only": "no/such" }));
        assert_eq!(unknown["diagnostics"][0]["code"], "usage/unknown-code");
        assert_eq!(client.refused("packer/preview", json!({ "operation": "fix", "only": 7 })), -32602);
        check_events(&client.events);
    });
}

#[test]
fn an_old_project_is_migrated_and_brought_back() {
    let folder = tempfile::tempdir().unwrap();
    let old = fixtures::folder().join("frozen/asset-1-index-1");
    fixtures::Files::read(&old).unwrap().write(folder.path()).unwrap();
    let mut client = Client::program().open(folder.path());
    let before = fixtures::snapshot(folder.path()).unwrap();
    let id = preview(&mut client, json!({ "operation": "migrate" }));
    let stale = client.report("packer/apply", json!({ "preview_id": "0" }));
    assert_eq!(stale["status"], "blocked");
    let seen = client.events.len();
    let applied = client.report("packer/apply", json!({ "preview_id": id }));
    assert_eq!(applied["status"], "ok", "{applied}");
    let migration = applied["result"]["migration_id"].as_str().unwrap().to_owned();
    assert_eq!(kinds(&client, seen), ["migration_started", "migration_finished"]);
    let rollback = preview(&mut client, json!({ "operation": "rollback", "id": migration }));
    let index = folder.path().join("assets/.prometeu/index.json");
    let current = fs::read(&index).unwrap();
    fs::write(&index, [&current[..], b"\n"].concat()).unwrap();
    let refused = client.report("packer/apply", json!({ "preview_id": rollback }));
    assert_eq!(refused["status"], "blocked", "{refused}");
    assert_eq!(client.events.last().unwrap()["kind"], "migration_finished");
    fs::write(&index, current).unwrap();
    assert_eq!(client.report("packer/apply", json!({ "preview_id": rollback }))["status"], "ok");
    let mut after = fixtures::snapshot(folder.path()).unwrap();
    after.retain(|path, _| !path.starts_with("assets/.prometeu/txn"));
    assert_eq!(after, before);
    check_events(&client.events);
    assert_eq!(client.leave(), 0);
}

#[test]
fn a_build_publishes_what_the_command_line_publishes() {
    with_both(|mut client, project| {
        for full in [json!({}), json!({ "full": true }), json!({ "full": false })] {
            let is_anew = full["full"] == true;
            let report = client.report("packer/build", full);
            let result = &report["result"];
            assert!(!is_anew || (&result["materialised"], &result["reused"]) == (&json!(7), &json!(0)), "{result:#}");
            let archive = &report["result"]["archive"];
            assert_eq!((&report["status"], &archive["path"]), (&json!("ok"), &json!("build/assets.pa")));
            let bytes = fs::metadata(project.join("build/assets.pa")).unwrap().len();
            assert_eq!(archive["bytes"], bytes);
        }
        assert_eq!(client.refused("packer/build", json!({ "full": "yes" })), -32602);
        let told = kinds(&client, 0);
        // Nothing is there to be taken at first, and nothing is taken by a build that is to make all anew.
        let three = ["cache_miss", "cache_miss", "cache_hit"].map(|kind| ["build_started", kind, "build_finished"]);
        assert_eq!(told, three.concat());
        assert_eq!(client.events.last().unwrap()["affected_assets"], json!([1, 2, 3, 4, 6, 7, 8]));
        check_events(&client.events);
        assert_eq!(client.leave(), 0);
    });
}

#[test]
fn parameters_are_held_to_their_types() {
    let project = showcase();
    let mut client = Client::in_memory().open(project.path());
    for (method, params) in [
        ("get_asset_details", json!({})),
        ("get_asset_details", json!({ "asset": null })),
        ("get_asset_details", json!({ "asset": [1] })),
        ("get_asset_details", json!([1])),
        ("explain", json!({})),
        ("explain", json!({ "code": 1 })),
        ("doctor", json!({ "scope": "all" })),
        ("doctor", json!({ "scope": 1 })),
        ("apply", json!({})),
        ("apply", json!({ "preview_id": 1 })),
        ("build", json!([true])),
        ("preview", json!({})),
        ("preview", json!({ "operation": "destroy" })),
        ("preview", json!({ "operation": "rename", "asset": 1 })),
        ("preview", json!({ "operation": "register", "root": "x" })),
        ("preview", json!({ "operation": "adopt", "root": 1 })),
        ("preview", json!({ "operation": "register", "root": "x", "type": "video" })),
        ("preview", json!({ "operation": "undo", "id": 7 })),
        ("preview", json!({ "operation": "register", "root": "x", "type": "glyph_bank", "tile_size": 1.5 })),
        (
            "preview",
            json!({ "operation": "register", "root": "x", "type": "glyph_bank", "inputs": { "sprites": "a.png" } }),
        ),
    ] {
        assert_eq!(client.refused(&format!("packer/{method}"), params.clone()), -32602, "{method} {params}");
    }
    for method in ["packer/destroy", "", "list_assets", "rpc.discover", "packer/event", "$/anything"] {
        assert_eq!(client.refused(method, Value::Null), -32601, "{method}");
    }
    client.notify("packer/list_assets", Value::Null);
    client.notify("$/unknown", json!([1]));
    assert_eq!(client.events.len(), 0);
    for root in ["../outside", "/etc", "C:\\x", "a\u{202e}b", ".prometeu/x", "con"] {
        let report =
            client.report("packer/preview", json!({ "operation": "register", "root": root, "type": "glyph_bank" }));
        assert_ne!(report["status"], "ok", "{report}");
        assert!(!report.to_string().contains('\u{202e}'), "{report}");
    }
    assert_eq!(client.leave(), 0);
}

#[test]
fn a_folder_of_pictures_becomes_an_asset() {
    with_both(|mut client, project| {
        let from = project.join("assets/ui/font");
        fs::create_dir_all(project.join("assets/new")).unwrap();
        for entry in fs::read_dir(&from).unwrap() {
            let entry = entry.unwrap();
            if entry.file_name() != "asset.json" {
                fs::copy(entry.path(), project.join("assets/new").join(entry.file_name())).unwrap();
            }
        }
        let params =
            json!({ "operation": "register", "root": "new", "type": "glyph_bank", "name": "fresh", "tile_size": 8 });
        let id = preview(&mut client, params);
        let report = client.report("packer/apply", json!({ "preview_id": id }));
        assert_eq!(report["result"]["applied"], true, "{report}");
        let shown = client.report("packer/get_asset_details", json!({ "asset": "fresh" }));
        assert_eq!(shown["result"]["root"], "new");
        assert_eq!(client.events.last().unwrap()["affected_assets"], json!([shown["result"]["asset_id"]]));
    });
}

#[test]
fn exit_shutdown_and_the_end_of_the_input_give_their_exit_codes() {
    let project = showcase();
    assert_eq!(Client::program().open(project.path()).leave(), 0);
    let mut client = Client::program().open(project.path());
    client.notify("exit", Value::Null);
    assert_eq!(client.end().0, 1);
    let mut client = Client::program();
    client.notify("exit", Value::Null);
    assert_eq!(client.end().0, 1);
    let mut client = Client::program().open(project.path());
    client.hang_up();
    assert_eq!(client.end().0, 0);
    let mut client = Client::program().open(project.path());
    client.ask("shutdown", Value::Null);
    assert_eq!(client.refused("packer/list_assets", Value::Null), -32600);
    client.hang_up();
    assert_eq!(client.end().0, 0);
}
