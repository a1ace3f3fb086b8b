//! Gate `minimal`: the oldest versions that the manifests allow are enough. Somebody who builds with a lock file of their own
//! is promised as much. It asks the registry, and builds every dependency anew.

use super::random::{COMPLETE, is_complete};
use super::repository::Repository;
use super::tree::Tree;
use super::{Gate, Group, Verdict};
use anyhow::Context;
use camino::Utf8Path;
use xshell::cmd;

pub(super) const GATE: Gate = Gate {
    name: "minimal",
    why: "everything builds with the oldest versions of its dependencies that the manifests allow",
    group: Group::Repo,
    is_divided: false,
    run,
    repair: "cargo update -p CRATE --precise VERSION finds the version that has what is missing; the root's Cargo.toml asks for it",
};

/// What a build of the workspace reads.
const PARTS: [&str; 7] = ["packer", "studio-adapter", "xtask", "fixtures", "simulator", "fuzz-bodies", "schemas"];

fn run(repository: &Repository) -> anyhow::Result<Verdict> {
    if !is_complete() {
        let by = format!("{COMPLETE}=1 cargo xtask gate --only minimal");
        return Ok(Verdict::Skipped(format!("it builds every dependency anew, with the network; run it by `{by}`")));
    }
    let shell = &repository.shell;
    let list = cmd!(shell, "rustup toolchain list").quiet().ignore_stderr().read().unwrap_or_default();
    if !list.lines().any(|line| line.starts_with("nightly")) {
        let get = "rustup toolchain install nightly --profile minimal";
        return Ok(Verdict::Skipped(format!(
            "a nightly toolchain, which alone can choose them, is missing; get it by `{get}`"
        )));
    }
    let target = repository.tools.with_file_name("minimal");
    let place = target.join("copy");
    lay_out(&repository.root, &place)?;
    let _inside = shell.push_dir(&place);
    let mut choose = cmd!(shell, "cargo update -Z direct-minimal-versions").quiet();
    // Only this one call; what is built is built by the toolchain that everybody has.
    choose = choose.env("RUSTUP_TOOLCHAIN", "nightly").env_remove("CARGO");
    choose.run().context("no versions satisfy all manifests when the oldest of each are asked for")?;
    repository.passes(cmd!(shell, "cargo check --workspace --locked").env("CARGO_TARGET_DIR", target.join("target")))
}

/// Copies what is built, so that the lock file stays what it is.
fn lay_out(root: &Utf8Path, place: &Utf8Path) -> anyhow::Result<()> {
    for part in PARTS {
        Tree::read(&root.join(part))?.write(&place.join(part))?;
    }
    for file in ["Cargo.toml", "Cargo.lock"] {
        std::fs::copy(root.join(file), place.join(file)).with_context(|| format!("could not copy {file}"))?;
    }
    Ok(())
}
