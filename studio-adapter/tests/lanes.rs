//! What runs side by side, what waits, what can be called off, and what is left when one side stops or dies.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod client;

use client::{Client, PATIENCE, check_events, introduction, showcase};
use fixtures::{Entry, snapshot};
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Another writer at work: as long as it is held, whatever wants to write waits, five seconds at most.
fn another_writer(project: &Path) -> File {
    let file =
        File::options().create(true).truncate(false).write(true).open(project.join("assets/.prometeu/lock")).unwrap();
    file.lock().unwrap();
    file
}

/// Everything but the packer's own records.
fn content(project: &Path) -> BTreeMap<String, Entry> {
    let mut all = snapshot(project).unwrap();
    all.retain(|path, _| !path.starts_with("assets/.prometeu/txn") && path != "assets/.prometeu/lock");
    all
}

fn last_event(client: &Client) -> (Value, Value) {
    let event = client.events.last().unwrap();
    (event["kind"].clone(), event["detail"]["outcome"].clone())
}

fn wait_for_start(client: &mut Client) {
    client.event("build_started", client.events.len());
}

#[test]
fn reading_goes_on_while_a_build_waits_and_the_build_can_be_called_off() {
    let project = showcase();
    let mut client = Client::program().open(project.path());
    let before = content(project.path());
    let writer = another_writer(project.path());
    let build = client.begin("packer/build", json!({}));
    wait_for_start(&mut client);
    let queued = client.begin("packer/build", json!({}));
    assert_eq!(client.report("packer/list_assets", json!({}))["status"], "ok");
    client.notify("$/cancelRequest", json!({ "id": queued }));
    assert_eq!(client.answer(&json!(queued))["error"]["code"], -32800, "what has not begun is off at once");
    assert!(client.events.iter().all(|event| event["kind"] != "build_finished"));
    for nobody in [json!({ "id": 999 }), json!({ "id": null }), json!([]), Value::Null, json!({ "id": queued })] {
        client.notify("$/cancelRequest", nobody);
    }
    assert_eq!(client.report("packer/doctor", json!({}))["status"], "ok");
    client.notify("$/cancelRequest", json!({ "id": build }));
    assert_eq!(client.answer(&json!(build))["error"]["code"], -32800);
    assert_eq!(last_event(&client), (json!("build_finished"), json!("cancelled")));
    drop(writer);
    assert_eq!(content(project.path()), before);
    assert_eq!(client.report("packer/build", json!({}))["status"], "ok", "the lane is free again");
    client.notify("$/cancelRequest", json!({ "id": build }));
    check_events(&client.events);
    assert_eq!(client.leave(), 0);
}

#[test]
fn a_change_can_be_called_off_until_it_is_done() {
    let project = showcase();
    let mut client = Client::program().open(project.path());
    let before = content(project.path());
    let params = json!({ "operation": "rename", "asset": 1, "name": "other" });
    let id = client.report("packer/preview", params)["result"]["preview_id"].clone();
    let writer = another_writer(project.path());
    let apply = client.begin("packer/apply", json!({ "preview_id": id }));
    client.report("packer/list_assets", json!({}));
    client.notify("$/cancelRequest", json!({ "id": apply }));
    assert_eq!(client.answer(&json!(apply))["error"]["code"], -32800);
    // Its last event is told only if it had begun, and then before the answer.
    assert!(matches!(last_event(&client).0.as_str(), Some("action_failed" | "preview_ready")));
    drop(writer);
    assert_eq!(content(project.path()), before);
    // However a call-off and the work race, the answer says what is on disk.
    for _ in 0..20 {
        let params = json!({ "operation": "rename", "asset": 1, "name": "other" });
        let id = client.report("packer/preview", params)["result"]["preview_id"].clone();
        let apply = client.begin("packer/apply", json!({ "preview_id": id }));
        client.notify("$/cancelRequest", json!({ "id": apply }));
        let answer = client.answer(&json!(apply));
        if answer["error"]["code"] == -32800 {
            assert_eq!(content(project.path()), before);
        } else {
            assert_eq!(answer["result"]["result"]["applied"], true, "{answer}");
            assert_ne!(content(project.path()), before);
            let undo = json!({ "operation": "undo", "id": answer["result"]["result"]["transaction_id"] });
            let id = client.report("packer/preview", undo)["result"]["preview_id"].clone();
            assert_eq!(client.report("packer/apply", json!({ "preview_id": id }))["status"], "ok");
        }
    }
    check_events(&client.events);
    assert_eq!(client.leave(), 0);
}

