//! Tells a client that wants to hear of it what changes from outside. Nothing else relies on it: whatever acts on the
//! project looks at it anew.

use super::announce::owner;
use crate::connection::{Outbox, Told};
use crate::session::{Listing, Session, new_operation};
use crate::watch::{Changed, Look};
use crate::wire::event::Kind;
use prometeu_packer::event::Silent;
use prometeu_packer::report::Status;
use serde_json::json;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Changes that follow each other this closely are told together.
const QUIET: Duration = Duration::from_millis(40);
/// But nobody waits longer than this for the first of them.
const GATHERING: Duration = Duration::from_millis(100);
/// How often it is looked whether anybody still listens.
const LOOK: Duration = Duration::from_millis(250);
/// Where no watch tells, looking takes at most one part in so many of the time.
const SHARE: u32 = 20;

/// Tells changes until nobody listens any more.
pub(crate) fn refresh_until_the_end(session: &Session, outbox: &Outbox) {
    let list = || session.listing(&session.context("", &Silent));
    let mut known = list();
    let mut seen = if session.watch.waiter().is_some() { Look::default() } else { session.watch.look() };
    while !outbox.is_over() {
        let mut changed = wait(session, &mut seen);
        if changed.is_empty() {
            continue;
        }
        let since = Instant::now();
        while since.elapsed() < GATHERING && session.watch.waiter().is_some() {
            std::thread::sleep(QUIET);
            let later = session.watch.take();
            if later.is_empty() {
                break;
            }
            changed.add(later);
        }
        // A client that reads nothing for long is told of everything in between at once.
        outbox.wait_for_room();
        changed.add(session.watch.take());
        let operation_id: Arc<str> = new_operation().into();
        let told = tell_files(outbox, &operation_id, &known, &changed);
        let now = list();
        tell_rest(outbox, &operation_id, (&known, &now), told, changed.is_all);
        known = now;
    }
}

/// What changed within a moment, if anything did.
fn wait(session: &Session, seen: &mut Look) -> Changed {
    match session.watch.waiter() {
        Some(waiter) => {
            waiter.wait(LOOK);
            session.watch.take()
        }
        None => {
            let since = Instant::now();
            let now = session.watch.look();
            let changed = seen.changed_until(&now);
            *seen = now;
            std::thread::sleep((since.elapsed() * SHARE).max(LOOK));
            changed
        }
    }
}

/// Tells at once which assets have changed files; gives their ids.
fn tell_files(outbox: &Outbox, operation_id: &Arc<str>, known: &Listing, changed: &Changed) -> BTreeSet<u32> {
    let by_root: HashMap<String, u32> =
        known.rows.iter().filter_map(|(root, (id, _))| Some((root.clone(), (*id)?))).collect();
    let ids: BTreeSet<u32> = match changed.is_all {
        true => by_root.into_values().collect(),
        false => changed.paths.iter().filter_map(|path| owner(&by_root, path.as_str())).collect(),
    };
    if !ids.is_empty() {
        tell_changed(outbox, operation_id, &ids, changed.is_all);
    }
    ids
}

fn tell_changed(outbox: &Outbox, operation_id: &Arc<str>, ids: &BTreeSet<u32>, is_all: bool) {
    let summary = match is_all {
        true => "anything may have changed".to_owned(),
        false => format!("files of {} changed", counted(ids.len(), "asset")),
    };
    let told = Told::new(operation_id, Kind::AssetChanged, summary).with("rescan", is_all);
    outbox.tell(Told { affected_assets: ids.iter().copied().collect(), ..told });
}

/// Tells what the list shows beyond that, and ends the operation, if there is anything to tell at all.
fn tell_rest(
    outbox: &Outbox,
    operation_id: &Arc<str>,
    (known, now): (&Listing, &Listing),
    mut told: BTreeSet<u32>,
    is_all: bool,
) {
    let id = |row: &(Option<u32>, u64)| row.0;
    let appeared: Vec<_> = now.rows.iter().filter(|(root, _)| !known.rows.contains_key(*root)).collect();
    let differs = known.rows.iter().filter(|(root, row)| now.rows.get(*root) != Some(row));
    let changed: BTreeSet<u32> =
        differs.clone().filter_map(|(_, row)| id(row)).filter(|id| !told.contains(id)).collect();
    let is_same =
        appeared.is_empty() && differs.count() == 0 && known.counts == now.counts && known.status == now.status;
    if told.is_empty() && is_same && !is_all {
        return;
    }
    if !changed.is_empty() {
        tell_changed(outbox, operation_id, &changed, false);
    }
    told.extend(changed);
    if !appeared.is_empty() {
        let summary = format!("{} appeared", counted(appeared.len(), "root"));
        let roots: Vec<&str> = appeared.iter().map(|(root, _)| root.as_str()).collect();
        let event = Told::new(operation_id, Kind::AssetDiscovered, summary).with("paths", json!(roots));
        let affected_assets: Vec<u32> = appeared.iter().filter_map(|(_, row)| id(row)).collect();
        told.extend(&affected_assets);
        outbox.tell(Told { affected_assets, ..event });
    }
    let outcome = match now.status {
        Status::Ok => "ok",
        Status::Blocked => "blocked",
        Status::Failed => "failed",
    };
    let counts = json!({ "errors": now.counts.errors, "warnings": now.counts.warnings, "notes": now.counts.notes });
    let event = Told::new(operation_id, Kind::DiagnosticsUpdated, "the project changed").with("outcome", outcome);
    let event = event.with("operation", "watch").with("counts", counts);
    outbox.tell(Told { affected_assets: told.into_iter().collect(), ..event });
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
