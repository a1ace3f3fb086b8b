//! What is on its way to the client, in one line: answers and events, written by one thread. An event gets its numbers
//! when it is written. Memory is bounded by those who add to the line: they wait for room before they begin something new.

use crate::surroundings;
use crate::wire::event::{self, Event, Kind, Notification, Progress};
use crate::wire::frame;
use crate::wire::message::{Id, Refusal, head, refused};
use serde_json::{Map, Value};
use std::collections::{HashMap, VecDeque};
use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// Nothing new is begun while more than this waits to be written.
const WAITING_BYTES_MAX: usize = 16 << 20;
/// Written at a time, so that it can be seen whether the client reads at all, however slowly.
const CHUNK_BYTES: usize = 4 << 10;
/// How much waiting takes beside the text, about.
const ITEM_BYTES: usize = 512;

/// Something that happened, before it has its numbers.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) operation_id: Arc<str>,
    pub(crate) kind: Kind,
    pub(crate) summary: String,
    pub(crate) progress: Option<Progress>,
    pub(crate) affected_assets: Vec<u32>,
    pub(crate) detail: Map<String, Value>,
}

impl Told {
    pub(crate) fn new(operation_id: &Arc<str>, kind: Kind, summary: impl Into<String>) -> Told {
        Told {
            operation_id: Arc::clone(operation_id),
            kind,
            summary: summary.into(),
            progress: None,
            affected_assets: Vec::new(),
            detail: Map::new(),
        }
    }

    /// The same with one more fact.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Told {
        self.detail.insert(name.to_owned(), value.into());
        self
    }

    fn bytes(&self) -> usize {
        4 * self.affected_assets.len()
    }
}

/// What waits to be written.
#[derive(Debug)]
enum Item {
    /// A whole answer.
    Answer(String),
    /// The head of an answer and its result, which may be remembered elsewhere too.
    Result(String, Arc<str>),
    /// When, and what.
    Event(String, Told),
}

impl Item {
    fn bytes(&self) -> usize {
        let text = match self {
            Item::Answer(text) => text.len(),
            Item::Result(head, result) => head.len() + result.len(),
            Item::Event(_, told) => told.bytes(),
        };
        ITEM_BYTES + text
    }
}

#[derive(Debug, Default)]
struct Line {
    items: VecDeque<Item>,
    bytes: usize,
    seq: u64,
    /// By operation, the number of its last event; an operation that has ended is not in it.
    sequences: HashMap<Arc<str>, u64>,
    is_writing: bool,
    /// When the client last took something.
    taken: Option<Instant>,
    /// Nobody reads any more.
    is_broken: bool,
    /// Nobody waits for room any more.
    is_rushed: bool,
    /// Nothing is added any more.
    is_closed: bool,
}

/// The line.
#[derive(Debug)]
pub(crate) struct Outbox {
    epoch: String,
    project_id: OnceLock<String>,
    line: Mutex<Line>,
    changed: Condvar,
}