#[test]
fn another_writer_is_waited_for_and_then_named() {
    let project = showcase();
    let mut client = Client::program().open(project.path());
    let writer = another_writer(project.path());
    let report = client.report("packer/build", json!({}));
    assert_eq!((&report["status"], &report["diagnostics"][0]["code"]), (&json!("blocked"), &json!("lock/held")));
    assert_eq!(last_event(&client), (json!("build_finished"), json!("blocked")));
    drop(writer);
    assert_eq!(client.leave(), 0);
}

/// Two adapters and many requests: every answer is of one state, and every change is whole.
#[test]
fn two_adapters_share_a_project() {
    let project = showcase();
    let mut one = Client::program().open(project.path());
    let mut other = Client::program().open(project.path());
    for round in 0..10 {
        let (verb, back) = if round % 2 == 0 { ("exclude", "include") } else { ("include", "exclude") };
        let preview = json!({ "operation": verb, "asset": 2 });
        let ids = [&mut one, &mut other]
            .map(|client| client.report("packer/preview", preview.clone())["result"]["preview_id"].clone());
        assert_eq!(ids[0], ids[1], "one state, one preview");
        let first = one.begin("packer/apply", json!({ "preview_id": ids[0] }));
        let second = other.begin("packer/apply", json!({ "preview_id": ids[1] }));
        let lists = [one.begin("packer/list_assets", json!({})), other.begin("packer/list_assets", json!({}))];
        let applied = [one.answer(&json!(first)), other.answer(&json!(second))];
        let done = applied.iter().filter(|answer| answer["result"]["result"]["applied"] == true).count();
        assert_eq!(done, 1, "{back}: {applied:#?}");
        for (client, id) in [(&mut one, lists[0]), (&mut other, lists[1])] {
            assert_eq!(client.answer(&json!(id))["result"]["status"], "ok");
        }
    }
    for client in [one, other] {
        check_events(&client.events);
        assert_eq!(client.leave(), 0);
    }
}

/// The client takes nothing for a while, and far more is said than any pipe holds.
#[test]
fn a_client_that_stops_reading_loses_nothing_it_needs() {
    let project = showcase();
    let mut client = Client::program().open(project.path());
    let gate = client.hold();
    let mut ids = Vec::new();
    for number in 0..120 {
        let method = ["packer/doctor", "packer/list_assets", "packer/validate_pack", "packer/build"][number % 4];
        ids.push(client.begin(method, json!({})));
    }
    std::thread::sleep(Duration::from_secs(3));
    drop(gate);
    for id in ids {
        let answer = client.answer(&json!(id));
        assert_eq!(answer["result"]["status"], "ok", "{answer:#}");
    }
    check_events(&client.events);
    let count = |kind: &str| client.events.iter().filter(|event| event["kind"] == kind).count();
    assert_eq!((count("build_started"), count("build_finished"), count("diagnostics_updated")), (30, 30, 60));
    assert_eq!(client.leave(), 0);
}

