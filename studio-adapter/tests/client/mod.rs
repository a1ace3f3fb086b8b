//! A client of the adapter for tests: over pipes to the built program, or in memory to the library.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    reason = "each test uses a part of it; a test fails by panicking"
)]

use prometeu_studio_adapter::server::{Setup, serve};
use serde_json::{Value, json};
use std::io::{BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Longer than anything here takes on a slow machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// What is on the other side.
enum Server {
    Program(Child),
    Memory(JoinHandle<u8>),
}

/// While it is held, a client takes nothing from its pipe.
pub(crate) type Gate = Option<MutexGuard<'static, ()>>;

pub(crate) struct Client {
    input: Option<Box<dyn Write + Send>>,
    frames: Receiver<Value>,
    server: Option<Server>,
    /// Events in the order of their arrival.
    pub(crate) events: Vec<Value>,
    /// Answers that nobody has asked for yet.
    pub(crate) answers: Vec<Value>,
    next: u64,
    /// The thread that takes frames from the pipe goes through it for each.
    gate: &'static Mutex<()>,
    is_open: bool,
}

impl Client {
    /// Starts the program.
    pub(crate) fn program() -> Client {
        Client::command(&mut Command::new(env!("CARGO_BIN_EXE_prometeu-studio-adapter")))
    }

    /// Starts this command.
    pub(crate) fn command(command: &mut Command) -> Client {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Client::over(Box::new(input), output, Server::Program(child))
    }

    /// Serves within this process.
    pub(crate) fn in_memory() -> Client {
        Client::served(Setup::named("prometeu-packer"))
    }

    /// The same with another setup.
    pub(crate) fn served(setup: Setup) -> Client {
        let (their_input, input) = std::io::pipe().unwrap();
        let (output, their_output) = std::io::pipe().unwrap();
        let server = std::thread::spawn(move || serve(setup, their_input, their_output, &AtomicBool::new(false)));
        Client::over(Box::new(input), output, Server::Memory(server))
    }

    fn over(input: Box<dyn Write + Send>, output: impl Read + Send + 'static, server: Server) -> Client {
        let (sender, frames) = channel();
        let gate: &'static Mutex<()> = Box::leak(Box::default());
        std::thread::spawn(move || {
            let mut output = BufReader::with_capacity(1 << 10, output);
            while let Some(frame) = frame(&mut output) {
                drop(gate.lock().unwrap());
                if sender.send(frame).is_err() {
                    break;
                }
            }
        });
        Client {
            input: Some(input),
            frames,
            server: Some(server),
            events: Vec::new(),
            answers: Vec::new(),
            next: 0,
            gate,
            is_open: true,
        }
    }

    /// The same, introduced, for the project at `root`.
    pub(crate) fn open(mut self, root: &Path) -> Client {
        let answer = self.introduce(root);
        assert_eq!(answer["result"]["protocol"], 1, "{answer}");
        self
    }

    pub(crate) fn introduce(&mut self, root: &Path) -> Value {
        self.ask("initialize", introduction(root))
    }

    pub(crate) fn id(&self) -> u32 {
        match self.server.as_ref().unwrap() {
            Server::Program(child) => child.id(),
            Server::Memory(_) => std::process::id(),
        }
    }

    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.try_raw(bytes).unwrap();
    }

    pub(crate) fn try_raw(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes).and_then(|()| input.flush())
    }

    pub(crate) fn send(&mut self, message: &Value) {
        self.raw(&framed(message));
    }

    /// Sends a request without waiting for its answer; gives its id.
    pub(crate) fn begin(&mut self, method: &str, params: Value) -> u64 {
        self.next += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": self.next, "method": method, "params": params }));
        self.next
    }

    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request and gives its whole answer.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.begin(method, params);
        self.answer(&json!(id))
    }

    /// Sends a request and gives the report that answers it.
    pub(crate) fn report(&mut self, method: &str, params: Value) -> Value {
        let answer = self.ask(method, params);
        assert_eq!(answer["result"]["report_version"], 1, "{answer}");
        answer["result"].clone()
    }

    /// The code of the error that answers a request.
    pub(crate) fn refused(&mut self, method: &str, params: Value) -> i64 {
        let answer = self.ask(method, params);
        answer["error"]["code"].as_i64().unwrap_or_else(|| panic!("{answer}"))
    }

    /// Waits for the answer to `id`.
    pub(crate) fn answer(&mut self, id: &Value) -> Value {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.answers.iter().position(|answer| answer["id"] == *id) {
                return self.answers.remove(at);
            }
            assert!(self.take(until.saturating_duration_since(Instant::now())), "no answer to {id}");
        }
    }

    /// Waits for an event of this kind that was not there yet when `seen` events were.
    pub(crate) fn event(&mut self, kind: &str, seen: usize) -> Value {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(event) = self.events.iter().skip(seen).find(|event| event["kind"] == kind) {
                return event.clone();
            }
            assert!(self.take(until.saturating_duration_since(Instant::now())), "no event {kind}");
        }
    }

    /// Takes nothing more from the pipe until the gate is dropped.
    pub(crate) fn hold(&self) -> Gate {
        Some(self.gate.lock().unwrap())
    }

    /// Whether the other side may still say something.
    pub(crate) fn is_open(&self) -> bool {
        self.is_open
    }

    /// Takes one frame; whether there was one.
    pub(crate) fn take(&mut self, time: Duration) -> bool {
        let frame = match self.frames.recv_timeout(time) {
            Ok(frame) => frame,
            Err(error) => {
                self.is_open = error == RecvTimeoutError::Timeout;
                return false;
            }
        };
        if frame.get("method").is_some() {
            assert_eq!(frame["method"], "packer/event");
            self.events.push(frame["params"].clone());
        } else {
            self.answers.push(frame);
        }
        true
    }

    /// Says goodbye, and gives the exit code.
    pub(crate) fn leave(mut self) -> i32 {
        let answer = self.ask("shutdown", Value::Null);
        assert_eq!(answer["result"], Value::Null, "{answer}");
        self.notify("exit", Value::Null);
        self.end().0
    }

    /// The pipe to the server, for another thread.
    pub(crate) fn take_input(&mut self) -> Box<dyn Write + Send> {
        self.input.take().unwrap()
    }

    pub(crate) fn give_input(&mut self, input: Box<dyn Write + Send>) {
        self.input = Some(input);
    }

    /// Ends the input.
    pub(crate) fn hang_up(&mut self) {
        self.input = None;
    }

    /// Waits for the end of the server, and gives the exit code and everything that it still said.
    pub(crate) fn end(mut self) -> (i32, Client) {
        let until = Instant::now() + PATIENCE;
        // A dropped input would be the end of it in any case.
        while self.take(until.saturating_duration_since(Instant::now())) {}
        let exit = match self.server.take().unwrap() {
            Server::Program(mut child) => loop {
                if let Some(status) = child.try_wait().unwrap() {
                    break status.code().unwrap_or(-1);
                }
                assert!(Instant::now() < until, "the program did not end");
                std::thread::sleep(Duration::from_millis(2));
            },
            Server::Memory(server) => {
                while !server.is_finished() {
                    assert!(Instant::now() < until, "the server did not end");
                    std::thread::sleep(Duration::from_millis(2));
                }
                i32::from(server.join().unwrap())
            }
        };
        (exit, self)
    }

    /// Ends the program as a crash of it would.
    pub(crate) fn kill(&mut self) {
        let Some(Server::Program(child)) = &mut self.server else { panic!("it has no process of its own") };
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Loses both pipes, as a client that is killed does, and leaves the program to itself.
    pub(crate) fn vanish(mut self) -> Child {
        let Some(Server::Program(child)) = self.server.take() else { panic!("it has no process of its own") };
        child
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if let Some(Server::Program(child)) = &mut self.server {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

pub(crate) fn introduction(root: &Path) -> Value {
    json!({
        "client": { "name": "tests", "version": "1" },
        "protocol": { "min": 1, "max": 1 },
        "project_root": root.to_str().unwrap(),
    })
}

pub(crate) fn framed(message: &Value) -> Vec<u8> {
    let text = message.to_string();
    format!("Content-Length: {}\r\n\r\n{text}", text.len()).into_bytes()
}

/// One frame, read as strictly as the other side reads; `None` at the end.
fn frame(output: &mut impl std::io::BufRead) -> Option<Value> {
    let mut line = String::new();
    if output.read_line(&mut line).unwrap() == 0 {
        return None;
    }
    let length = line.strip_prefix("Content-Length: ").and_then(|rest| rest.strip_suffix("\r\n"));
    let length: usize = length.unwrap_or_else(|| panic!("no frame: {line:?}")).parse().unwrap();
    line.clear();
    output.read_line(&mut line).unwrap();
    assert_eq!(line, "\r\n");
    let mut body = vec![0; length];
    output.read_exact(&mut body).unwrap();
    Some(serde_json::from_slice(&body).unwrap())
}

/// The showcase in a folder of its own.
pub(crate) fn showcase() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fixtures::showcase().write(folder.path()).unwrap();
    folder
}

/// Everything that the contract says of events, of all that a session received.
pub(crate) fn check_events(events: &[Value]) {
    use std::collections::HashMap;
    const TERMINAL: [&str; 6] = [
        "build_finished",
        "action_applied",
        "action_failed",
        "diagnostics_updated",
        "preview_ready",
        "migration_finished",
    ];
    let mut operations: HashMap<&str, (u64, bool)> = HashMap::new();
    for (at, event) in events.iter().enumerate() {
        assert_eq!(event["seq"], at as u64 + 1, "{event}");
        assert!(!event["epoch"].as_str().unwrap().is_empty() && event["epoch"] == events[0]["epoch"]);
        assert!(!event["project_id"].as_str().unwrap().is_empty() && event["project_id"] == events[0]["project_id"]);
        let (last, is_over) = operations.entry(event["operation_id"].as_str().unwrap()).or_default();
        *last += 1;
        assert_eq!(event["sequence"], *last, "{event}");
        assert!(!*is_over, "something follows the last event: {event}");
        *is_over = TERMINAL.contains(&event["kind"].as_str().unwrap());
        let outcome = event["detail"]["outcome"].as_str();
        assert_eq!(outcome.is_some(), *is_over, "{event}");
        assert!(outcome.is_none_or(|outcome| ["ok", "blocked", "failed", "cancelled"].contains(&outcome)));
        let timestamp = event["timestamp"].as_str().unwrap();
        assert!(timestamp.len() >= 20 && timestamp.ends_with('Z') && timestamp.as_bytes()[10] == b'T', "{timestamp}");
        assert!(event["summary"].is_string() && event["affected_assets"].is_array() && event["detail"].is_object());
        let progress = &event["progress"];
        assert!(progress.is_null() || progress["done"].as_u64().unwrap() <= progress["total"].as_u64().unwrap());
    }
    assert!(operations.values().all(|(_, is_over)| *is_over), "an operation has no last event: {events:#?}");
}