impl Outbox {
    pub(crate) fn new() -> Outbox {
        Outbox {
            epoch: surroundings::operation_id(),
            project_id: OnceLock::new(),
            line: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// The project that events are about from now on; the first one stays.
    pub(crate) fn name_project(&self, project_id: String) {
        let _ = self.project_id.set(project_id);
    }

    pub(crate) fn refuse(&self, id: Option<&Id>, refusal: &Refusal) {
        self.add(Item::Answer(refused(id, refusal)));
    }

    pub(crate) fn answer(&self, id: &Id, result: Arc<str>) {
        self.add(Item::Result(head(id), result));
    }

    pub(crate) fn tell(&self, told: Told) {
        let now = surroundings::now_to_the_millisecond();
        let mut line = self.lock();
        if told.kind.may_coalesce()
            && let Some(Item::Event(then, earlier)) = same_kind(&mut line.items, &told)
        {
            (*then, *earlier) = (now, told);
            return;
        }
        self.add_to(&mut line, Item::Event(now, told));
    }

    fn add(&self, item: Item) {
        self.add_to(&mut self.lock(), item);
    }

    fn add_to(&self, line: &mut Line, item: Item) {
        if line.is_broken || line.is_closed {
            return;
        }
        if line.items.is_empty() && !line.is_writing {
            line.taken = Some(Instant::now());
        }
        line.bytes += item.bytes();
        line.items.push_back(item);
        self.changed.notify_all();
    }

    /// Waits until something new may be begun.
    pub(crate) fn wait_for_room(&self) {
        let is_full =
            |line: &mut Line| line.bytes > WAITING_BYTES_MAX && !line.is_broken && !line.is_rushed && !line.is_closed;
        drop(self.changed.wait_while(self.lock(), is_full).unwrap_or_else(PoisonError::into_inner));
    }

    /// Lets everybody go who waits for room, from now on.
    pub(crate) fn rush(&self) {
        self.lock().is_rushed = true;
        self.changed.notify_all();
    }

    /// Whether nobody reads any more.
    pub(crate) fn is_broken(&self) -> bool {
        self.lock().is_broken
    }

    /// Whether nothing is taken any more.
    pub(crate) fn is_over(&self) -> bool {
        let line = self.lock();
        line.is_broken || line.is_closed || line.is_rushed
    }

    /// Takes nothing more, and waits until all is written, or nobody reads any more, or has read nothing for `patience`.
    pub(crate) fn finish(&self, patience: Duration) {
        let mut line = self.lock();
        line.is_closed = true;
        self.changed.notify_all();
        while (line.is_writing || !line.items.is_empty()) && !line.is_broken {
            if line.taken.is_some_and(|taken| taken.elapsed() > patience) {
                return;
            }
            let waited = self.changed.wait_timeout(line, Duration::from_millis(50));
            line = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Writes what is added until the line is closed and empty, or nobody reads any more.
    pub(crate) fn write_all(&self, output: &mut impl Write) {
        while let Some((head, result)) = self.next() {
            let written = match &result {
                None => self.write(output, &[&head]),
                Some(result) => self.write(output, &[&head, result, "}"]),
            };
            let mut line = self.lock();
            line.is_writing = false;
            if written.is_err() {
                line.is_broken = true;
                line.items.clear();
                line.bytes = 0;
            }
            self.changed.notify_all();
        }
    }

    /// The next frame with its header; or what stands before a result, and the result.
    fn next(&self) -> Option<(String, Option<Arc<str>>)> {
        let is_idle = |line: &mut Line| line.items.is_empty() && !line.is_closed && !line.is_broken;
        let mut line = self.changed.wait_while(self.lock(), is_idle).unwrap_or_else(PoisonError::into_inner);
        let item = line.items.pop_front()?;
        line.bytes -= item.bytes();
        line.is_writing = true;
        let framed = |text: String| (frame::header(text.len()) + &text, None);
        Some(match item {
            Item::Answer(text) => framed(text),
            Item::Result(head, result) => (frame::header(head.len() + result.len() + 1) + &head, Some(result)),
            Item::Event(timestamp, told) => framed(self.numbered(&mut line, &timestamp, &told)),
        })
    }

    fn numbered(&self, line: &mut Line, timestamp: &str, told: &Told) -> String {
        line.seq += 1;
        let sequence = line.sequences.entry(Arc::clone(&told.operation_id)).or_default();
        *sequence += 1;
        let sequence = *sequence;
        if told.kind.is_terminal() {
            line.sequences.remove(&told.operation_id);
        }
        let event = Event {
            epoch: &self.epoch,
            seq: line.seq,
            project_id: self.project_id.get().map_or("", String::as_str),
            operation_id: &told.operation_id,
            sequence,
            kind: told.kind,
            timestamp,
            summary: &told.summary,
            progress: told.progress.as_ref(),
            affected_assets: &told.affected_assets,
            detail: &told.detail,
        };
        let notification = Notification { jsonrpc: "2.0", method: event::METHOD, params: event };
        serde_json::to_string(&notification).expect("an event is plain data")
    }

    fn write(&self, output: &mut impl Write, parts: &[&str]) -> std::io::Result<()> {
        for chunk in parts.iter().flat_map(|part| part.as_bytes().chunks(CHUNK_BYTES)) {
            output.write_all(chunk)?;
            self.lock().taken = Some(Instant::now());
        }
        output.flush()
    }

    fn lock(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An event of the same operation and kind that waits, unless one that must stay stands between.
fn same_kind<'l>(items: &'l mut VecDeque<Item>, told: &Told) -> Option<&'l mut Item> {
    for item in items.iter_mut().rev() {
        let Item::Event(_, earlier) = &*item else { continue };
        if earlier.operation_id != told.operation_id {
            continue;
        }
        if earlier.kind == told.kind {
            return Some(item);
        }
        if !earlier.kind.may_coalesce() {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Outbox, Told};
    use crate::wire::event::{Kind, Progress};
    use serde_json::Value;
    use std::sync::Arc;
    use std::time::Duration;

    /// What is written when nothing was before all of this had been told.
    fn written(tell: impl FnOnce(&Outbox)) -> Vec<Value> {
        let outbox = Outbox::new();
        tell(&outbox);
        outbox.finish(Duration::ZERO);
        let mut bytes = Vec::new();
        outbox.write_all(&mut bytes);
        let text = String::from_utf8(bytes).expect("frames are text");
        let bodies = text.split("Content-Length: ").skip(1).filter_map(|frame| frame.split_once("\r\n\r\n"));
        bodies.map(|(_, body)| serde_json::from_str::<Value>(body).expect("JSON")["params"].take()).collect()
    }

    fn told(operation: &str, kind: Kind, done: u64) -> Told {
        let progress = Some(Progress { done, total: 9, unit: "assets" });
        Told { progress, ..Told::new(&Arc::from(operation), kind, "") }
    }

    #[test]
    fn what_may_be_coalesced_is_and_nothing_else() {
        let events = written(|outbox| {
            for done in 1..=3 {
                outbox.tell(told("a", Kind::ProgressUpdated, done));
                outbox.tell(told("b", Kind::ProgressUpdated, done));
                outbox.tell(told("a", Kind::AssetChanged, done));
            }
            outbox.tell(told("b", Kind::ProgressUpdated, 4));
            outbox.tell(told("b", Kind::BuildFinished, 9));
        });
        let shown = |event: &Value| {
            let text = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
            (text("operation_id") + " " + &text("kind"), event["progress"]["done"].as_u64(), event["sequence"].as_u64())
        };
        let expected = [
            ("a progress_updated", 1, 1),
            ("b progress_updated", 4, 1),
            ("a asset_changed", 1, 2),
            ("a progress_updated", 2, 3),
            ("a asset_changed", 2, 4),
            ("a progress_updated", 3, 5),
            ("a asset_changed", 3, 6),
            ("b build_finished", 9, 2),
        ];
        let expected = expected.map(|(what, done, sequence)| (what.to_owned(), Some(done), Some(sequence)));
        assert_eq!(events.iter().map(shown).collect::<Vec<_>>(), expected);
        assert!(events.iter().enumerate().all(|(at, event)| event["seq"] == at as u64 + 1));
    }
}