/// The process that reads is stopped by a signal, for longer than everything takes, and goes on later.
#[cfg(unix)]
#[test]
fn a_stopped_client_gets_everything_when_it_goes_on() {
    let project = showcase();
    let told = tempfile::NamedTempFile::new().unwrap();
    let mut relayed = Command::new("sh");
    let reader = "\"$0\" | sh -c 'echo $$ >&2; exec cat'";
    relayed.args(["-c", reader, env!("CARGO_BIN_EXE_prometeu-studio-adapter")]).stderr(told.reopen().unwrap());
    let mut client = Client::command(&mut relayed).open(project.path());
    let reader = fs::read_to_string(told.path()).unwrap();
    let signal = |name: &str| assert!(Command::new("kill").args([name, reader.trim()]).status().unwrap().success());
    signal("-STOP");
    let ids: Vec<u64> = (0..200).map(|_| client.begin("packer/doctor", json!({}))).collect();
    let build = client.begin("packer/build", json!({}));
    std::thread::sleep(Duration::from_secs(2));
    signal("-CONT");
    for id in ids.into_iter().chain([build]) {
        let answer = client.answer(&json!(id));
        assert_eq!(answer["result"]["status"], "ok", "{answer:#}");
    }
    check_events(&client.events);
    // Stopped for good, it keeps nobody alive that was told goodbye.
    signal("-STOP");
    client.notify("exit", Value::Null);
    std::thread::sleep(Duration::from_millis(500));
    signal("-KILL");
    client.end();
}

#[test]
fn the_end_of_the_input_lets_finish_what_was_asked() {
    let project = showcase();
    let mut client = Client::program().open(project.path());
    let ids = [client.begin("packer/build", json!({})), client.begin("packer/doctor", json!({}))];
    client.hang_up();
    for id in ids {
        assert_eq!(client.answer(&json!(id))["result"]["status"], "ok");
    }
    let (exit, client) = client.end();
    assert_eq!(exit, 0);
    check_events(&client.events);
    assert!(project.path().join("build/assets.pa").exists());
}

#[test]
fn exit_without_shutdown_calls_everything_off() {
    let project = showcase();
    let mut client = Client::program().open(project.path());
    let before = content(project.path());
    let writer = another_writer(project.path());
    let builds = [client.begin("packer/build", json!({})), client.begin("packer/build", json!({}))];
    wait_for_start(&mut client);
    let started = Instant::now();
    client.notify("exit", Value::Null);
    for id in builds {
        assert_eq!(client.answer(&json!(id))["error"]["code"], -32800);
    }
    assert_eq!(client.end().0, 1);
    assert!(started.elapsed() < Duration::from_secs(4), "it did not wait for the other writer");
    drop(writer);
    assert_eq!(content(project.path()), before);
}

#[test]
fn shutdown_lets_finish_what_was_asked() {
    let project = showcase();
    let mut client = Client::program().open(project.path());
    let writer = another_writer(project.path());
    let build = client.begin("packer/build", json!({}));
    wait_for_start(&mut client);
    let shutdown = client.begin("shutdown", Value::Null);
    client.notify("exit", Value::Null);
    drop(writer);
    assert_eq!(client.answer(&json!(build))["result"]["status"], "ok");
    assert_eq!(client.answer(&json!(shutdown))["result"], Value::Null);
    assert_eq!(client.end().0, 0);
}

/// The client dies while a build waits: both pipes break, the build is off, and nobody is left behind.
#[test]
fn a_killed_client_leaves_no_orphan() {
    let project = showcase();
    let mut client = Client::program().open(project.path());
    let before = content(project.path());
    let writer = another_writer(project.path());
    client.begin("packer/build", json!({}));
    wait_for_start(&mut client);
    let mut child = client.vanish();
    let until = Instant::now() + Duration::from_secs(20);
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if Instant::now() > until => panic!("it is still there"),
            None => std::thread::sleep(Duration::from_millis(10)),
        }
    };
    assert_eq!(status.code(), Some(0));
    drop(writer);
    assert_eq!(content(project.path()), before);
}

/// A session with every kind of change; after its first `count` messages one side is killed.
fn messages(client: &mut Client, project: &Path, count: usize) -> Option<()> {
    let left = Cell::new(count);
    let step = || left.get().checked_sub(1).map(|fewer| left.set(fewer));
    step()?;
    client.introduce(project);
    for params in [
        json!({ "operation": "rename", "asset": 3, "name": "letters" }),
        json!({ "operation": "quarantine", "asset": 2 }),
        json!({ "operation": "relocate", "asset": 4, "root": "moved/burst" }),
        json!({ "operation": "forget", "asset": 8 }),
    ] {
        step()?;
        let id = client.report("packer/preview", params)["result"]["preview_id"].clone();
        step()?;
        if left.get() == 0 {
            // Killed while it works.
            client.begin("packer/apply", json!({ "preview_id": id }));
            return None;
        }
        client.report("packer/apply", json!({ "preview_id": id }));
    }
    step()?;
    client.begin("packer/build", json!({}));
    step()
}

