//! A fault of the packer, at one step after another of every operation: it is answered, its operation is ended, and
//! connection and project are as good as before.
#![allow(clippy::unwrap_used, clippy::panic, reason = "the fault is a panic, and a test fails by one")]

use super::{Setup, serve};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, PipeReader, PipeWriter, Read as _, Write as _, pipe};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::JoinHandle;

/// At which step the fault comes, counted down; 0 once it came, and where none is wanted. One test alone uses it.
static LEFT: AtomicU32 = AtomicU32::new(0);

fn strike() {
    let one_less = |left: u32| left.checked_sub(1);
    if LEFT.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less) == Ok(1) {
        panic!("struck on purpose");
    }
}

/// One connection.
struct Studio {
    input: PipeWriter,
    output: BufReader<PipeReader>,
    server: JoinHandle<u8>,
    asked: u64,
}

impl Studio {
    fn open(project: &Path) -> Studio {
        let ((their_input, input), (output, their_output)) = (pipe().unwrap(), pipe().unwrap());
        let setup = Setup { at_step: strike, ..Setup::named("prometeu-packer") };
        let server = std::thread::spawn(move || serve(setup, their_input, their_output, &AtomicBool::new(false)));
        let mut studio = Studio { input, output: BufReader::new(output), server, asked: 0 };
        let (client, protocol) = (json!({ "name": "tests", "version": "1" }), json!({ "min": 1, "max": 1 }));
        studio.ask("initialize", json!({ "client": client, "protocol": protocol, "project_root": project }));
        studio
    }

    /// Gives the events until the answer, and the answer's report.
    fn ask(&mut self, method: &str, params: Value) -> (Vec<Value>, Value) {
        self.asked += 1;
        let text = json!({ "jsonrpc": "2.0", "id": self.asked, "method": method, "params": params }).to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        let mut events = Vec::new();
        loop {
            let mut line = String::new();
            self.output.read_line(&mut line).unwrap();
            let length: usize = line.trim().strip_prefix("Content-Length: ").unwrap().parse().unwrap();
            self.output.read_line(&mut line).unwrap();
            let mut body = vec![0; length];
            self.output.read_exact(&mut body).unwrap();
            let mut message: Value = serde_json::from_slice(&body).unwrap();
            if message["method"] == "packer/event" {
                events.push(message["params"].take());
            } else {
                assert_eq!(message["id"], self.asked, "{message}");
                return (events, message["result"].take());
            }
        }
    }
}

/// Everything but what the packer keeps for itself.
fn content(project: &Path) -> impl PartialEq + std::fmt::Debug + use<> {
    let mut all = fixtures::snapshot(project).unwrap();
    all.retain(|path, _| !["assets/.prometeu/txn", "assets/.prometeu/lock"].iter().any(|own| path.starts_with(own)));
    all
}

#[test]
fn a_fault_at_any_step_ends_its_operation_and_nothing_else() {
    std::panic::set_hook(Box::new(|_| {}));
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path();
    fixtures::showcase().write(project).unwrap();
    let before = content(project);
    let mut studio = Studio::open(project);
    let rename = json!({ "operation": "rename", "asset": 1, "name": "other" });
    let preview_id = studio.ask("packer/preview", rename.clone()).1["result"]["preview_id"].clone();
    let mut struck = Vec::new();
    for (method, params, last) in [
        ("packer/list_assets", json!({}), None),
        ("packer/get_asset_details", json!({ "asset": 1 }), None),
        ("packer/pack_summary", json!({}), None),
        ("packer/doctor", json!({ "scope": "workspace" }), Some("diagnostics_updated")),
        ("packer/validate_pack", json!({}), Some("diagnostics_updated")),
        ("packer/preview", rename, Some("preview_ready")),
        ("packer/apply", json!({ "preview_id": preview_id }), Some("action_failed")),
        ("packer/build", json!({}), Some("build_finished")),
    ] {
        let found = struck.len();
        for step in 1..=6 {
            LEFT.store(step, Ordering::SeqCst);
            let (events, answer) = studio.ask(method, params.clone());
            if LEFT.swap(0, Ordering::SeqCst) != 0 || answer["status"] == "ok" {
                // It has fewer steps.
                break;
            }
            struck.push((method, step));
            assert_eq!((&answer["status"], &answer["result"]), (&json!("failed"), &json!({})), "{method} {step}");
            assert!(answer["summary"].as_str().unwrap().contains("struck on purpose"), "{method} {step}: {answer}");
            let ends: Vec<_> = events.iter().filter(|event| event["detail"].get("outcome").is_some()).collect();
            assert_eq!(ends.len(), usize::from(last.is_some()), "{method} {step}: {events:#?}");
            for end in &ends {
                assert_eq!((end["kind"].as_str(), &end["detail"]["outcome"]), (last, &json!("failed")));
                assert_eq!(events.last(), Some(*end), "it is the last of its operation");
            }
            // Nothing is held that others need, and nothing is left.
            assert_eq!(studio.ask("packer/doctor", json!({})).1["status"], "ok", "{method} {step}");
            assert_eq!(content(project), before, "{method} {step}");
        }
        assert!(struck.len() > found, "{method} takes no step");
    }
    assert_eq!(studio.ask("packer/apply", json!({ "preview_id": preview_id })).1["result"]["applied"], true);
    assert_eq!(studio.ask("packer/build", json!({})).1["status"], "ok");
    assert_eq!(studio.ask("shutdown", Value::Null).1, Value::Null);
    drop(studio.input);
    assert_eq!(studio.server.join().unwrap(), 0, "{struck:?}");
}
