//! Whoever asks to stop gets the whole answer or is told that it is not, at whichever moment that is, and the project is
//! as it was or as it was to become.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::trial::{context, disk};
use super::{
    Apply, BuildMode, Context, FixRequest, Scope, adopt, build, doctor, fix, forget_asset, list, pack_summary,
    quarantine, register, relocate, remove, rename, set_included, show, validate_pack,
};
use crate::diagnostic::Code;
use crate::disk::memory::{Fault, MemoryDisk};
use crate::emit::unfinished;
use crate::event::{Event, Events, Silent};
use crate::ops::Registration;
use crate::report::{OperationResult, Report};
use crate::schema::suppressions::Date;
use fixtures::Files;
use fixtures::broken::both;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Says so often that nobody asked to stop, and from then on that somebody did.
struct StopAfter(AtomicUsize);

impl Events for StopAfter {
    fn emit(&self, _: Event) {}

    fn cancelled(&self) -> bool {
        self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_err()
    }
}

/// No operation looks so often at a project of two assets.
const LOOKS_MAX: usize = 200;

fn today() -> Date {
    Date::parse("2026-11-23").unwrap()
}

fn now() -> Apply<'static> {
    let mint: &dyn Fn() -> String = &|| "7d0f7f0e-5b0c-4b54-9c1f-0d5f4f3f9c55".to_owned();
    Apply::Now { preview_id: None, consent: Some("ui".to_owned()), mint, time: "2026-11-23T00:00:00Z".to_owned() }
}

type Operation = (&'static str, fn(&Context<'_>) -> Report);

const OPERATIONS: [Operation; 23] = [
    ("list", |context| list(context)),
    ("show", |context| show(context, "ui")),
    ("doctor", |context| doctor(context, Scope::Registered)),
    ("doctor --workspace", |context| doctor(context, Scope::Workspace { today: today() })),
    ("doctor --fix", |context| fix(context, &repairs(), Apply::Preview)),
    ("doctor --fix --apply", |context| fix(context, &repairs(), now())),
    ("build", |context| build(context, BuildMode::Publish)),
    ("build --check", |context| build(context, BuildMode::Check)),
    ("pack summary", |context| pack_summary(context)),
    ("validate pack", |context| validate_pack(context)),
    ("exclude", |context| set_included(context, "ui", false, Apply::Preview)),
    ("exclude --apply", |context| set_included(context, "ui", false, now())),
    ("rename", |context| rename(context, "ui", "other", Apply::Preview)),
    ("rename --apply", |context| rename(context, "ui", "other", now())),
    ("relocate", |context| relocate(context, "ui", "other/place", Apply::Preview)),
    ("relocate --apply", |context| relocate(context, "ui", "other/place", now())),
    ("forget", |context| forget_asset(context, "ui", Apply::Preview)),
    ("forget --apply", |context| forget_asset(context, "ui", now())),
    ("remove --apply", |context| remove(context, "ui", now())),
    ("quarantine --apply", |context| quarantine(context, "ui", now())),
    ("adopt", |context| adopt(context, "new", true, Apply::Preview)),
    ("adopt --apply", |context| adopt(context, "new", true, now())),
    ("register --apply", |context| register(context, &registration(), now())),
];

fn repairs() -> FixRequest {
    FixRequest { workspace: true, today: today(), only: None, keep: None }
}

fn registration() -> Registration {
    Registration { root: "fresh".to_owned(), ..Registration::default() }
}

type Tree = BTreeMap<String, Option<Vec<u8>>>;

/// Two assets, one of them not written as the packer writes it, an unregistered root, and a folder that is none yet.
fn project() -> Files {
    let own = |path| both().get(path).unwrap().to_vec();
    let (picture, declaration) = (own("assets/ui/a.png"), own("assets/ui/asset.json"));
    both()
        .with("assets/new/asset.json", declaration)
        .with("assets/new/a.png", picture.clone())
        .with("assets/new/a.gpl", own("assets/ui/a.gpl"))
        .with("assets/fresh/b.png", picture)
        .with("assets/sfx/asset.json", [own("assets/sfx/asset.json"), b"\n".to_vec()].concat())
}