/// Every state that the session goes through when nobody is killed.
fn legal_states() -> Vec<BTreeMap<String, Entry>> {
    (0..=11)
        .map(|count| {
            let project = showcase();
            let mut client = Client::program();
            messages(&mut client, project.path(), count);
            client.hang_up();
            client.end();
            without_build(project.path())
        })
        .collect()
}

fn without_build(project: &Path) -> BTreeMap<String, Entry> {
    let mut all = content(project);
    // Which asset is quarantined as which transaction differs from run to run, and so do the stamps in the cache.
    let own = ["build", "assets/.prometeu/quarantine", "assets/.prometeu/cache"];
    all.retain(|path, _| !own.iter().any(|own| path.starts_with(own)));
    all
}

#[test]
fn a_kill_of_either_side_at_any_message_leaves_a_whole_project() {
    let legal = legal_states();
    for side in ["adapter", "client"] {
        for count in 0..=11 {
            let project = showcase();
            let mut client = Client::program();
            messages(&mut client, project.path(), count);
            match side {
                "adapter" => client.kill(),
                _ => {
                    let mut child = client.vanish();
                    let until = Instant::now() + PATIENCE;
                    while child.try_wait().unwrap().is_none() {
                        assert!(Instant::now() < until, "{side} {count}: an orphan");
                        std::thread::sleep(Duration::from_millis(2));
                    }
                }
            }
            // The next command settles what was cut short.
            let mut next = Client::program().open(project.path());
            let report = next.report("packer/doctor", json!({}));
            assert_eq!(report["status"], "ok", "{side} {count}: {report}");
            assert_eq!(next.leave(), 0);
            assert!(legal.contains(&without_build(project.path())), "{side} {count}: half a change");
        }
    }
}

/// The process that started the adapter dies, and somebody else keeps the pipes open.
#[cfg(unix)]
#[test]
fn a_vanished_parent_ends_it_even_if_the_pipes_stay_open() {
    let project = showcase();
    let mut shell = Command::new("sh");
    shell.args(["-c", "exec 3<&0; \"$0\" <&3 & wait", env!("CARGO_BIN_EXE_prometeu-studio-adapter")]);
    let mut client = Client::command(&mut shell).open(project.path());
    client.report("packer/list_assets", json!({}));
    client.kill();
    // Its standard output ends when it does.
    let until = Instant::now() + Duration::from_secs(20);
    while client.is_open() {
        assert!(Instant::now() < until, "it outlived its parent");
        client.take(Duration::from_millis(20));
    }
}

#[test]
fn a_polite_kill_calls_everything_off() {
    let project = showcase();
    let mut client = Client::program().open(project.path());
    let writer = another_writer(project.path());
    let build = client.begin("packer/build", json!({}));
    wait_for_start(&mut client);
    let killed = Command::new("kill").arg(client.id().to_string()).status();
    if killed.is_ok_and(|status| status.success()) {
        assert_eq!(client.answer(&json!(build))["error"]["code"], -32800);
        assert_eq!(client.end().0, 130);
    }
    drop(writer);
}

#[test]
fn a_second_session_of_one_project_has_the_same_project_id() {
    let project = showcase();
    fs::create_dir(project.path().join("x")).unwrap();
    let spelled = project.path().join("x").join("..");
    let mut seen = Vec::new();
    for root in [project.path(), &spelled] {
        let mut client = Client::program();
        client.ask("initialize", introduction(root));
        client.report("packer/doctor", json!({}));
        let event = client.events[0].clone();
        seen.push((event["project_id"].clone(), event["epoch"].clone()));
        assert_eq!(client.leave(), 0);
    }
    assert_eq!(seen[0].0, seen[1].0);
    assert_ne!(seen[0].1, seen[1].1, "each process has an epoch of its own");
}
