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
                while let Some(at) = start(&belt, &moved, count, budget, &weight) {
                    let made = make(at);
                    lock(&belt).ready.insert(at, made);
                    moved.notify_all();
                }
            });
        }
        let result = (0..count).try_for_each(|at| {
            let mut state = lock(&belt);
            let made = loop {
                match state.ready.remove(&at) {
                    Some(made) => break made,
                    None => state = moved.wait(state).unwrap_or_else(PoisonError::into_inner),
                }
            };
            drop(state);
            let taken = take(at, made);
            let mut state = lock(&belt);
            state.in_flight -= weight(at);
            state.wanted = at + 1;
            drop(state);
            moved.notify_all();
            taken
        });
        lock(&belt).stopped = true;
        moved.notify_all();
        result
    })
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
    fn an_error_stops_the_threads() {
        let result = ordered(1_000_000, 2, 4, |_| 1, |at| at, |at, _| if at == 7 { Err(at) } else { Ok(()) });
        assert_eq!(result, Err(7));
    }
}
