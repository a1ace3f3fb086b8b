//! What the client asked for and has no answer yet: requests that read, which may run side by side, and those that write,
//! one after the other. How many there may be is bounded; whoever adds one waits for room.

use crate::from_wire::Call;
use crate::wire::message::Id;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How many requests wait at most.
const WAITING_MAX: usize = 1024;
/// And how many bytes their frames had.
const WAITING_BYTES_MAX: usize = 16 << 20;

/// Which requests a thread takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Those that change nothing.
    Reading,
    /// Those that change the project or publish.
    Writing,
}

/// One request.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) id: Id,
    pub(crate) call: Call,
    /// Whether the client wants it to stop.
    pub(crate) cancelled: Arc<AtomicBool>,
    bytes: usize,
}

/// A request with this id has no answer yet.
#[derive(Debug)]
pub(crate) struct InFlight;

#[derive(Debug, Default)]
struct Waiting {
    reading: VecDeque<Job>,
    writing: VecDeque<Job>,
    bytes: usize,
    /// By key of its id, every request that has no answer yet.
    in_flight: HashMap<String, Arc<AtomicBool>>,
    /// The request that is answered when no other is in flight.
    last: Option<Id>,
    is_rushed: bool,
    is_closed: bool,
}

impl Waiting {
    fn lane(&mut self, lane: Lane) -> &mut VecDeque<Job> {
        match lane {
            Lane::Reading => &mut self.reading,
            Lane::Writing => &mut self.writing,
        }
    }
}

/// All requests without an answer.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

impl Queue {
    /// Adds a request, as soon as there is room.
    ///
    /// # Errors
    /// Its id is in flight.
    pub(crate) fn add(&self, id: &Id, call: Call, bytes: usize) -> Result<(), InFlight> {
        let is_full = |waiting: &mut Waiting| {
            let many = waiting.reading.len() + waiting.writing.len();
            !waiting.is_rushed && many > 0 && (many >= WAITING_MAX || waiting.bytes + bytes > WAITING_BYTES_MAX)
        };
        let mut waiting = self.changed.wait_while(self.lock(), is_full).unwrap_or_else(PoisonError::into_inner);
        let key = id.key();
        if waiting.in_flight.contains_key(&key) || waiting.last.as_ref().is_some_and(|last| last.key() == key) {
            return Err(InFlight);
        }
        let cancelled = Arc::new(AtomicBool::new(waiting.is_rushed));
        waiting.in_flight.insert(key, Arc::clone(&cancelled));
        waiting.bytes += bytes;
        let lane = if matches!(call, Call::Apply { .. } | Call::Build { .. }) { Lane::Writing } else { Lane::Reading };
        waiting.lane(lane).push_back(Job { id: id.clone(), call, cancelled, bytes });
        self.changed.notify_all();
        Ok(())
    }

    /// The next request of a lane; `None` when none will come.
    pub(crate) fn take(&self, lane: Lane) -> Option<Job> {
        let is_idle = |waiting: &mut Waiting| waiting.lane(lane).is_empty() && !waiting.is_closed;
        let mut waiting = self.changed.wait_while(self.lock(), is_idle).unwrap_or_else(PoisonError::into_inner);
        let job = waiting.lane(lane).pop_front()?;
        waiting.bytes -= job.bytes;
        self.changed.notify_all();
        Some(job)
    }

    /// Answers a request by `answer`. From then on its id is free, and the last request may be answered by `last`.
    pub(crate) fn done(&self, id: &Id, answer: impl FnOnce(), last: impl FnOnce(&Id)) {
        let mut waiting = self.lock();
        // Whoever reads the answer may use the id again at once.
        answer();
        waiting.in_flight.remove(&id.key());
        if waiting.in_flight.is_empty()
            && let Some(id) = waiting.last.take()
        {
            last(&id);
        }
        self.changed.notify_all();
    }

    /// Asks a request to stop. One that has not begun is taken out and given back.
    pub(crate) fn cancel(&self, id: &Id) -> Option<Job> {
        let mut waiting = self.lock();
        waiting.in_flight.get(&id.key())?.store(true, Ordering::Relaxed);
        for lane in [Lane::Reading, Lane::Writing] {
            let lane = waiting.lane(lane);
            if let Some(job) = lane.iter().position(|job| job.id == *id).and_then(|at| lane.remove(at)) {
                waiting.bytes -= job.bytes;
                self.changed.notify_all();
                return Some(job);
            }
        }
        None
    }

    /// Answers `id` by `answer` when no other request is in flight, which may be at once.
    pub(crate) fn answer_last(&self, id: &Id, answer: impl FnOnce(&Id)) {
        let mut waiting = self.lock();
        if waiting.in_flight.is_empty() { answer(id) } else { waiting.last = Some(id.clone()) }
    }

    /// Asks every request to stop, those too that are still to come, and lets nobody wait for room.
    pub(crate) fn cancel_all(&self) {
        let mut waiting = self.lock();
        waiting.is_rushed = true;
        waiting.in_flight.values().for_each(|cancelled| cancelled.store(true, Ordering::Relaxed));
        self.changed.notify_all();
    }

    /// Waits until every request has its answer, at most for `time`; whether it is so.
    pub(crate) fn wait_until_idle(&self, time: Duration) -> bool {
        let is_busy = |waiting: &mut Waiting| !waiting.in_flight.is_empty() || waiting.last.is_some();
        let waited = self.changed.wait_timeout_while(self.lock(), time, is_busy);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    /// Lets the threads go that wait for requests, once they have answered what is there.
    pub(crate) fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
