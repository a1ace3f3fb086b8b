//! Gate `flow-doctor`: a file is damaged, the doctor says which and why in every format, nothing is built of it, and with
//! the file back all is well.

use super::{Desk, SHOWCASE, through};
use crate::gate::repository::Repository;
use crate::gate::{Gate, Group, Verdict};
use anyhow::{Context, ensure};

pub(super) const GATE: Gate = Gate {
    name: "flow-doctor",
    why: "a damaged input is named by doctor in every format and blocks the build; a clean doctor means a build that succeeds",
    group: Group::Packer,
    is_divided: false,
    run,
    repair: "cargo xtask gate --only flow-doctor names the command that did not answer as it should",
};

fn run(repository: &Repository) -> anyhow::Result<Verdict> {
    through(repository, &[SHOWCASE], flow)
}

pub(super) fn flow(desk: &Desk) -> anyhow::Result<()> {
    desk.look(&["doctor"], 0)?;
    desk.succeed(&["build"])?;
    let asset = built(desk)?;
    let shown = desk.look(&["show", &asset], 0)?;
    let input = shown.rows("inputs")?.first().and_then(|input| input["path"].as_str()).context("no input")?.to_owned();
    let file = desk.path(&input);
    let whole = std::fs::read(&file).with_context(|| format!("could not read {file}"))?;
    std::fs::write(&file, &whole[..whole.len().min(20)])?;

    let sick = desk.look(&["doctor"], 1)?;
    let found = sick.report["diagnostics"].as_array().into_iter().flatten();
    let named = found.filter(|one| one["path"] == *input && one["blocking"] == true).count();
    ensure!(named > 0, "`doctor` does not name {input}");
    for (format, shows) in [("sarif", "\"ruleId\""), ("github", "::error "), ("junit", "<failure")] {
        let (exit, text) = desk.run(&["doctor"], format)?;
        ensure!(
            exit == 1 && text.contains(shows) && text.contains(&input),
            "`--format {format}` does not name {input}"
        );
    }
    desk.look(&["build", "--check"], 1)?;
    desk.look(&["build"], 1)?;
    let list = desk.look(&["list"], 0)?;
    ensure!(list.rows("assets")?.len() > 1, "one bad asset hides the others");

    std::fs::write(&file, whole)?;
    desk.look(&["doctor"], 0)?;
    desk.succeed(&["build"])?;
    Ok(())
}

/// The name of an asset that takes part in builds.
fn built(desk: &Desk) -> anyhow::Result<String> {
    let list = desk.look(&["list"], 0)?;
    let asset = list.rows("assets")?.iter().find(|asset| asset["included_in_build"] == true);
    Ok(asset.and_then(|asset| asset["name"].as_str()).context("no asset takes part in builds")?.to_owned())
}
