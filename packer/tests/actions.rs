//! What `list` says can be done with a root is what can be done with it: for every broken project and every root in it,
//! each action is listed exactly when its preview is not refused.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a test reads and writes projects and fails by panicking"
)]

use fixtures::broken::{Needs, cases};
use prometeu_packer::disk::OsDisk;
use prometeu_packer::envelope::Windows;
use prometeu_packer::event::{Event, Events};
use prometeu_packer::ops::{self, Apply, Context};
use prometeu_packer::report::{OperationResult, Report};
use prometeu_packer::trust::Limits;
use prometeu_packer::workspace::{Action, Asset, State};
use std::path::Path;
use std::time::Duration;

struct Silence;

impl Events for Silence {
    fn emit(&self, _: Event) {}

    fn cancelled(&self) -> bool {
        false
    }
}

fn within<T>(project: &Path, work: impl FnOnce(&Context<'_>) -> T) -> T {
    let disk = OsDisk::open_project(project).unwrap();
    let context = Context {
        disk: &disk,
        limits: Limits::default(),
        windows: Windows::default(),
        events: &Silence,
        operation_id: "20260101T000000.000Z-00000000".to_owned(),
        wait: Duration::ZERO,
        program: "pack".to_owned(),
    };
    work(&context)
}

/// Whether a preview of the action is shown without a blocker.
fn is_possible(context: &Context<'_>, asset: &Asset, action: Action) -> bool {
    let reference = &asset.reference;
    let words = [
        reference.asset_id.map(|id| id.to_string()),
        reference.asset_uuid.map(|uuid| uuid.to_string()),
        Some(reference.root.to_string()),
        reference.name.as_deref().map(str::to_owned),
    ];
    let shown = |report: Report| report.exit() == 0 && !matches!(report.result, OperationResult::Nothing);
    let of_it = |report: Report| match &report.result {
        OperationResult::Show(details) => details.asset.reference == *reference && shown(report),
        _ => false,
    };
    // The first word that names this asset and no other; without one, what takes a root alone is left.
    let word = words.into_iter().flatten().find(|word| of_it(ops::show(context, word)));
    let Some(word) = word else {
        return action == Action::Adopt && shown(ops::adopt(context, &reference.root, true, Apply::Preview));
    };
    let how = Apply::Preview;
    match action {
        Action::Show => true,
        Action::Adopt => [false, true].into_iter().any(|fresh| {
            asset.state == State::Unregistered && shown(ops::adopt(context, &reference.root, fresh, Apply::Preview))
        }),
        Action::Forget => shown(ops::forget_asset(context, &word, how)),
        Action::Remove => shown(ops::remove(context, &word, how)),
        Action::Quarantine => shown(ops::quarantine(context, &word, how)),
        Action::Relocate => shown(ops::relocate(context, &word, "somewhere/else", how)),
        Action::Rename => shown(ops::rename(context, &word, "another_name", how)),
        // A change that changes nothing is none.
        Action::Include => !asset.included_in_build && shown(ops::set_included(context, &word, true, how)),
        Action::Exclude => asset.included_in_build && shown(ops::set_included(context, &word, false, how)),
    }
}

fn check(name: &str, project: &Path) {
    let OperationResult::List(assets, _) = within(project, ops::list).result else { return };
    for asset in assets {
        let possible: Vec<Action> = Action::ALL
            .into_iter()
            .filter(|action| within(project, |context| is_possible(context, &asset, *action)))
            .collect();
        let root = &asset.reference.root;
        assert_eq!(asset.actions.iter().collect::<Vec<_>>(), possible, "{name}, the {:?} root {root}", asset.state);
    }
}

#[test]
fn what_is_listed_can_be_done_and_nothing_else() {
    for case in
        cases().into_iter().filter(|case| case.needs == Needs::Nothing || cfg!(unix) && case.needs == Needs::Unix)
    {
        let folder = tempfile::tempdir().unwrap();
        case.write(folder.path()).unwrap();
        check(case.name, folder.path());
        // The same root without its entry.
        let index = folder.path().join(fixtures::INDEX);
        if std::fs::symlink_metadata(&index).is_ok_and(|found| found.is_file()) {
            let empty = "{\n  \"schema_version\": 2,\n  \"next_asset_id\": 2,\n  \"assets\": []\n}\n";
            std::fs::write(index, empty).unwrap();
            check(&format!("{}, unregistered", case.name), folder.path());
        }
    }
}

#[test]
fn copies_and_neighbours_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    fixtures::showcase().write(folder.path()).unwrap();
    let assets = folder.path().join("assets");
    let copy = |from: &str, to: &str| {
        std::fs::create_dir_all(assets.join(to)).unwrap();
        std::fs::copy(assets.join(from).join("asset.json"), assets.join(to).join("asset.json")).unwrap();
    };
    copy("actors", "copies/actors");
    copy("actors", "7");
    // Around a registered root.
    copy("actors", "world");
    // Its root is the name of another.
    copy("actors", "burst");
    check("copies", folder.path());
}
