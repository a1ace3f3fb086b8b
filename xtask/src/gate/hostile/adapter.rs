//! The same projects through the Studio adapter, one session each: a method finds what its command found, every request is
//! answered once, and the session ends as it should.

use super::kit::{self, Answer, Ended, Run};
use camino::Utf8Path;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::process::{Command, Stdio};

/// A request, by its number in the session: the run of the kit that it stands for.
pub(super) type Asked = BTreeMap<u64, usize>;

/// The method that answers for a command, with its parameters; none where only the command line has one.
fn method(arguments: &[String]) -> Option<(&'static str, Value)> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    Some(match words.as_slice() {
        ["list"] => ("packer/list_assets", json!({})),
        ["show", asset] => ("packer/get_asset_details", json!({ "asset": asset })),
        ["doctor"] => ("packer/doctor", json!({ "scope": "registered" })),
        ["doctor", "--workspace"] => ("packer/doctor", json!({ "scope": "workspace" })),
        ["build"] => ("packer/build", json!({})),
        ["exclude" | "quarantine", asset] => ("packer/preview", json!({ "operation": words[0], "asset": asset })),
        ["relocate", asset, root] => {
            ("packer/preview", json!({ "operation": "relocate", "asset": asset, "root": root }))
        }
        ["register" | "adopt", root] => {
            ("packer/preview", json!({ "operation": words[0], "root": root, "type": "glyph_bank" }))
        }
        _ => return None,
    })
}

/// What a client says in a session: each message, and the id whose answer it waits for. One request at a time, because whoever
/// finds another one at work leaves what is unfinished to that.
pub(super) type Session = Vec<(Option<u64>, Value)>;

/// A session about the project in `folder`, and what is asked by it.
pub(super) fn session(runs: &[Run], folder: &Utf8Path) -> (Session, Asked) {
    let (client, protocol) = (json!({ "name": "hostile", "version": "1" }), json!({ "min": 1, "max": 1 }));
    let introduction = json!({ "client": client, "protocol": protocol, "project_root": folder.as_str() });
    let mut requests = vec![("initialize", introduction)];
    let mut asked = Asked::new();
    for (at, run) in runs.iter().enumerate() {
        if let Some(request) = method(&run.arguments) {
            asked.insert(requests.len() as u64, at);
            requests.push(request);
        }
    }
    requests.push(("shutdown", Value::Null));
    let numbered = (0..).zip(requests).map(|(id, (method, params))| {
        (Some(id), json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
    });
    (numbered.chain([(None, json!({ "jsonrpc": "2.0", "method": "exit" }))]).collect(), asked)
}

/// Has a session with the adapter that a command starts.
pub(super) fn ask(command: &mut Command, session: &Session) -> anyhow::Result<Ended> {
    kit::end(command.stdin(Stdio::piped()), |child| {
        let mut said = Vec::new();
        let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else { return Ok(said) };
        let mut output = BufReader::new(output);
        for (id, message) in session {
            let body = message.to_string();
            // One that stopped before it heard everything is judged by what it said.
            let _ = write!(input, "Content-Length: {}\r\n\r\n{body}", body.len());
            while let Some(id) = id {
                let Some(frame) = frame(&mut output, &mut said)? else { break };
                if frame["id"] == *id {
                    break;
                }
            }
        }
        drop(input);
        output.read_to_end(&mut said)?;
        Ok(said)
    })
}

/// The next message on standard output, which is kept in `said`; none where it is none.
fn frame(output: &mut impl BufRead, said: &mut Vec<u8>) -> std::io::Result<Option<Value>> {
    let start = said.len();
    output.read_until(b'\n', said)?;
    let length = std::str::from_utf8(&said[start..]).ok().and_then(|line| line.strip_prefix("Content-Length: "));
    let Some(length) = length.and_then(|length| length.trim_end().parse::<u64>().ok()) else { return Ok(None) };
    let body = said.len() + 2;
    output.take(length + 2).read_to_end(said)?;
    Ok(said.get(body..).and_then(|body| serde_json::from_slice(body).ok()))
}

/// What is wrong with a session, after the command line gave `answers` to the same runs. One message is held at a time: what a
/// child of this process is said to have needed begins with what this process holds.
pub(super) fn judge(ended: &Ended, asked: &Asked, answers: &[&Answer]) -> Vec<String> {
    let (mut wrong, mut is_unprintable) = (Vec::new(), false);
    let mut counts: BTreeMap<u64, usize> = asked.keys().map(|id| (*id, 0)).collect();
    let mut said = ended.said.as_slice();
    while !said.is_empty() {
        let Ok(Some(message)) = frame(&mut said, &mut Vec::new()) else {
            return vec!["standard output holds more than frames".to_owned()];
        };
        let raw = unprintable(&message).filter(|_| !is_unprintable);
        is_unprintable |= raw.is_some();
        wrong.extend(raw);
        let Some((id, at)) = message["id"].as_u64().and_then(|id| asked.get_key_value(&id)) else { continue };
        *counts.entry(*id).or_default() += 1;
        wrong.extend(difference(&message["result"], answers[*at]).map(|why| format!("request {id} {why}")));
    }
    let unanswered = counts.iter().filter(|(_, count)| **count != 1);
    wrong.extend(unanswered.map(|(id, count)| format!("request {id} has {count} answers")));
    if ended.exit != Some(0) {
        wrong.push(format!("ended with {:?}, not 0", ended.exit));
    }
    wrong.extend(ended.excess());
    wrong
}

/// How a report differs from what the command line said.
fn difference(report: &Value, answer: &Answer) -> Option<String> {
    let status = match answer.ended.exit {
        Some(0) => "ok",
        Some(1 | 3 | 4 | 5) => "blocked",
        _ => "failed",
    };
    let found = kit::findings(report);
    if report["status"] != status {
        Some(format!("has the status {}, not {status}", report["status"]))
    } else if found != answer.findings {
        Some(format!("found {found:?}, the command line {:?}", answer.findings))
    } else {
        None
    }
}

/// The first text with a character that does something to a terminal or a log; a diff and a page of help have lines.
fn unprintable(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => {
            let is_raw = |c: char| c.is_control() && c != '\n' || matches!(c, '\u{202a}'..='\u{202e}' | '\u{200b}');
            text.contains(is_raw).then(|| format!("a text is not escaped: {text:?}"))
        }
        Value::Array(items) => items.iter().find_map(unprintable),
        Value::Object(members) => members.values().find_map(unprintable),
        _ => None,
    }
}
