//! A session with the adapter's program about the project on a desk, one request at a time. Every answer and every event is
//! held to what all of them have; an adapter that says nothing for ten minutes has failed.

use super::desk::{Answer, Desk};
use crate::gate::frames::{hear, say};
use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};
use std::io::BufReader;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// Longer than a build of a large project takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(600);
/// The kinds that end an operation.
const LAST: [&str; 6] =
    ["build_finished", "action_applied", "action_failed", "diagnostics_updated", "preview_ready", "migration_finished"];

/// A started adapter that knows the project.
pub(super) struct Session<'a> {
    desk: &'a Desk,
    child: Child,
    input: ChildStdin,
    heard: Receiver<anyhow::Result<Value>>,
    requests: u64,
    events: Events,
}

/// The events of a session, as far as they came.
#[derive(Default)]
pub(super) struct Events {
    count: u64,
    /// The operation that has not ended, and how many events it sent.
    open: Option<(String, u64)>,
    /// Their kinds since somebody took them, but for how far it was.
    kinds: Vec<String>,
}

impl<'a> Session<'a> {
    /// Starts the adapter and introduces it to the project.
    pub(super) fn open(desk: &'a Desk, adapter: &mut Command) -> anyhow::Result<Session<'a>> {
        let command = adapter.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().context("could not start the adapter")?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else { bail!("no pipes") };
        let (sender, heard) = channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            loop {
                let mut said = Vec::new();
                let message = match hear(&mut output, &mut said) {
                    Ok(Some(body)) => serde_json::from_slice(&said[body]).context("the adapter's frame is no JSON"),
                    Ok(None) if said.is_empty() => break,
                    Ok(None) => Err(anyhow::anyhow!("standard output holds more than frames")),
                    Err(error) => Err(error.into()),
                };
                let is_over = message.is_err();
                if sender.send(message).is_err() || is_over {
                    break;
                }
            }
        });
        let mut session = Session { desk, child, input, heard, requests: 0, events: Events::default() };
        let client = json!({ "name": "flow-studio", "version": "1" });
        let protocol = json!({ "min": 1, "max": 1 });
        let root = desk.path("");
        let introduction = json!({ "client": client, "protocol": protocol, "project_root": root.as_str() });
        let answer = session.result("initialize", introduction)?;
        ensure!(answer["protocol"] == 1, "`initialize` agrees on protocol {}", answer["protocol"]);
        let methods = answer["capabilities"]["methods"].as_array().context("`initialize` names no methods")?;
        ensure!(methods.contains(&json!("packer/build")), "`initialize` names no `packer/build`");
        Ok(session)
    }

    /// Asks for a report, whatever it says; gives also the kinds of the events before it, but for how far it was.
    pub(super) fn ask(&mut self, method: &str, params: Value) -> anyhow::Result<(Answer, Vec<String>)> {
        let report = self.result(method, params)?;
        ensure!(report["report_version"] == 1, "`{method}` answers with no report of version 1");
        let exit = i32::from(report["status"] != "ok");
        Ok((Answer { command: method.to_owned(), exit, report }, std::mem::take(&mut self.events.kinds)))
    }

    /// Asks for what has to work.
    pub(super) fn succeed(&mut self, method: &str, params: Value) -> anyhow::Result<(Answer, Vec<String>)> {
        let (answer, told) = self.ask(method, params)?;
        ensure!(answer.exit == 0, "`{method}` is {}: {}", answer.report["status"], answer.report["summary"]);
        Ok((answer, told))
    }

    /// Says goodbye; the adapter has to end well.
    pub(super) fn leave(mut self) -> anyhow::Result<()> {
        let answer = self.result("shutdown", Value::Null)?;
        ensure!(answer.is_null(), "`shutdown` is answered with {answer}");
        say(&mut self.input, &json!({ "jsonrpc": "2.0", "method": "exit" }))?;
        match self.heard.recv_timeout(PATIENCE) {
            Err(RecvTimeoutError::Disconnected) => {}
            Err(RecvTimeoutError::Timeout) => bail!("the adapter does not end"),
            Ok(message) => bail!("the adapter says something after `exit`: {}", message?),
        }
        let status = self.child.wait().context("could not wait for the adapter")?;
        ensure!(status.code() == Some(0), "the adapter ended with {status}");
        Ok(())
    }

    /// Asks, and gives what is answered once all events before it are looked at.
    fn result(&mut self, method: &str, params: Value) -> anyhow::Result<Value> {
        self.desk.count();
        self.requests += 1;
        let request = json!({ "jsonrpc": "2.0", "id": self.requests, "method": method, "params": params });
        say(&mut self.input, &request).with_context(|| format!("the adapter does not listen to `{method}`"))?;
        loop {
            let heard = self.heard.recv_timeout(PATIENCE).with_context(|| format!("`{method}` has no answer"))?;
            let mut message = heard.with_context(|| format!("after `{method}`"))?;
            if message["method"] == "packer/event" {
                self.events.follow(&message["params"]).with_context(|| format!("after `{method}`"))?;
                continue;
            }
            ensure!(message["id"] == self.requests, "`{method}` is answered as request {}", message["id"]);
            ensure!(message.get("error").is_none(), "`{method}` is refused: {}", message["error"]);
            ensure!(self.events.open.is_none(), "`{method}` is answered before its last event");
            return Ok(message["result"].take());
        }
    }
}

impl Events {
    /// Takes the next event, if it can be the next one.
    pub(super) fn follow(&mut self, event: &Value) -> anyhow::Result<()> {
        let kind = event["kind"].as_str().context("an event has no kind")?;
        let operation = event["operation_id"].as_str().context("an event has no operation")?;
        self.count += 1;
        ensure!(event["seq"] == self.count, "{kind} is event {} and not {}", event["seq"], self.count);
        let sequence = match &self.open {
            Some((open, count)) if open == operation => count + 1,
            Some((open, _)) => bail!("{kind} comes before the last event of operation {open}"),
            None => 1,
        };
        ensure!(
            event["sequence"] == sequence,
            "{kind} is event {} of its operation, not {sequence}",
            event["sequence"]
        );
        let is_last = LAST.contains(&kind);
        ensure!(event["detail"]["outcome"].is_string() == is_last, "{kind} does not say how it ended, or too early");
        self.open = (!is_last).then(|| (operation.to_owned(), sequence));
        if kind != "progress_updated" {
            self.kinds.push(kind.to_owned());
        }
        Ok(())
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
