//! Gate `flow-studio`: a day in an editor, over the adapter's own program: look, build, migrate and go back, change and
//! take back, leave. The command line looks over its shoulder.

use super::desk::Answer;
use super::session::Session;
use super::{Desk, SHOWCASE, through};
use crate::gate::repository::Repository;
use crate::gate::studio::build as build_adapter;
use crate::gate::{Gate, Group, Verdict};
use anyhow::{Context, ensure};
use serde_json::{Value, json};
use std::process::Command;

pub(super) const GATE: Gate = Gate {
    name: "flow-studio",
    why: "one session with the built adapter lists, previews, changes, builds, migrates and goes back as the command line sees it",
    group: Group::Studio,
    is_divided: false,
    run,
    repair: "cargo xtask gate --only flow-studio names the request that was not answered as it should; cargo test -p prometeu-studio-adapter is closer to the cause",
};

/// A project that has to be migrated.
const OLD: &str = "fixtures/frozen/asset-1-index-1";

fn run(repository: &Repository) -> anyhow::Result<Verdict> {
    let adapter = build_adapter(repository)?;
    through(repository, &[SHOWCASE, OLD], |desk| flow(desk, &mut Command::new(&adapter)))
}

pub(super) fn flow(desk: &Desk, adapter: &mut Command) -> anyhow::Result<()> {
    let mut studio = Session::open(desk, adapter)?;
    let (list, _) = studio.succeed("packer/list_assets", json!({}))?;
    let asset = list.rows("assets")?.iter().find(|asset| asset["included_in_build"] == true);
    let asset = asset.context("no asset takes part in builds")?["asset_id"].clone();
    ensure!(list.report["result"] == desk.look(&["list"], 0)?.report["result"], "`packer/list_assets` is not `list`");

    let archive = build(desk, &mut studio)?;
    let edit = |studio: &mut Session<'_>| {
        there_and_back(desk, studio, &json!({ "operation": "exclude", "asset": asset }), |_, done, told| {
            ensure!(told == ["action_applied"], "the change is told as {told:?}");
            let shown = desk.look(&["show", &asset.to_string()], 0)?;
            ensure!(*shown.result("included_in_build") == false, "`show` does not see the change");
            Ok(json!({ "operation": "undo", "id": done.text("transaction_id")? }))
        })
    };
    if desk.ask(&["migrate", "--check"])?.exit == 0 {
        edit(&mut studio)?;
    } else {
        there_and_back(desk, &mut studio, &json!({ "operation": "migrate" }), |studio, done, told| {
            ensure!(told == ["migration_started", "migration_finished"], "the migration is told as {told:?}");
            desk.look(&["migrate", "--check"], 0)?;
            ensure!(build(desk, studio)? == archive, "the archive changed with the migration");
            edit(studio)?;
            Ok(json!({ "operation": "rollback", "id": done.text("migration_id")? }))
        })?;
    }
    ensure!(build(desk, &mut studio)? == archive, "after all is taken back, another archive comes out");
    studio.leave()
}

/// Builds, and gives the archive, which `verify` finds to be what the build says.
fn build(desk: &Desk, studio: &mut Session<'_>) -> anyhow::Result<Value> {
    let (built, told) = studio.succeed("packer/build", json!({}))?;
    let ends = [told.first(), told.last()].map(|kind| kind.map(String::as_str));
    ensure!(ends == [Some("build_started"), Some("build_finished")], "`packer/build` is told as {told:?}");
    let archive = built.result("archive");
    let path = desk.path(archive["path"].as_str().context("`packer/build` names no archive")?);
    let verified = desk.look(&["verify", path.as_str()], 0)?;
    ensure!(verified.result("archive")["sha256"] == archive["sha256"], "`packer/build` and `verify` differ");
    Ok(archive.clone())
}

/// Makes a change, lets somebody look at it, and takes it back by what that one answers.
fn there_and_back(
    desk: &Desk,
    studio: &mut Session<'_>,
    wanted: &Value,
    look: impl FnOnce(&mut Session<'_>, &Answer, &[String]) -> anyhow::Result<Value>,
) -> anyhow::Result<()> {
    let sources = || anyhow::Ok(desk.tree()?.without_records().below("assets/"));
    let before = sources()?;
    let (done, told) = change(desk, studio, wanted)?;
    let back = look(studio, &done, &told)?;
    change(desk, studio, &back)?;
    let left = sources()?.difference(&before);
    ensure!(left == "nothing", "after {back}, {left} differ");
    Ok(())
}

/// Shows a change, which writes nothing, and carries it out, for which its preview is good once.
fn change(desk: &Desk, studio: &mut Session<'_>, wanted: &Value) -> anyhow::Result<(Answer, Vec<String>)> {
    let before = desk.tree()?;
    let (preview, told) = studio.succeed("packer/preview", wanted.clone())?;
    ensure!(told == ["preview_ready"], "the preview of {wanted} is told as {told:?}");
    let changed = desk.tree()?.difference(&before);
    ensure!(changed == "nothing", "the preview of {wanted} changed {changed}");
    let id = json!({ "preview_id": preview.text("preview_id")? });
    let done = studio.succeed("packer/apply", id.clone())?;
    let (again, _) = studio.ask("packer/apply", id)?;
    let is_refused = ["plan/stale", "plan/conflict"].iter().any(|code| again.has(code));
    ensure!(again.exit != 0 && is_refused, "the preview of {wanted} is good for a second time");
    Ok(done)
}
