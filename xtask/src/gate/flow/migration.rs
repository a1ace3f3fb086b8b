//! Gate `flow-migration`: from *pending* to current files and back, with the same archive all the way.

use super::{Desk, through};
use crate::gate::repository::Repository;
use crate::gate::{Gate, Group, Verdict};
use anyhow::ensure;

pub(super) const GATE: Gate = Gate {
    name: "flow-migration",
    why: "an old project is checked, migrated and rolled back to the same bytes, and its archive is the same before and after",
    group: Group::Packer,
    is_divided: false,
    run,
    repair: "cargo xtask gate --only flow-migration names the command that did not answer as it should",
};

/// Projects as older packers left them.
const OLD: [&str; 3] = ["asset-1-index-1", "asset-2-index-2", "asset-mixed-index-1"];

fn run(repository: &Repository) -> anyhow::Result<Verdict> {
    let own: Vec<String> = OLD.iter().map(|name| format!("fixtures/frozen/{name}")).collect();
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    through(repository, &own, flow)
}

pub(super) fn flow(desk: &Desk) -> anyhow::Result<()> {
    let pending = desk.ask(&["migrate", "--check"])?;
    if pending.exit == 0 {
        // A project that somebody brought along may be current.
        return Ok(());
    }
    desk.look(&["migrate", "--check"], 1)?;
    let before = desk.tree()?;
    let preview = desk.look(&["migrate"], 0)?;
    let old = desk.succeed(&["build"])?;

    let applied = desk.succeed(&["migrate", "--apply", preview.text("preview_id")?])?;
    desk.look(&["migrate", "--check"], 0)?;
    ensure!(
        desk.succeed(&["migrate", "--apply"])?.result("migration_id").is_null(),
        "a second run finds something to do"
    );
    let new = desk.succeed(&["build", "--full"])?;
    ensure!(new.result("archive") == old.result("archive"), "the archive changed with the migration");

    let id = applied.text("migration_id")?;
    let history = desk.look(&["migrate", "--history"], 0)?;
    ensure!(history.report["result"].to_string().contains(id), "the history does not know {id}");
    desk.look(&["migrate", "--rollback", id], 0)?;
    desk.succeed(&["migrate", "--rollback", id, "--apply"])?;
    let sources = |tree: crate::gate::tree::Tree| tree.without_records().below("assets/").without(&["cache.json"]);
    let left = sources(desk.tree()?).difference(&sources(before));
    ensure!(left == "nothing", "after the rollback, {left} differ");
    desk.look(&["migrate", "--check"], 1)?;
    Ok(())
}
