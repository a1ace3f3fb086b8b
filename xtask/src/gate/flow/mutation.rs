//! Gate `flow-mutation`: changes of every kind, each shown first and then carried out as it was shown, and all of them
//! undone again.

use super::{Desk, SHOWCASE, through};
use crate::gate::repository::Repository;
use crate::gate::{Gate, Group, Verdict};
use anyhow::{Context, ensure};

pub(super) const GATE: Gate = Gate {
    name: "flow-mutation",
    why: "every change is previewed, carried out exactly so or refused as stale, and undone to the same files",
    group: Group::Packer,
    is_divided: false,
    run,
    repair: "cargo xtask gate --only flow-mutation names the command that did not answer as it should",
};

fn run(repository: &Repository) -> anyhow::Result<Verdict> {
    through(repository, &[SHOWCASE], flow)
}

pub(super) fn flow(desk: &Desk) -> anyhow::Result<()> {
    let list = desk.look(&["list"], 0)?;
    let asset = list.rows("assets")?.iter().find(|asset| asset["included_in_build"] == true);
    let asset = asset.context("no asset takes part in builds")?;
    let (id, name) = (asset["asset_id"].to_string(), asset["name"].as_str().context("an asset has no name")?);
    let root = asset["root"].as_str().context("an asset has no root")?;
    let before = desk.tree()?.without_records();

    let mut done = vec![change(desk, &["rename", &id, "flow_renamed"])?];
    done.push(change(desk, &["relocate", &id, "flow-moved/here"])?);
    done.push(change(desk, &["quarantine", &id])?);
    let list = desk.look(&["list"], 0)?;
    let kept = list.rows("quarantined")?.first().and_then(|row| row["id"].as_str());
    done.push(change(desk, &["restore", kept.context("nothing is listed as quarantined")?])?);
    undo(desk, &done)?;
    let left = desk.tree()?.without_records().difference(&before);
    ensure!(left == "nothing", "after all is undone, {left} differ");

    let mut done = vec![change(desk, &["exclude", &id])?];
    done.push(change(desk, &["include", &id])?);
    done.push(change(desk, &["forget", &id])?);
    done.push(change(desk, &["adopt", root])?);
    desk.look(&["remove", name], 0)?;
    let refused = desk.look(&["remove", name, "--apply"], 5)?;
    ensure!(refused.has("plan/consent-missing"), "an asset is removed without its name being typed");
    done.push(change(desk, &["remove", name, "--confirm", name])?);
    desk.look(&["show", name], 2)?;
    undo(desk, &done)?;
    let left = desk.tree()?.without_records().difference(&before);
    // The id that `adopt` handed out stays used.
    ensure!(left == "assets/.prometeu/index.json", "after all is undone, {left} differ");
    ensure!(desk.look(&["show", name], 0)?.result("asset_id") == &asset["asset_id"], "the asset has another id");
    desk.look(&["doctor"], 0)?;
    Ok(())
}

/// Takes changes back, the last one first.
fn undo(desk: &Desk, transactions: &[String]) -> anyhow::Result<()> {
    transactions.iter().rev().try_for_each(|id| change(desk, &["undo", id]).map(drop))
}

/// Shows a change, carries out exactly that, and gives the transaction's id.
fn change(desk: &Desk, arguments: &[&str]) -> anyhow::Result<String> {
    let preview = desk.look(arguments, 0)?;
    let id = preview.text("preview_id")?;
    let stale = desk.look(&[arguments, &["--apply", "00000000000000000000000000000000"]].concat(), 5)?;
    ensure!(stale.has("plan/stale"), "`{}` takes any preview", preview.command);
    let done = desk.succeed(&[arguments, &["--apply", id]].concat())?;
    ensure!(done.result("applied") == true, "`{}` says that it was not carried out", done.command);
    for part in ["registry", "workspace"] {
        let told = |answer: &super::desk::Answer| answer.result(part).as_array().map(Vec::len);
        ensure!(told(&done) == told(&preview), "`{}` did something else than was shown", done.command);
    }
    Ok(done.text("transaction_id")?.to_owned())
}
