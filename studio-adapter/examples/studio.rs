//! A client of the adapter in one file, for whoever writes one: initialize, list, preview, apply, build, events, goodbye.
//! It uses nothing of the packer's libraries, as no client has to.
//!
//! ```sh
//! cargo build -p prometeu-studio-adapter
//! cargo run -p prometeu-studio-adapter --example studio -- target/debug/prometeu-studio-adapter path/to/project
//! ```
//!
//! It takes the first asset out of the build, builds, and puts it back.

use serde_json::{Value, json};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};

/// A connection to an adapter. Answers and events come mixed; whoever waits for an answer is told of events on the way.
struct Studio<'a, I: Read, O: Write> {
    from: BufReader<I>,
    to: O,
    next: u64,
    on_event: &'a mut dyn FnMut(&Value),
}

impl<I: Read, O: Write> Studio<'_, I, O> {
    fn send(&mut self, message: &Value) -> io::Result<()> {
        let text = message.to_string();
        write!(self.to, "Content-Length: {}\r\n\r\n{text}", text.len())?;
        self.to.flush()
    }

    fn receive(&mut self) -> io::Result<Value> {
        let mut bytes = 0;
        loop {
            let mut line = String::new();
            if self.from.read_line(&mut line)? == 0 {
                return Err(io::Error::other("the adapter is gone"));
            }
            match line.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    bytes = value.parse().map_err(io::Error::other)?;
                }
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; bytes];
        self.from.read_exact(&mut body)?;
        Ok(serde_json::from_slice(&body)?)
    }

    /// Asks for something and waits for the answer. A report says by its `status` how it went; an error of the protocol is
    /// a mistake of this client.
    fn ask(&mut self, method: &str, params: Value) -> io::Result<Value> {
        self.next += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": self.next, "method": method, "params": params }))?;
        loop {
            let mut message = self.receive()?;
            if message["method"] == "packer/event" {
                (self.on_event)(&message["params"]);
            } else if message["id"] == self.next {
                return match message.get("error") {
                    Some(error) => Err(io::Error::other(format!("{method}: {error}"))),
                    None => Ok(message["result"].take()),
                };
            }
        }
    }

    /// Previews a change, shows what it would do, and carries out exactly that.
    fn change(&mut self, params: Value) -> io::Result<Value> {
        let preview = self.ask("packer/preview", params)?;
        if preview["status"] != "ok" {
            return Err(io::Error::other(format!("blocked: {}", preview["summary"])));
        }
        // Here an editor shows `registry`, `workspace` and `warnings` of the result, and asks.
        self.ask("packer/apply", json!({ "preview_id": preview["result"]["preview_id"] }))
    }
}

/// One session from beginning to end; gives the archive's path, or what keeps it from being built.
pub(crate) fn session(
    from: impl Read,
    to: impl Write,
    root: &str,
    on_event: &mut dyn FnMut(&Value),
) -> io::Result<Value> {
    let mut studio = Studio { from: BufReader::new(from), to, next: 0, on_event };
    let client = json!({ "name": "example", "version": "1" });
    let protocol = json!({ "min": 1, "max": 1 });
    studio.ask("initialize", json!({ "client": client, "protocol": protocol, "project_root": root }))?;
    let list = studio.ask("packer/list_assets", json!({}))?;
    let included = |row: &&Value| row["included_in_build"] == true;
    let first = list["result"]["assets"].as_array().and_then(|assets| assets.iter().find(included));
    let asset = first.ok_or_else(|| io::Error::other("no asset takes part in builds"))?["asset_id"].clone();
    studio.change(json!({ "operation": "exclude", "asset": asset }))?;
    let mut built = studio.ask("packer/build", json!({}))?;
    studio.change(json!({ "operation": "include", "asset": asset }))?;
    studio.ask("shutdown", Value::Null)?;
    studio.send(&json!({ "jsonrpc": "2.0", "method": "exit" }))?;
    Ok(match built["result"]["archive"].take() {
        Value::Null => built["diagnostics"].clone(),
        archive => archive,
    })
}

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(adapter), Some(root)) = (arguments.next(), arguments.next()) else {
        return Err(io::Error::other("give the adapter's program and a project's folder"));
    };
    let mut child = Command::new(adapter).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(io::Error::other("the adapter has no pipes"));
    };
    let mut out = io::stdout();
    let mut on_event = |event: &Value| {
        // A bar moves with `progress`; the last event of an operation says in `detail.outcome` how it ended.
        let _ = writeln!(out, "{} {}: {}", event["seq"], event["kind"], event["summary"]);
    };
    let built = session(from, to, &root, &mut on_event)?;
    writeln!(io::stdout(), "{built}")?;
    child.wait()?;
    Ok(())
}
