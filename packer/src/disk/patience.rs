//! Waiting for another program: until it is done, but only so long.

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
