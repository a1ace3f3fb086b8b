//! Gate `test`: every test of the workspace, each in a process of its own and tried once. Documentation examples
//! are the gate `doctest`.

use super::repository::Repository;
use super::{Gate, Group, Verdict, tool};
use xshell::cmd;

pub(super) const GATE: Gate = Gate {
    name: "test",
    why: "every test passes at the first try, alone in its process, and there are tests at all",
    group: Group::Packer,
    is_divided: true,
    run,
    repair: "cargo test --workspace --no-fail-fast shows what fails; mend the code, not the test",
};

/// The runner writes to standard error as it goes, its closing lines with the counts last.
fn run(repository: &Repository) -> anyhow::Result<Verdict> {
    let nextest = tool::find(repository, "cargo-nextest")?;
    let shell = &repository.shell;
    // Said here and not only in nextest.toml, so that the caller's environment cannot change it.
    let fixed = ["--locked", "--profile", "default", "--retries", "0", "--no-tests", "fail"];
    let part = repository.shard.map(|shard| format!("slice:{shard}"));
    let part = part.iter().flat_map(|part| ["--partition", part]);
    repository.passes(cmd!(shell, "{nextest} nextest run --workspace {fixed...} {part...}"))
}
