//! Gate `flow-build`: an archive is made, verified, and made again; nothing but its own files is touched.

use super::{Desk, SHOWCASE, through};
use crate::gate::repository::Repository;
use crate::gate::{Gate, Group, Verdict};
use anyhow::{Context, ensure};
use serde_json::Value;

pub(super) const GATE: Gate = Gate {
    name: "flow-build",
    why: "a build publishes an archive that verify accepts, mirrors in step with it, and the same bytes after build/ was deleted",
    group: Group::Packer,
    is_divided: false,
    run,
    repair: "cargo xtask gate --only flow-build names the command that did not answer as it should",
};

fn run(repository: &Repository) -> anyhow::Result<Verdict> {
    through(repository, &[SHOWCASE], flow)
}

pub(super) fn flow(desk: &Desk) -> anyhow::Result<()> {
    desk.look(&["build", "--check"], 0)?;
    let before = desk.tree()?;
    let built = desk.succeed(&["build"])?;
    let sources = desk.tree()?.below("assets/").without(&["cache.json"]);
    ensure!(sources == before.below("assets/").without(&["cache.json"]), "a build changed the sources");

    let archive = built.result("archive");
    let path = desk.path(archive["path"].as_str().context("the build names no archive")?);
    let verified = desk.look(&["verify", path.as_str()], 0)?;
    ensure!(verified.result("archive")["sha256"] == archive["sha256"], "`verify` and `build` name different digests");
    ensure!(*built.result("assets") == verified.rows("entries")?.len(), "the archive holds another number of assets");
    ensure!(mirror(desk, "build/asset_table.json")? == *verified.result("entries"), "the mirror is not the table");
    mirror(desk, "build/preload.json")?;
    mirror(desk, "build/asset_table_metadata.json")?;

    let bytes = std::fs::read(&path)?;
    let short = desk.path("short.pa");
    std::fs::write(&short, &bytes[..bytes.len() - 1])?;
    ensure!(desk.look(&["verify", short.as_str()], 1)?.has("archive/truncated"), "an archive cut short passes");
    std::fs::remove_file(&short)?;

    for again in [&["build"][..], &["build", "--full"]] {
        let again = desk.succeed(again)?;
        ensure!(again.result("archive") == archive, "`{}` gives another archive of the same files", again.command);
    }
    std::fs::remove_dir_all(desk.path("build"))?;
    ensure!(desk.succeed(&["build"])?.result("archive") == archive, "without build/ another archive comes out");
    Ok(())
}

fn mirror(desk: &Desk, path: &str) -> anyhow::Result<Value> {
    let text = std::fs::read_to_string(desk.path(path)).with_context(|| format!("the build left no {path}"))?;
    serde_json::from_str(&text).with_context(|| format!("{path} is no JSON"))
}
