//! Time that passes: waiting for another program, until it is done, but only so long; and how long ago something was.

use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(20);

/// A time to wait at most, which begins when it is made.
pub struct Patience {
    /// `None` where the end is further away than the system can count.
    end: Option<Instant>,
}

impl Patience {
    /// Begins now and lasts for `wait`.
    #[must_use]
    pub fn of(wait: Duration) -> Patience {
        Patience { end: Instant::now().checked_add(wait) }
    }

    /// Waits a moment; `false`, at once, when the time is over.
    #[must_use]
    pub fn pause(&self) -> bool {
        let is_left = self.end.is_none_or(|end| Instant::now() < end);
        if is_left {
            std::thread::sleep(PAUSE);
        }
        is_left
    }
}

/// Tells how long ago it was made, by a clock that nobody sets. Only what is believed may depend on it, never what is written.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Begins now.
    #[must_use]
    pub fn start() -> Stopwatch {
        Stopwatch(Instant::now())
    }

    /// One that was made so long ago.
    #[cfg(test)]
    pub(crate) fn started(ago: Duration) -> Stopwatch {
        Stopwatch(Instant::now().checked_sub(ago).expect("the system has been running for longer"))
    }

    /// Nanoseconds since then.
    #[must_use]
    pub fn elapsed_ns(&self) -> i64 {
        i64::try_from(self.0.elapsed().as_nanos()).unwrap_or(i64::MAX)
    }
}
