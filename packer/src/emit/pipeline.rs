//! Makes things on several threads and takes them in order on the caller's, with a bound on the bytes in between.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

struct Belt<T> {
    /// The next item that a thread starts.
    next: usize,
    /// Items made and not yet taken.
    ready: BTreeMap<usize, T>,
    /// Bytes of items started and not yet taken.
    in_flight: u64,
    /// The item that is taken next.
    wanted: usize,
    stopped: bool,
}

/// Calls `make` for `0..count` on `threads` threads and `take` with each result in order. Items are started in order,
/// and only while those under way hold fewer than `budget` bytes, as `weight` tells; one item is always under way.
///
/// # Errors
/// The first error of `take`; no further item is started then.
///
/// # Panics
/// When `make` or `take` does, once the other threads have ended.
pub(super) fn ordered<T: Send, E>(
    count: usize,
    threads: usize,
    budget: u64,
    weight: impl Fn(usize) -> u64 + Sync,
    make: impl Fn(usize) -> T + Sync,
    mut take: impl FnMut(usize, T) -> Result<(), E>,
) -> Result<(), E> {
    let belt = Mutex::new(Belt { next: 0, ready: BTreeMap::new(), in_flight: 0, wanted: 0, stopped: false });
    let moved = Condvar::new();
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1).min(count) {
            scope.spawn(|| {
                let _guard = StopOnPanic(&belt, &moved);
                while let Some(at) = start(&belt, &moved, count, budget, &weight) {
                    let made = make(at);
                    lock(&belt).ready.insert(at, made);
                    moved.notify_all();
                }
            });
        }
        let _guard = StopOnPanic(&belt, &moved);
        let result = (0..count).map_while(|at| await_made(&belt, &moved, at)).enumerate().try_for_each(|(at, made)| {
            let taken = take(at, made);
            let mut state = lock(&belt);
            state.in_flight -= weight(at);
            state.wanted = at + 1;
            drop(state);
            moved.notify_all();
            taken
        });
        stop(&belt, &moved);
        result
    })
}

/// Item `at`, once it is made; `None` when it never will be, because a thread panicked. The scope hands that panic on.
fn await_made<T>(belt: &Mutex<Belt<T>>, moved: &Condvar, at: usize) -> Option<T> {
    let mut state = lock(belt);
    loop {
        match state.ready.remove(&at) {
            Some(made) => return Some(made),
            None if state.stopped => return None,
            None => state = moved.wait(state).unwrap_or_else(PoisonError::into_inner),
        }
    }
}

/// Lets no item be started any more, and nobody wait.
fn stop<T>(belt: &Mutex<Belt<T>>, moved: &Condvar) {
    lock(belt).stopped = true;
    moved.notify_all();
}

/// Stops the others where the thread that holds it panics.
struct StopOnPanic<'a, T>(&'a Mutex<Belt<T>>, &'a Condvar);

impl<T> Drop for StopOnPanic<'_, T> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            stop(self.0, self.1);
        }
    }
}

fn start<T>(
    belt: &Mutex<Belt<T>>,
    moved: &Condvar,
    count: usize,
    budget: u64,
    weight: &impl Fn(usize) -> u64,
) -> Option<usize> {
    let mut state = lock(belt);
    loop {
        if state.stopped || state.next == count {
            return None;
        }
        let at = state.next;
        if at == state.wanted || state.in_flight + weight(at) <= budget {
            state.next += 1;
            state.in_flight += weight(at);
            return Some(at);
        }
        state = moved.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
}

/// A thread that panicked has left the belt whole: nothing is done under the lock but moving values.
fn lock<T>(belt: &Mutex<Belt<T>>) -> MutexGuard<'_, Belt<T>> {
    belt.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn results_come_in_order_and_the_budget_holds() {
        let (held, most) = (AtomicU64::new(0), AtomicU64::new(0));
        let mut taken = Vec::new();
        let result: Result<(), ()> = ordered(
            500,
            4,
            40,
            |_| 10,
            |at| {
                most.fetch_max(held.fetch_add(10, Ordering::SeqCst) + 10, Ordering::SeqCst);
                at * 3
            },
            |at, made| {
                held.fetch_sub(10, Ordering::SeqCst);
                taken.push((at, made));
                Ok(())
            },
        );
        assert_eq!(result, Ok(()));
        assert!(taken.iter().enumerate().all(|(at, item)| *item == (at, at * 3)) && taken.len() == 500);
        assert!(most.load(Ordering::SeqCst) <= 50, "{most:?} bytes were held");
    }

    #[test]
    fn an_item_heavier_than_the_budget_is_made_alone() {
        let held = AtomicU64::new(0);
        let mut taken = 0;
        let make = |_| assert_eq!(held.fetch_add(1, Ordering::SeqCst), 0, "another was under way");
        let take = |_, ()| {
            taken += held.fetch_sub(1, Ordering::SeqCst);
            Ok::<(), ()>(())
        };
        assert_eq!(ordered(50, 4, 10, |_| 11, make, take), Ok(()));
        assert_eq!(taken, 50);
    }

    #[test]
    fn items_are_made_side_by_side_as_far_as_the_budget_goes() {
        // Each waits until three have begun: with fewer threads, or a budget not given back, this would never end.
        let begun = std::sync::Barrier::new(3);
        let make = |_| {
            begun.wait();
        };
        assert_eq!(ordered(30, 3, 30, |_| 10, make, |_, ()| Ok::<(), ()>(())), Ok(()));
    }

    #[test]
    fn nothing_to_make_and_no_threads_are_no_reason_to_wait() {
        let sum = |count, threads| {
            let mut sum = 0;
            let take = |_, made: usize| {
                sum += made;
                Ok::<(), ()>(())
            };
            ordered(count, threads, 0, |_| 1, |at| at, take).map(|()| sum)
        };
        assert_eq!((sum(0, 4), sum(4, 0)), (Ok(0), Ok(6)));
    }

    #[test]
    fn a_panic_is_handed_on_and_nobody_waits_for_what_it_kept_from_being_made() {
        for (maker, taker) in [(7, usize::MAX), (0, usize::MAX), (499, usize::MAX), (usize::MAX, 7), (usize::MAX, 0)] {
            let make = |at| assert_ne!(at, maker, "on purpose");
            let take = |at, ()| {
                assert_ne!(at, taker, "on purpose");
                Ok::<(), ()>(())
            };
            let run = std::panic::AssertUnwindSafe(|| ordered(500, 2, 4, |_| 1, make, take));
            assert!(std::panic::catch_unwind(run).is_err());
        }
    }

    #[test]
    fn an_error_stops_the_threads() {
        let made = AtomicU64::new(0);
        let make = |at| {
            made.fetch_add(1, Ordering::SeqCst);
            at
        };
        let result = ordered(1_000_000, 2, 4, |_| 1, make, |at, _| if at == 7 { Err(at) } else { Ok(()) });
        assert_eq!(result, Err(7));
        // The eight that were taken, those that the budget let begin, and one more.
        assert!(made.load(Ordering::SeqCst) <= 8 + 4 + 1, "{made:?} were made");
    }
}
