//! Recorded sessions, `fixtures/cases/wire/*.jsonl`, played again from both sides: the recorded client against the adapter,
//! and the recorded adapter against the example client. `PROTOCOL.md` takes its examples from them.
//!
//! `RECORD=1 cargo test -p prometeu-studio-adapter --test transcripts` records them anew.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    dead_code,
    reason = "a test fails by panicking; the example has a main of its own"
)]

mod client;
#[path = "../examples/studio.rs"]
mod example;

use client::{Client, framed};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// What stands for the project's folder in a recording.
const ROOT: &str = "/home/me/game";
/// What to do about a recording that says something else on purpose.
const AGAIN: &str = "if it is meant to be so: RECORD=1 cargo test -p prometeu-studio-adapter --test transcripts, which renews PROTOCOL.md too";
/// What differs from session to session: hexadecimal digits are `x`, decimal ones `d`.
const MADE: [&str; 6] = [
    "ddddddddTdddddd.dddZ-xxxxxxxx",
    "dddd-dd-ddTdd:dd:dd.dddZ",
    "dddd-dd-ddTdd:dd:ddZ",
    "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
];

fn path(name: &str) -> PathBuf {
    fixtures::folder().join("cases/wire").join(format!("{name}.jsonl"))
}

/// A project small enough to read about.
fn project(folder: &Path) {
    let files = fixtures::showcase();
    for (path, content) in files.iter() {
        if let Some(below) = path.strip_prefix("assets/ui/font/").filter(|below| *below != "asset.json") {
            let to = folder.join("assets/font").join(below);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::write(to, content).unwrap();
        }
    }
}

/// Every method once, as a client sends it; later ones name what earlier answers gave.
fn every_method(client: &mut dyn FnMut(Value) -> Value) {
    let mut ask = |id: u64, method: &str, params: Value| {
        client(json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))["result"]["result"].clone()
    };
    let introduction = json!({ "client": { "name": "Studio", "version": "1.0" }, "protocol": { "min": 1, "max": 1 }, "project_root": ROOT });
    ask(1, "initialize", introduction);
    let init = ask(2, "packer/preview", json!({ "operation": "init" }));
    ask(3, "packer/apply", json!({ "preview_id": init["preview_id"] }));
    let params =
        json!({ "operation": "register", "root": "font", "type": "glyph_bank", "name": "font", "tile_size": 8 });
    let register = ask(4, "packer/preview", params);
    ask(5, "packer/apply", json!({ "preview_id": register["preview_id"] }));
    ask(6, "packer/list_assets", json!({}));
    ask(7, "packer/get_asset_details", json!({ "asset": 1 }));
    ask(8, "packer/doctor", json!({ "scope": "registered" }));
    ask(9, "packer/explain", json!({ "code": "plan/stale" }));
    ask(10, "packer/pack_summary", json!({}));
    ask(11, "packer/validate_pack", json!({}));
    ask(12, "packer/build", json!({ "full": true }));
    let remove = ask(13, "packer/preview", json!({ "operation": "remove", "asset": "font" }));
    ask(14, "packer/apply", json!({ "preview_id": remove["preview_id"] }));
    ask(15, "packer/apply", json!({ "preview_id": remove["preview_id"], "confirm": "font" }));
    ask(16, "packer/no_such_method", json!({}));
    ask(17, "shutdown", Value::Null);
}

/// A message in which nothing depends on how threads met.
fn is_steady(message: &Value) -> bool {
    message["params"]["kind"] != "progress_updated"
}

/// Sends each message of the client's, and gives everything that either side said, as lines of a recording.
fn record(folder: &Path, play: impl FnOnce(&mut dyn FnMut(Value) -> Value)) -> Vec<(bool, Value)> {
    let mut client = Client::program();
    let mut lines = Vec::new();
    play(&mut |message| {
        let mut sent = message.clone();
        if sent["params"].get("project_root").is_some() {
            sent["params"]["project_root"] = json!(folder);
        }
        client.send(&sent);
        lines.push((true, message.clone()));
        let answer = client.answer(&message["id"]);
        for event in client.events.drain(..) {
            lines.push((false, json!({ "jsonrpc": "2.0", "method": "packer/event", "params": event })));
        }
        lines.push((false, answer.clone()));
        answer
    });
    client.notify("exit", Value::Null);
    lines.push((true, json!({ "jsonrpc": "2.0", "method": "exit", "params": null })));
    assert_eq!(client.end().0, 0);
    lines.retain(|(_, message)| is_steady(message));
    lines
}

