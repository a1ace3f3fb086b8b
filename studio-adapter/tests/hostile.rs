//! Clients that are broken or mean it: each is answered by the protocol or the program stops. It never hangs, says
//! nothing but frames, and leaves no project half changed.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod client;

use client::{Client, PATIENCE, check_events, framed, introduction, showcase};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// What a session that sends these bytes, and nothing more, is told, and how it ends.
fn session(bytes: &[u8]) -> (i32, Vec<Value>) {
    let mut client = Client::program();
    // The program may have stopped before it was told everything.
    let _ = client.try_raw(bytes);
    client.hang_up();
    let (exit, client) = client.end();
    (exit, client.answers.clone())
}

fn request(id: Value, method: &str, params: Value) -> Vec<u8> {
    framed(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
}

fn codes(answers: &[Value]) -> Vec<(&Value, i64)> {
    answers.iter().map(|answer| (&answer["id"], answer["error"]["code"].as_i64().unwrap_or(0))).collect()
}

#[test]
fn a_header_that_cannot_be_trusted_stops_the_program() {
    let long = format!("X-Long: {}\r\n\r\n", "a".repeat(9000));
    for header in [
        "\r\n",
        "{}\r\n\r\n",
        "Content-Type: application/json\r\n\r\n{}",
        "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        "Content-Length: -2\r\n\r\n{}",
        "Content-Length: 8388609\r\n\r\n",
        "Content-Length: 18446744073709551616\r\n\r\n",
        "Content-Length: 99999999999999999999999999999999\r\n\r\n",
        "Content-Length: two\r\n\r\n{}",
        "Content-Length: 2\n\n{}",
        "Content-Length: 2\r\n\n{}",
        "Content-Length\r\n\r\n{}",
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        &long,
        "\u{0}\u{0}\u{0}\r\n\r\n",
        "Content-Length: 2\r\nbad\u{1b}[31m: 1\r\n\r\n{}",
    ] {
        let started = Instant::now();
        let (exit, answers) = session(header.as_bytes());
        assert_eq!((exit, codes(&answers)), (1, vec![(&Value::Null, -32700)]), "{header:?}");
        assert!(started.elapsed() < Duration::from_secs(20), "{header:?}");
    }
}

#[test]
fn it_stops_even_while_the_input_stays_open() {
    let mut client = Client::program();
    client.raw(b"Content-Length: -1\r\n\r\n");
    assert_eq!(client.answer(&Value::Null)["error"]["code"], -32700);
    assert_eq!(client.end().0, 1);
}

#[test]
fn an_input_that_ends_anywhere_is_an_end() {
    let project = showcase();
    let all = [
        request(json!(1), "initialize", introduction(project.path())),
        request(json!(2), "packer/list_assets", json!({})),
    ];
    let text = all.concat();
    for cut in [0, 1, 8, 16, 18, 20, 21, 22, 23, 60, all[0].len() - 1, all[0].len(), all[0].len() + 5, text.len() - 1] {
        let (exit, answers) = session(&text[..cut]);
        assert_eq!(exit, 0, "{cut}");
        assert_eq!(answers.len(), usize::from(cut >= all[0].len()), "{cut}: {answers:?}");
    }
    let (exit, answers) = session(&text);
    assert_eq!((exit, answers.len()), (0, 2), "what was asked before the end is answered");
}

#[test]
fn bad_json_in_a_good_frame_is_refused_and_the_session_goes_on() {
    let project = showcase();
    let mut client = Client::program().open(project.path());
    let deep = "[".repeat(1 << 20);
    let frames: [&[u8]; 10] = [
        b"",
        b"{",
        b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\"",
        b"\xff\xfe{\0}\0",
        b"\xef\xbb\xbf{}",
        b"{\"a\":1,\"a\":2}",
        b"{}{}",
        b"nul",
        b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\\ud800\"}",
        deep.as_bytes(),
    ];
    for frame in frames {
        client.raw(format!("Content-Length: {}\r\n\r\n", frame.len()).as_bytes());
        client.raw(frame);
        let code = client.answer(&Value::Null)["error"]["code"].clone();
        assert!(
            code == -32700 || frame == deep.as_bytes() && code == -32600,
            "{code} {:?}",
            &frame[..frame.len().min(40)]
        );
    }
    assert_eq!(client.report("packer/list_assets", json!({}))["status"], "ok");
    assert_eq!(client.leave(), 0);
}

#[test]
fn batches_and_what_is_no_request_are_refused_and_the_session_goes_on() {
    let project = showcase();
    let mut client = Client::program().open(project.path());
    let one = json!({ "jsonrpc": "2.0", "id": 70, "method": "packer/list_assets" });
    for frame in
        [json!([]), json!([one]), json!([one, one]), json!(7), json!("x"), json!({}), json!({ "jsonrpc": "2.0" })]
    {
        client.send(&frame);
        assert_eq!(client.answer(&Value::Null)["error"]["code"], -32600, "{frame}");
    }
    for frame in [
        json!({ "jsonrpc": "2.0", "id": 71 }),
        json!({ "id": 71, "method": "packer/list_assets" }),
        json!({ "jsonrpc": "1.0", "id": 71, "method": "packer/list_assets" }),
        json!({ "jsonrpc": "2.0", "id": 71, "method": 5 }),
        json!({ "jsonrpc": "2.0", "id": 71, "result": {} }),
    ] {
        client.send(&frame);
        assert_eq!(client.answer(&json!(71))["error"]["code"], -32600, "{frame}");
    }
    for id in [json!(null), json!(true), json!([]), json!({})] {
        client.send(&json!({ "jsonrpc": "2.0", "id": id, "method": "packer/list_assets" }));
        assert_eq!(client.answer(&Value::Null)["error"]["code"], -32600, "{id}");
    }
    assert!(client.answers.is_empty());
    assert_eq!(client.leave(), 0);
}

#[test]
fn nothing_is_answered_before_initialize() {
    let project = showcase();
    let mut client = Client::program();
    for method in ["packer/list_assets", "packer/build", "packer/apply", "shutdown", "no/such/method"] {
        assert_eq!(client.refused(method, json!({})), -32002, "{method}");
    }
    client.notify("$/cancelRequest", json!({ "id": 1 }));
    let mut client = client.open(project.path());
    assert_eq!(client.report("packer/list_assets", json!({}))["status"], "ok");
    assert!(!project.path().join("build").exists());
    assert_eq!(client.leave(), 0);
}

#[test]
fn an_id_in_flight_keeps_its_answer() {
    let project = showcase();
    let mut client = Client::program().open(project.path());
    // The lane of writers is busy, so that the second build has to wait.
    let same = request(json!("same"), "packer/build", json!({}));
    client.raw(&[request(json!("first"), "packer/build", json!({})), same.clone(), same].concat());
    let mut answers = [client.answer(&json!("same")), client.answer(&json!("same"))];
    answers.sort_by_key(|answer| answer.get("error").is_none());
    assert_eq!(answers[0]["error"]["code"], -32600);
    assert_eq!(answers[1]["result"]["status"], "ok");
    assert_eq!(client.answer(&json!("first"))["result"]["status"], "ok");
    client.raw(&request(json!("same"), "packer/build", json!({})));
    assert_eq!(client.answer(&json!("same"))["result"]["status"], "ok", "an answered id is free again");
    for id in
        [json!("1"), json!(1), json!(-1), json!(1.5), json!(9_007_199_254_740_993_u64), json!("\u{202e}"), json!("")]
    {
        client.raw(&request(id.clone(), "packer/explain", json!({ "code": "trust/link" })));
        assert!(client.answer(&id)["result"].is_object(), "{id}");
    }
    check_events(&client.events);
    assert_eq!(client.leave(), 0);
}

/// So many requests that they fit nowhere: the program reads no faster than it answers.
#[test]
fn very_many_requests_are_all_answered_in_bounded_memory() {
    const MANY: u64 = 60_000;
    let project = showcase();
    let mut client = Client::program().open(project.path());
    let (id, mut sender) = (client.id(), client.take_input());
    let writer = std::thread::spawn(move || {
        for number in 0..MANY {
            let method = if number % 3 == 0 { "no/such/method" } else { "packer/explain" };
            let params = json!({ "code": "trust/link", "ballast": "x".repeat(200) });
            sender.write_all(&request(json!(number + 1000), method, params)).unwrap();
        }
        sender
    });
    // Long enough for everything to be read, if it were.
    std::thread::sleep(Duration::from_secs(2));
    let mut answered = vec![false; usize::try_from(MANY).unwrap()];
    for _ in 0..MANY {
        assert!(client.take(PATIENCE), "an answer is missing");
        let id = client.answers.pop().unwrap()["id"].as_u64().unwrap();
        let was = std::mem::replace(&mut answered[usize::try_from(id - 1000).unwrap()], true);
        assert!(!was, "{id} was answered twice");
    }
    if let Some(peak) = peak_kib(id) {
        assert!(peak < 200 << 10, "{peak} KiB");
    }
    client.give_input(writer.join().unwrap());
    assert_eq!(client.leave(), 0);
}

/// The most memory that a process had, where the system tells.
fn peak_kib(id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}

#[test]
fn bytes_may_come_one_by_one() {
    let project = showcase();
    let mut client = Client::program();
    let all = [
        request(json!(1), "initialize", introduction(project.path())),
        request(json!(2), "packer/list_assets", json!({})),
    ];
    for byte in all.concat() {
        client.raw(&[byte]);
        std::thread::sleep(Duration::from_millis(2));
    }
    assert_eq!(client.answer(&json!(1))["result"]["protocol"], 1);
    assert_eq!(client.answer(&json!(2))["result"]["status"], "ok");
    // A byte that never comes keeps nobody: the end of the input is the end.
    client.raw(b"Content-Length: 100\r\n\r\n{");
    client.hang_up();
    assert_eq!(client.end().0, 0);
}
