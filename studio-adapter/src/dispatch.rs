//! From a frame to a method and back. It knows when a request may be made at all; what a method does is not known here.

use crate::connection::Outbox;
use crate::from_wire::{self, Introduction, Invalid};
use crate::methods::{self, Ended};
use crate::queue::{InFlight, Job, Lane, Queue};
use crate::session::{Session, Setup};
use crate::wire::message::{ErrorCode, Id, Message, Refusal, parse};
use prometeu_packer::diagnostic::escape;
use prometeu_packer::trust::{Limit, Limits};
use serde_json::Value;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// What both sides of the wire need to know.
#[derive(Debug)]
pub(crate) struct Dispatch {
    setup: Setup,
    session: OnceLock<Session>,
    pub(crate) outbox: Outbox,
    pub(crate) queue: Queue,
    is_shutting_down: AtomicBool,
}

/// What the reader does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    Read,
    /// The client said goodbye.
    Exit,
}

impl Dispatch {
    pub(crate) fn new(setup: Setup) -> Dispatch {
        Dispatch {
            setup,
            session: OnceLock::new(),
            outbox: Outbox::new(),
            queue: Queue::default(),
            is_shutting_down: AtomicBool::new(false),
        }
    }

    /// Whether the client asked to shut down.
    pub(crate) fn is_shutting_down(&self) -> bool {
        self.is_shutting_down.load(Ordering::Relaxed)
    }

    /// How long header and body of the next frame may be.
    pub(crate) fn bounds(&self) -> crate::wire::frame::Bounds {
        let limits = self.limits();
        let (header, body) = (limits.get(Limit::FrameHeaderBytes), limits.get(Limit::FrameBytes));
        crate::wire::frame::Bounds { header, body }
    }

    fn limits(&self) -> &Limits {
        self.session.get().map_or(&self.setup.limits, |session| &session.setup().limits)
    }

    /// Whether a client that wants to hear of changes has opened a project.
    pub(crate) fn is_to_watch(&self) -> bool {
        self.session.get().is_some_and(|session| session.wants_changes)
    }

    /// Tells of changes until the end.
    pub(crate) fn watch(&self) {
        if let Some(session) = self.session.get() {
            methods::refresh_until_the_end(session, &self.outbox);
        }
    }

    /// Takes one frame: answers it, or queues what will answer it.
    pub(crate) fn take(&self, frame: Vec<u8>) -> Next {
        let bytes = frame.len();
        match parse(frame, self.limits()) {
            Err((id, refusal)) => self.outbox.refuse(id.as_ref(), &refusal),
            Ok(Message { id: None, method, params }) => return self.notified(&method, params),
            Ok(Message { id: Some(id), method, params }) => {
                if let Err(refusal) = self.request(&id, &method, params, bytes) {
                    self.outbox.refuse(Some(&id), &refusal);
                }
            }
        }
        Next::Read
    }

    fn notified(&self, method: &str, params: Value) -> Next {
        match method {
            "exit" => return Next::Exit,
            "$/cancelRequest" => {
                let id = params.get("id").cloned().and_then(Id::of);
                if let Some(Job { id, .. }) = id.and_then(|id| self.queue.cancel(&id)) {
                    self.done(&id, Ended::Cancelled);
                }
            }
            // A notification gets no answer, known or not.
            _ => {}
        }
        Next::Read
    }

    fn request(&self, id: &Id, method: &str, params: Value, bytes: usize) -> Result<(), Refusal> {
        let refuse = |code, message: &str| Err(Refusal::new(code, message));
        let session = match (self.session.get(), method) {
            (None, "initialize") => return self.initialize(id, params),
            (Some(_), "initialize") => return refuse(ErrorCode::InvalidRequest, "`initialize` was answered already"),
            (None, _) => return refuse(ErrorCode::NotInitialised, "`initialize` comes first"),
            (Some(session), _) => session,
        };
        if self.is_shutting_down() {
            return refuse(ErrorCode::InvalidRequest, "nothing is begun any more after `shutdown`");
        }
        if method == "shutdown" {
            self.is_shutting_down.store(true, Ordering::Relaxed);
            self.queue.answer_last(id, |id| self.outbox.answer(id, "null".into()));
            return Ok(());
        }
        debug_assert!(!session.project_id().is_empty(), "a project has a name");
        match from_wire::call(method, params) {
            None => refuse(ErrorCode::MethodNotFound, &format!("there is no method `{method}`")),
            Some(Err(Invalid(why))) => refuse(ErrorCode::InvalidParams, &why),
            Some(Ok(call)) => self.queue.add(id, call, bytes).or_else(|InFlight| {
                refuse(ErrorCode::InvalidRequest, "a request with this id is in flight, and keeps its answer")
            }),
        }
    }

    fn initialize(&self, id: &Id, params: Value) -> Result<(), Refusal> {
        let invalid = |Invalid(why)| Refusal::new(ErrorCode::InvalidParams, why);
        let introduction: Introduction = from_wire::introduction(params, &self.setup.limits).map_err(invalid)?;
        let ((from, to), spoken) = (introduction.protocol, methods::protocols(&self.setup.windows));
        let protocol = to.min(spoken.1);
        if protocol < from.max(spoken.0) {
            return Err(methods::no_common_protocol(spoken, (from, to)));
        }
        let session = Session::open(self.setup.clone(), &introduction).map_err(|error| {
            let message = format!("could not open the project folder {}: {}", error.path, error.source);
            Refusal::new(ErrorCode::InvalidParams, message)
        })?;
        self.outbox.name_project(session.project_id().to_owned());
        let answer = methods::initialized(session.setup(), protocol, introduction.watch);
        let opened = self.session.set(session);
        debug_assert!(opened.is_ok(), "one thread reads");
        self.outbox.answer(id, answer.to_string().into());
        Ok(())
    }

    /// Carries out the requests of one lane until none will come.
    pub(crate) fn work(&self, lane: Lane) {
        while let Some(job) = self.queue.take(lane) {
            self.outbox.wait_for_room();
            let ended = match self.session.get() {
                _ if job.cancelled.load(Ordering::Relaxed) => Ok(Ended::Cancelled),
                Some(session) => {
                    let run = || methods::run(session, &self.outbox, &job.call, &job.cancelled);
                    catch_unwind(AssertUnwindSafe(run))
                }
                None => unreachable!("nothing is queued before a project is open"),
            };
            match ended {
                Ok(ended) => self.done(&job.id, ended),
                Err(_) => {
                    let refusal =
                        Refusal::new(ErrorCode::InternalError, "a fault of the adapter itself; please report it");
                    self.finish(&job.id, || self.outbox.refuse(Some(&job.id), &refusal));
                }
            }
        }
    }

    fn done(&self, id: &Id, ended: Ended) {
        self.finish(id, || match ended {
            Ended::Report(text) => self.outbox.answer(id, text),
            Ended::Cancelled => {
                let message = "cancelled; everything is as it was";
                self.outbox.refuse(Some(id), &Refusal::new(ErrorCode::Cancelled, message));
            }
        });
    }

    fn finish(&self, id: &Id, answer: impl FnOnce()) {
        self.queue.done(id, answer, |last| self.outbox.answer(last, "null".into()));
    }

    /// Tells the client that its stream cannot be read any further.
    pub(crate) fn distrust(&self, why: &str) {
        self.outbox.refuse(None, &Refusal::new(ErrorCode::ParseError, escape(why)));
    }
}
