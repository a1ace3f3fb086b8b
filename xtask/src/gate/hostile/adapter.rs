//! The same projects through the Studio adapter, one session each: a method finds what its command found, every request is
//! answered once, and the session ends as it should.

use super::kit::{self, Answer, Ended, Report, Run};
use crate::gate::frames::{hear, say};
use camino::Utf8Path;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt;
use std::io::{BufReader, Read as _};
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
            // One that stopped before it heard everything is judged by what it said.
            let _ = say(&mut input, message);
            while let Some(id) = id {
                let message = hear(&mut output, &mut said)?.and_then(|body| parse(&said[body]));
                if message.is_none_or(|message| message.id.as_u64() == Some(*id)) {
                    break;
                }
            }
        }
        drop(input);
        output.read_to_end(&mut said)?;
        Ok(said)
    })
}

/// What counts of a message.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Message {
    id: Value,
    result: Option<Report>,
}

fn parse(body: &[u8]) -> Option<Message> {
    serde_json::from_slice(body).ok()
}

/// What is wrong with a session, after the command line gave `answers` to the same runs. One message is held at a time: what a
/// child of this process is said to have needed begins with what this process holds.
pub(super) fn judge(ended: &Ended, asked: &Asked, answers: &[&Answer]) -> Vec<String> {
    let (mut wrong, mut is_unprintable) = (Vec::new(), false);
    let mut counts: BTreeMap<u64, usize> = asked.keys().map(|id| (*id, 0)).collect();
    let (mut left, mut body) = (ended.said.as_slice(), Vec::new());
    while !left.is_empty() {
        body.clear();
        let place = hear(&mut left, &mut body).ok().flatten();
        let Some((message, Texts(raw))) =
            place.and_then(|place| Some((parse(&body[place.clone()])?, serde_json::from_slice(&body[place]).ok()?)))
        else {
            return vec!["standard output holds more than frames".to_owned()];
        };
        wrong.extend(raw.filter(|_| !std::mem::replace(&mut is_unprintable, true)));
        let Some((id, at)) = message.id.as_u64().and_then(|id| asked.get_key_value(&id)) else { continue };
        *counts.entry(*id).or_default() += 1;
        let report = message.result.unwrap_or_default();
        wrong.extend(difference(report, answers[*at]).map(|why| format!("request {id} {why}")));
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
fn difference(report: Report, answer: &Answer) -> Option<String> {
    let status = match answer.ended.exit {
        Some(0) => "ok",
        Some(1 | 3 | 4 | 5) => "blocked",
        _ => "failed",
    };
    if report.status != status {
        return Some(format!("has the status {:?}, not {status}", report.status));
    }
    let found = report.findings();
    (found != answer.findings).then(|| format!("found {found:?}, the command line {:?}", answer.findings))
}

/// The first text of a JSON value with a character that does something to a terminal or a log; a diff and a page of help
/// have lines. The value itself is not kept.
struct Texts(Option<String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Texts, D::Error> {
        deserializer.deserialize_any(Walk).map(Texts)
    }
}

struct Walk;

impl<'de> Visitor<'de> for Walk {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Option<String>, E> {
        let is_raw = |c: char| c.is_control() && c != '\n' || matches!(c, '\u{202a}'..='\u{202e}' | '\u{200b}');
        Ok(text.contains(is_raw).then(|| format!("a text is not escaped: {text:?}")))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Option<String>, A::Error> {
        let mut first = None;
        while let Some(Texts(raw)) = items.next_element()? {
            first = first.or(raw);
        }
        Ok(first)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Option<String>, A::Error> {
        let mut first = None;
        while let Some((Texts(name), Texts(raw))) = members.next_entry()? {
            first = first.or(name).or(raw);
        }
        Ok(first)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Option<String>, E> {
        Ok(None)
    }
}
