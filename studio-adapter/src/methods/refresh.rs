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

/// How often it is looked for changes, and for the end of a list, while one is made.
const MEANWHILE: Duration = Duration::from_millis(20);

/// What was told of at once and is not over before a list was made.
struct Begun {
    operation_id: Arc<str>,
    told: BTreeSet<u32>,
    is_all: bool,
}

/// Tells changes until nobody listens any more.
pub(crate) fn refresh_until_the_end(session: &Session, outbox: &Outbox) {
    let list = || session.listing(&session.context("", &Silent));
    let mut known = list();
    let mut seen = if session.watch.waiter().is_some() { Look::default() } else { session.watch.look() };
    let mut later: Option<Begun> = None;
    while !outbox.is_over() {
        let begun = later.take().or_else(|| {
            let changed = wait(session, &mut seen);
            (!changed.is_empty()).then(|| begin(session, outbox, &known, changed, None))
        });
        let Some(begun) = begun else { continue };
        // A list of a large project takes long: what changes meanwhile is told meanwhile.
        let now = std::thread::scope(|scope| {
            let listing = scope.spawn(list);
            while !listing.is_finished() && !outbox.is_over() && session.watch.waiter().is_some() {
                std::thread::sleep(MEANWHILE);
                let changed = session.watch.take();
                if !changed.is_empty() {
                    later = Some(begin(session, outbox, &known, changed, later.take()));
                }
            }
            listing.join()
        });
        match now {
            Ok(now) => {
                tell_rest(outbox, &begun.operation_id, (&known, &now), begun.told, begun.is_all);
                known = now;
            }
            Err(_) => tell_fault(outbox, begun),
        }
    }
}

/// Gathers what follows closely and tells at once which assets have changed files.
fn begin(session: &Session, outbox: &Outbox, known: &Listing, mut changed: Changed, before: Option<Begun>) -> Begun {
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
    let mut begun =
        before.unwrap_or_else(|| Begun { operation_id: new_operation().into(), told: BTreeSet::new(), is_all: false });
    begun.told.extend(tell_files(outbox, &begun.operation_id, known, &changed));
    begun.is_all |= changed.is_all;
    begun
}

/// Ends the operation of a list that a fault of the packer kept from being made.
fn tell_fault(outbox: &Outbox, begun: Begun) {
    let summary = "a fault of the packer itself kept the list from being made; please report it";
    let event = Told::new(&begun.operation_id, Kind::DiagnosticsUpdated, summary).with("outcome", "failed");
    let event = event.with("operation", "watch").with("counts", json!({ "errors": 0, "warnings": 0, "notes": 0 }));
    outbox.tell(Told { affected_assets: begun.told.into_iter().collect(), ..event });
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
    // A root that gets an id is a new asset to the client, whether or not its folder was there.
    let is_new = |root: &str, row| known.rows.get(root).is_none_or(|before| id(row).is_some() && id(before) != id(row));
    let appeared: Vec<_> = now.rows.iter().filter(|(root, row)| is_new(root, *row)).collect();
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