fn run(of: fn(&Context<'_>) -> Report, events: &dyn Events) -> (Report, Tree) {
    let disk = disk(&project());
    let report = of(&Context { events, ..context(&disk, "20261101T120000.000Z-00000001") });
    let tree = without_traces(disk.snapshot());
    (report, tree)
}

/// That somebody was here, and what an attempt leaves for the next command to sweep, left out.
fn without_traces(mut tree: Tree) -> Tree {
    let traces = ["assets/.prometeu/lock", "assets/.prometeu/txn", "build/.staging"];
    tree.retain(|path, _| path != "build" && !traces.iter().any(|trace| path.starts_with(trace)));
    tree
}

#[test]
fn whoever_asks_to_stop_gets_the_whole_answer_or_is_told_that_it_is_not() {
    let before = run(list, &Silent).1;
    let mut wrong = Vec::new();
    for (name, of) in OPERATIONS {
        let (whole, done) = run(of, &Silent);
        let mut was_stopped = false;
        for looks in 0.. {
            assert!(looks < LOOKS_MAX, "`{name}` never comes to its end");
            let events = StopAfter(AtomicUsize::new(looks));
            let (report, after) = run(of, &events);
            let is_stopped = report.exit() == 130;
            let is_right = match is_stopped {
                true => after == before && is_honest(&report) && report.summary != whole.summary,
                false => after == done && told(&report) == told(&whole),
            };
            if !is_right {
                wrong.push(format!(
                    "`{name}`, stopped after {looks} looks: {}, exit {}",
                    report.summary,
                    report.exit()
                ));
            }
            was_stopped |= is_stopped;
            if events.0.into_inner() > 0 {
                break;
            }
        }
        if !was_stopped {
            wrong.push(format!("`{name}` cannot be stopped"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn told(report: &Report) -> (&str, u8, String) {
    (&report.summary, report.exit(), format!("{:?}", report.result))
}

/// Whether it passes nothing off as whole.
fn is_honest(report: &Report) -> bool {
    match report.result {
        OperationResult::List(..) | OperationResult::Show(..) => false,
        OperationResult::Doctor(..) | OperationResult::ValidatePack(..) => {
            report.summary.starts_with("stopped") || report.summary.starts_with("nothing was fixed")
        }
        _ => true,
    }
}

#[test]
fn what_was_not_examined_is_not_counted() {
    let (report, _) = run(|context| doctor(context, Scope::Registered), &StopAfter(AtomicUsize::new(0)));
    assert_eq!(report.summary, "stopped when 0 assets had been examined");
}

#[test]
fn what_was_settled_first_is_told_whoever_asked_to_stop_then() {
    let left_over = "assets/.prometeu/txn/20261101T110000.000Z-00000002/journal.new";
    for (name, of) in OPERATIONS {
        let mut was_stopped_later = false;
        for looks in 0..LOOKS_MAX {
            let disk = disk(&project().with(left_over, "part of it"));
            let events = StopAfter(AtomicUsize::new(looks));
            let report = of(&Context { events: &events, ..context(&disk, "20261101T120000.000Z-00000001") });
            let is_settled = !disk.snapshot().contains_key(left_over);
            let is_told = report.findings.iter().any(|finding| finding.code == Code::JournalRecovered);
            assert_eq!(is_settled, is_told, "`{name}`, stopped after {looks} looks: {report:#?}");
            was_stopped_later |= is_settled && report.exit() == 130;
            if events.0.into_inner() > 0 {
                break;
            }
        }
        // What promises to write nothing settles nothing.
        assert!(was_stopped_later || name == "build --check", "`{name}`");
    }
}

#[test]
fn nobody_is_told_that_all_is_as_it_was_where_the_disk_kept_it_from_being_so() {
    let repair = |disk: &MemoryDisk, events: &dyn Events| {
        fix(&Context { events, ..context(disk, "20261101T120000.000Z-00000001") }, &repairs(), now())
    };
    let whole = disk(&project());
    assert_eq!(repair(&whole, &Silent).exit(), 0);
    let before = without_traces(disk(&project()).snapshot());
    // A full disk keeps nobody from looking.
    let looks_only =
        |operation: &str| ["read", "metadata", "open", "entries", "names"].iter().any(|of| operation.starts_with(of));
    let operations = whole.operations().into_iter().zip(1..).filter(|(operation, _)| !looks_only(operation));
    for (operation, at) in operations {
        for looks in 0..LOOKS_MAX {
            let disk = disk(&project());
            disk.fail_at(at, Fault::ErrorsFrom(ErrorKind::StorageFull));
            let events = StopAfter(AtomicUsize::new(looks));
            let report = repair(&disk, &events);
            if report.exit() == 130 {
                let what = format!("`{operation}` fails, stopped after {looks} looks: {report:#?}");
                let is_told = report.findings.iter().any(|finding| finding.code == Code::JournalUnfinished);
                assert!(is_told || unfinished(&disk).unwrap().is_empty(), "{what}");
                assert!(without_traces(disk.snapshot()) == before, "{what}");
            }
            if events.0.into_inner() > 0 {
                break;
            }
        }
    }
}
