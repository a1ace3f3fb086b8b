//! Gate `flow-read`: looking at a project, which never changes it.

use super::{Desk, SHOWCASE, through};
use crate::gate::repository::Repository;
use crate::gate::{Gate, Group, Verdict};
use anyhow::{Context, ensure};

pub(super) const GATE: Gate = Gate {
    name: "flow-read",
    why: "list, show, doctor, history and the tables answer about whole projects, by every name of an asset, and write nothing",
    group: Group::Packer,
    is_divided: false,
    run,
    repair: "cargo xtask gate --only flow-read names the command that did not answer as it should",
};

fn run(repository: &Repository) -> anyhow::Result<Verdict> {
    through(repository, &[SHOWCASE], flow)
}

pub(super) fn flow(desk: &Desk) -> anyhow::Result<()> {
    let list = desk.look(&["list"], 0)?;
    let assets = list.rows("assets")?;
    let first = assets.first().context("the project has no assets")?;
    for asset in [first, &assets[assets.len() / 2]] {
        let id = asset["asset_id"].to_string();
        for name in [id.as_str(), text(asset, "asset_uuid")?, text(asset, "name")?, text(asset, "root")?] {
            let shown = desk.look(&["show", name], 0)?;
            ensure!(shown.result("asset_id") == &asset["asset_id"], "`show {name}` shows another asset");
            ensure!(!shown.rows("inputs")?.is_empty(), "`show {name}` shows no inputs");
        }
    }
    let unknown = desk.look(&["show", "no-such-asset"], 2)?;
    ensure!(unknown.has("usage/unknown-asset"), "an unknown asset is not said to be unknown");
    let doctor = desk.look(&["doctor"], 0)?;
    let registered = assets.iter().filter(|asset| asset["state"] == "registered").count();
    ensure!(doctor.result("checked")["assets"] == registered, "`doctor` checked another number of assets");
    desk.look(&["doctor", "--workspace"], 0)?;
    desk.look(&["history"], 0)?;
    desk.look(&["migrate", "--check"], 0)?;
    for (table, rows) in [("window", "artifacts"), ("limits", "limits")] {
        ensure!(!desk.look(&[table], 0)?.rows(rows)?.is_empty(), "`{table}` is empty");
    }
    desk.look(&["explain", "trust/link"], 0)?;
    Ok(())
}

fn text<'a>(asset: &'a serde_json::Value, name: &str) -> anyhow::Result<&'a str> {
    asset[name].as_str().with_context(|| format!("an asset has no {name}"))
}
