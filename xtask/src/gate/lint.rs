//! Gate `lint`: the compiler and clippy have nothing to say, the bans of `clippy.toml` and `packer/clippy.toml`
//! included.

use super::repository::Repository;
use super::{Gate, Group, Verdict};
use xshell::cmd;

pub(super) const GATE: Gate = Gate {
    name: "lint",
    why: "neither the compiler nor clippy warns, and every ban on files, clock, console and environment holds",
    group: Group::Repo,
    is_divided: false,
    run,
    repair: "cargo clippy --workspace --all-targets --fix --allow-dirty, then mend by hand what it still reports",
};

fn run(repository: &Repository) -> anyhow::Result<Verdict> {
    let shell = &repository.shell;
    if !repository.answers(cmd!(shell, "cargo clippy --version")) {
        return Ok(Verdict::Skipped("clippy is missing; get it by `rustup component add clippy`".into()));
    }
    repository.passes(cmd!(shell, "cargo clippy --workspace --all-targets --locked -- -D warnings"))
}
