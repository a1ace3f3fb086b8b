//! Gates `test` and `test-studio`: every test of the workspace, each in a process of its own and tried once. The second has
//! those that need the Studio adapter's server, the first all others, so that no test is in both or in neither.
//! Documentation examples are the gate `doctest`.

use super::repository::Repository;
use super::{Gate, Group, Verdict, tool};
use xshell::cmd;

pub(super) const GATE: Gate = Gate {
    name: "test",
    why: "every test that does without the Studio adapter passes at the first try, alone in its process, and there are some",
    group: Group::Packer,
    is_divided: true,
    run: |repository| run(repository, &format!("not ({STUDIO})"), &["--exclude", ADAPTER]),
    repair: "cargo test --workspace --no-fail-fast shows what fails; mend the code, not the test",
};

pub(super) const STUDIO_GATE: Gate = Gate {
    name: "test-studio",
    why: "every test that goes through the Studio adapter passes likewise",
    group: Group::Studio,
    is_divided: true,
    run: |repository| run(repository, STUDIO, &[]),
    repair: "cargo test -p prometeu-studio-adapter --no-fail-fast, and cargo test -p xtask --test studio, show what fails",
};

const ADAPTER: &str = "prometeu-studio-adapter";
/// Which tests need the adapter's server, in nextest's language: its own, and those that drive it from outside.
const STUDIO: &str = "package(prometeu-studio-adapter) | binary(studio)";

/// The runner writes to standard error as it goes, its closing lines with the counts last.
fn run(repository: &Repository, which: &str, more: &[&str]) -> anyhow::Result<Verdict> {
    let nextest = tool::find(repository, "cargo-nextest")?;
    let shell = &repository.shell;
    // Said here and not only in nextest.toml, so that the caller's environment cannot change it.
    let fixed = ["--locked", "--profile", "default", "--retries", "0", "--no-tests", "fail"];
    let part = repository.shard.map(|shard| format!("slice:{shard}"));
    let part = part.iter().flat_map(|part| ["--partition", part]);
    // The whole workspace is built for both, so that the second has nothing left to build.
    repository.passes(cmd!(shell, "{nextest} nextest run --workspace {more...} {fixed...} -E {which} {part...}"))
}