/// Every part of a text that fits one of the patterns, and the text with the patterns in their places.
fn made(text: &str) -> (Vec<String>, String) {
    let fits = |at: usize, pattern: &&&str| {
        let found = text.as_bytes().get(at..at + pattern.len());
        found.is_some_and(|found| {
            std::iter::zip(found, pattern.bytes()).all(|(byte, wanted)| match wanted {
                b'x' => byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase(),
                b'd' => byte.is_ascii_digit(),
                exact => *byte == exact,
            })
        })
    };
    let (mut parts, mut masked, mut at) = (Vec::new(), String::new(), 0);
    while at < text.len() {
        if let Some(pattern) = MADE.iter().find(|pattern| fits(at, pattern)) {
            parts.push(text[at..at + pattern.len()].to_owned());
            masked += pattern;
            at += pattern.len();
        } else {
            let end = at + text[at..].chars().next().unwrap().len_utf8();
            masked += &text[at..end];
            at = end;
        }
    }
    (parts, masked)
}

/// A message without what counts events and time.
fn uncounted(message: &Value) -> Value {
    let mut message = message.clone();
    for counter in ["seq", "sequence"] {
        if message["params"].get(counter).is_some() {
            message["params"][counter] = json!(0);
        }
    }
    if message["result"]["result"].get("elapsed_ms").is_some() {
        message["result"]["result"]["elapsed_ms"] = json!(0);
    }
    message
}

fn recorded(name: &str) -> Vec<(bool, Value)> {
    let text = fs::read_to_string(path(name)).unwrap();
    let line = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        (line["from"] == "client", line["message"].clone())
    };
    text.lines().map(line).collect()
}

fn write(name: &str, lines: &[(bool, Value)]) {
    let line = |(is_client, message): &(bool, Value)| {
        let from = if *is_client { "client" } else { "adapter" };
        format!("{}\n", json!({ "from": from, "message": message }))
    };
    fs::create_dir_all(path(name).parent().unwrap()).unwrap();
    fs::write(path(name), lines.iter().map(line).collect::<String>()).unwrap();
}

/// Puts what was recorded in the place of each example of the page that it is one of.
fn renew_page(recorded: &[(bool, Value)]) {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("PROTOCOL.md");
    let text = fs::read_to_string(&page).unwrap();
    let mut renewed = String::new();
    for (at, part) in text.split("```json\n").enumerate() {
        let Some((block, rest)) = part.split_once("\n```").filter(|_| at > 0) else {
            renewed += part;
            continue;
        };
        let messages = serde_json::Deserializer::from_str(block).into_iter::<Value>();
        let fresh = messages.map(|message| {
            let message = message.unwrap();
            let is_it = |now: &Value| {
                (&now["id"], now.get("method"), &now["params"]["kind"])
                    == (&message["id"], message.get("method"), &message["params"]["kind"])
            };
            let found = recorded.iter().find(|(_, now)| is_it(now));
            serde_json::to_string_pretty(&found.unwrap_or_else(|| panic!("not recorded: {message}")).1).unwrap()
        });
        let fresh: Vec<String> = fresh.collect();
        renewed += &format!("```json\n{}\n```{rest}", fresh.join("\n"));
    }
    fs::write(page, renewed).unwrap();
}

