//! Gate `doctest`: the examples in the documentation compile and do what they say.

use super::repository::Repository;
use super::{Gate, Group, Verdict};
use xshell::cmd;

pub(super) const GATE: Gate = Gate {
    name: "doctest",
    why: "every example in the documentation of the libraries runs",
    group: Group::Packer,
    is_divided: false,
    run,
    repair: "cargo test --doc --workspace shows the example that fails; mend it or the code it shows",
};

fn run(repository: &Repository) -> anyhow::Result<Verdict> {
    let shell = &repository.shell;
    repository.passes(cmd!(shell, "cargo test --doc --workspace --locked"))
}
