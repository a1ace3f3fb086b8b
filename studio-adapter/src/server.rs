//! The threads of one connection, and how it ends: one reads, one writes, some carry requests out side by side, and one
//! those that change the project. Whatever ends it, every operation is finished or undone before the program is.

use crate::dispatch::{Dispatch, Next};
use crate::queue::Lane;
use crate::surroundings;
use crate::wire::frame::{self, Incoming, Waiting};
use std::io::{self, BufReader, Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

pub use crate::session::Setup;

/// Requests that read and run at the same time; each of them uses all processors anyway.
const READERS: usize = 3;
/// How often it is looked whether client and signals still want this process to live.
const LOOK: Duration = Duration::from_millis(200);
/// How long an operation may take to finish or undo itself once nobody waits for it. Whatever is longer is settled by the
/// next command, as after a power failure.
const UNDOING: Duration = Duration::from_secs(60);
/// How long a client may read nothing after it said goodbye, or while its process is gone.
const GOODBYE: Duration = Duration::from_secs(5);
/// The same after it has only ended its requests: it may still want the answers.
const LAST_ANSWERS: Duration = Duration::from_secs(60);

/// Exit code after a signal.
const EXIT_INTERRUPTED: u8 = 130;

/// Why no more requests come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Exit,
    EndOfInput,
    Untrusted,
    Interrupted,
    /// Nobody reads any more.
    Broken,
    /// The process that started this one is gone.
    Orphaned,
}

/// Serves standard input and output until the client is done; gives the exit code.
#[must_use]
pub fn serve_standard_streams(setup: Setup) -> u8 {
    let interrupted = surroundings::interruption();
    serve(setup, io::stdin(), io::stdout(), &interrupted)
}

/// Serves one client until it is done, gone or `interrupted`; gives the exit code.
#[must_use]
pub fn serve(
    setup: Setup,
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
    interrupted: &AtomicBool,
) -> u8 {
    let dispatch = Arc::new(Dispatch::new(setup));
    let ended: Arc<(Mutex<Option<Ending>>, Condvar)> = Arc::default();
    let writer = spawn("writer", &dispatch, move |dispatch| dispatch.outbox.write_all(&mut Waiting(output)));
    let lanes = std::iter::repeat_n(Lane::Reading, READERS).chain([Lane::Writing]);
    let workers: Vec<_> = lanes.map(|lane| spawn("worker", &dispatch, move |dispatch| dispatch.work(lane))).collect();
    let told = Arc::clone(&ended);
    let own = Arc::clone(&dispatch);
    let reader = spawn("reader", &dispatch, move |_| {
        let ending = read_all(&own, &mut BufReader::new(Waiting(input)));
        told.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(ending);
        told.1.notify_all();
    });
    if writer.is_none() || reader.is_none() || workers.iter().any(Option::is_none) {
        // No threads, no service; whatever did start ends with the process.
        return 70;
    }
    let ending = wait(&dispatch, &ended, interrupted);
    end(&dispatch, ending, interrupted)
}

fn spawn(name: &str, dispatch: &Arc<Dispatch>, run: impl FnOnce(&Dispatch) + Send + 'static) -> Option<JoinHandle<()>> {
    let dispatch = Arc::clone(dispatch);
    Builder::new().name(name.to_owned()).spawn(move || run(&dispatch)).ok()
}

fn read_all(dispatch: &Arc<Dispatch>, input: &mut BufReader<impl Read>) -> Ending {
    loop {
        dispatch.outbox.wait_for_room();
        match frame::read(input, dispatch.bounds()) {
            Incoming::Frame(bytes) => {
                let had_project = dispatch.is_to_watch();
                if dispatch.take(bytes) == Next::Exit {
                    return Ending::Exit;
                }
                if dispatch.is_to_watch() && !had_project {
                    // Where no thread is to be had, changes go untold; everything else is as right as before.
                    let _ = spawn("watch", dispatch, Dispatch::watch);
                }
            }
            Incoming::End => return Ending::EndOfInput,
            Incoming::Untrusted(why) => {
                dispatch.distrust(why);
                return Ending::Untrusted;
            }
        }
    }
}

/// Waits until something ends the connection.
fn wait(dispatch: &Dispatch, ended: &(Mutex<Option<Ending>>, Condvar), interrupted: &AtomicBool) -> Ending {
    let parent = surroundings::parent();
    let mut ending = ended.0.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        if let Some(ending) = *ending {
            return ending;
        }
        if let Some(ending) = gone(dispatch, parent, interrupted) {
            return ending;
        }
        ending = ended.1.wait_timeout(ending, LOOK).unwrap_or_else(PoisonError::into_inner).0;
    }
}

fn gone(dispatch: &Dispatch, parent: Option<u32>, interrupted: &AtomicBool) -> Option<Ending> {
    if interrupted.load(Ordering::Relaxed) {
        Some(Ending::Interrupted)
    } else if dispatch.outbox.is_broken() {
        Some(Ending::Broken)
    } else if surroundings::parent() != parent {
        Some(Ending::Orphaned)
    } else {
        None
    }
}

/// Brings everything to its end and gives the exit code.
fn end(dispatch: &Dispatch, ending: Ending, interrupted: &AtomicBool) -> u8 {
    let is_patient = match ending {
        Ending::Exit => dispatch.is_shutting_down(),
        Ending::EndOfInput | Ending::Orphaned => true,
        Ending::Untrusted | Ending::Interrupted | Ending::Broken => false,
    };
    let parent = surroundings::parent();
    while is_patient && !dispatch.queue.wait_until_idle(LOOK) {
        if gone(dispatch, parent, interrupted).is_some() {
            break;
        }
    }
    dispatch.queue.cancel_all();
    dispatch.outbox.rush();
    dispatch.queue.wait_until_idle(UNDOING);
    dispatch.queue.close();
    dispatch.outbox.finish(if ending == Ending::EndOfInput { LAST_ANSWERS } else { GOODBYE });
    match ending {
        Ending::Exit => u8::from(!dispatch.is_shutting_down()),
        Ending::EndOfInput | Ending::Broken | Ending::Orphaned => 0,
        Ending::Untrusted => 1,
        Ending::Interrupted => EXIT_INTERRUPTED,
    }
}

#[cfg(test)]
mod fault_tests;
