//! Gate `fmt`: layout is rustfmt's business, so that nobody has to talk about it.

use super::repository::Repository;
use super::{Gate, Group, Verdict};
use xshell::cmd;

pub(super) const GATE: Gate = Gate {
    name: "fmt",
    why: "every Rust file is laid out as rustfmt.toml says",
    group: Group::Repo,
    is_divided: false,
    run,
    repair: "cargo fmt --all",
};

fn run(repository: &Repository) -> anyhow::Result<Verdict> {
    let shell = &repository.shell;
    if !repository.answers(cmd!(shell, "cargo fmt --version")) {
        return Ok(Verdict::Skipped("rustfmt is missing; get it by `rustup component add rustfmt`".into()));
    }
    repository.passes(cmd!(shell, "cargo fmt --all --check"))
}
