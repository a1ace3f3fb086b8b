//! What a user sees of a project: every file and folder, but for what may stay of a transaction.

use crate::commands::OWN;
use prometeu_packer::disk::memory::MemoryDisk;
use std::collections::BTreeMap;

/// Every path with its bytes; folders have none.
pub type State = BTreeMap<String, Option<Vec<u8>>>;

const TRANSACTIONS: &str = "assets/.prometeu/txn";
/// Their bytes and their existence mean nothing: the lock, and what a build remembers for the next one.
const MEANINGLESS: [&str; 2] = ["assets/.prometeu/lock", "assets/.prometeu/cache.json"];
/// Folders that may come and go: empty ones hold nothing.
const EMPTY: [&str; 3] = [TRANSACTIONS, "build", "build/.staging"];

/// What is there, without the record of the scenario's own transaction.
#[must_use]
pub fn visible(disk: &MemoryDisk) -> State {
    let own = format!("{TRANSACTIONS}/{OWN}");
    let mut found = everything(disk);
    found.retain(|path, _| !is_at_or_below(path, &own));
    found
}

/// Everything, records included; only what means nothing is left out.
#[must_use]
pub fn everything(disk: &MemoryDisk) -> State {
    let mut found = disk.snapshot();
    found.retain(|path, bytes| {
        !MEANINGLESS.contains(&path.as_str()) && (bytes.is_some() || !EMPTY.contains(&path.as_str()))
    });
    found
}

/// The names in the record of the scenario's own transaction; `None` when it has none.
#[must_use]
pub fn record(disk: &MemoryDisk) -> Option<Vec<String>> {
    let own = format!("{TRANSACTIONS}/{OWN}");
    let found = disk.snapshot();
    let below = |path: &String| path.strip_prefix(&own)?.strip_prefix('/').map(str::to_owned);
    found.contains_key(&own).then(|| found.keys().filter_map(below).collect())
}

/// The state without the records of finished transactions.
#[must_use]
pub fn without_records(mut state: State) -> State {
    state.retain(|path, _| !is_at_or_below(path, TRANSACTIONS));
    state
}

/// In a few words, how `found` differs from `expected`.
#[must_use]
pub fn difference(expected: &State, found: &State) -> String {
    let mut words = Vec::new();
    for (path, bytes) in found {
        match expected.get(path) {
            None => words.push(format!("stray {path}")),
            Some(expected) if expected != bytes => words.push(format!("other bytes in {path}")),
            Some(_) => {}
        }
    }
    words.extend(expected.keys().filter(|path| !found.contains_key(*path)).map(|path| format!("no {path}")));
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

fn is_at_or_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