/// Plays the recorded client against the adapter.
#[test]
fn the_adapter_still_says_what_it_said() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path());
    if std::env::var_os("RECORD").is_some() {
        write("every_method", &record(folder.path(), every_method));
        let folder = tempfile::tempdir().unwrap();
        fixtures::showcase().write(folder.path()).unwrap();
        write("example", &record(folder.path(), example_by_hand));
        renew_page(&recorded("every_method"));
        return;
    }
    let recorded = recorded("every_method");
    // Recorded texts, and what stands in their place this time.
    let mut now: HashMap<String, String> = HashMap::new();
    let with = |now: &HashMap<String, String>, message: &Value| {
        let text = now.iter().fold(message.to_string(), |text, (then, now)| text.replace(then, now));
        serde_json::from_str::<Value>(&text).unwrap()
    };
    let played = record(folder.path(), |client| {
        for (is_client, message) in &recorded {
            if !*is_client || message["method"] == "exit" {
                continue;
            }
            let answer = client(with(&now, message));
            let (_, then) =
                recorded.iter().find(|(is_client, then)| !is_client && then["id"] == message["id"]).unwrap();
            let pairs = std::iter::zip(made(&uncounted(then).to_string()).0, made(&uncounted(&answer).to_string()).0);
            now.extend(pairs.filter(|(then, _)| then.len() == 32));
        }
    });
    assert_eq!(played.len(), recorded.len(), "{played:#?}; {AGAIN}");
    for ((is_client, then), (_, now)) in std::iter::zip(&recorded, &played) {
        let (then, now) = (uncounted(then).to_string(), uncounted(now).to_string());
        assert_eq!(made(&then).1, made(&now).1, "from the {}; {AGAIN}", if *is_client { "client" } else { "adapter" });
    }
}

/// What the example client asks, so that its session can be recorded.
fn example_by_hand(client: &mut dyn FnMut(Value) -> Value) {
    let mut ask = |id: u64, method: &str, params: Value| {
        client(json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))["result"]["result"].clone()
    };
    let introduction = json!({ "client": { "name": "example", "version": "1" }, "protocol": { "min": 1, "max": 1 }, "project_root": ROOT });
    ask(1, "initialize", introduction);
    ask(2, "packer/list_assets", json!({}));
    let id = ask(3, "packer/preview", json!({ "operation": "exclude", "asset": 1 }))["preview_id"].clone();
    ask(4, "packer/apply", json!({ "preview_id": id }));
    ask(5, "packer/build", json!({}));
    let id = ask(6, "packer/preview", json!({ "operation": "include", "asset": 1 }))["preview_id"].clone();
    ask(7, "packer/apply", json!({ "preview_id": id }));
    ask(8, "shutdown", Value::Null);
}

/// Plays the recorded adapter against the example client.
#[test]
fn the_example_client_still_asks_what_it_asked() {
    if std::env::var_os("RECORD").is_some() {
        return;
    }
    let (their_input, mut input) = std::io::pipe().unwrap();
    let (output, their_output) = std::io::pipe().unwrap();
    let mut events = 0;
    let adapter = std::thread::spawn(move || {
        let mut output = BufReader::new(output);
        for (is_client, message) in recorded("example") {
            if !is_client {
                input.write_all(&framed(&message)).unwrap();
                continue;
            }
            let mut line = String::new();
            output.read_line(&mut line).unwrap();
            let length = line.trim().strip_prefix("Content-Length: ").unwrap().parse().unwrap();
            output.read_line(&mut line).unwrap();
            let mut body = vec![0; length];
            output.read_exact(&mut body).unwrap();
            let asked: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(
                (&asked["method"], &asked["id"], &asked["params"]),
                (&message["method"], &message["id"], &message["params"])
            );
        }
    });
    let built = example::session(their_input, their_output, ROOT, &mut |_| events += 1).unwrap();
    adapter.join().unwrap();
    assert_eq!(built["path"], "build/assets.pa");
    assert!(events > 4);
}

/// And the example, as it is, against the adapter, as it is.
#[test]
fn the_example_runs_on_a_real_project() {
    let folder = client::showcase();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_prometeu-studio-adapter"))
        // As client libraries start a server that they speak to this way.
        .arg("--stdio")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let (to, from) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut kinds = Vec::new();
    let mut on_event = |event: &Value| kinds.push(event["kind"].as_str().unwrap().to_owned());
    let built = example::session(from, to, folder.path().to_str().unwrap(), &mut on_event).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(built["path"], "build/assets.pa");
    kinds.retain(|kind| kind != "progress_updated");
    let told = [
        "preview_ready",
        "action_applied",
        "build_started",
        "cache_miss",
        "build_finished",
        "preview_ready",
        "action_applied",
    ];
    assert_eq!(kinds, told);
}
