//! Gate `studio`: the way from an editor through the adapter to the packer and back. It drives the built program with
//! the JSON-RPC library that editors use, headless, on copies of our own projects; the script judges, this prepares.

use super::repository::Repository;
use super::tree::Tree;
use super::{Gate, Group, Verdict};
use anyhow::{Context, ensure};
use camino::{Utf8Path, Utf8PathBuf};
use xshell::cmd;

pub(super) const GATE: Gate = Gate {
    name: "studio",
    why: "the Studio adapter serves the JSON-RPC library that editors use: every method, event order, calling off, the end",
    group: Group::Studio,
    is_divided: false,
    run,
    repair: "cargo test -p prometeu-studio-adapter shows the same closer to the cause; PROTOCOL.md says what is promised",
};

/// The script with its pinned library, below the repository.
const SUITE: &str = "studio-adapter/conformance";
const FILES: [&str; 3] = ["package.json", "package-lock.json", "conformance.mjs"];
/// One project of today, and one that has to be migrated.
const PROJECTS: [&str; 2] = ["fixtures/projects/showcase", "fixtures/frozen/asset-1-index-1"];
const ADAPTER: &str = "prometeu-studio-adapter";

fn run(repository: &Repository) -> anyhow::Result<Verdict> {
    let shell = &repository.shell;
    // On Windows npm is a script that only a shell finds.
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    if !repository.answers(cmd!(shell, "node --version")) || !repository.answers(cmd!(shell, "{npm} --version")) {
        return Ok(Verdict::Skipped(
            "Node.js is missing; get node and npm by `apt install nodejs npm`, or from nodejs.org".into(),
        ));
    }
    let target = repository.tools.parent().context("tools lie in a folder")?;
    let suite = target.join("conformance");
    Tree::read(&repository.root.join(SUITE))?.only(&FILES).write(&suite)?;
    if !is_installed(&suite) {
        let flags = ["--ignore-scripts", "--no-audit", "--no-fund"];
        let install = cmd!(shell, "{npm} --prefix {suite} ci {flags...}");
        if !repository.answers(install) {
            let by = format!("npm --prefix {suite} ci");
            return Ok(Verdict::Skipped(format!("vscode-jsonrpc is missing; get it by `{by}`")));
        }
    }
    let adapter = build(repository)?;
    let place = tempfile::tempdir()?;
    let place = Utf8Path::from_path(place.path()).context("the folder for temporary files has no UTF-8 name")?;
    let mut projects: Vec<Utf8PathBuf> = Vec::new();
    for (number, project) in PROJECTS.iter().enumerate() {
        let copy = place.join(number.to_string());
        Tree::read(&repository.root.join(project))?.below("assets/").write(&copy)?;
        projects.push(copy);
    }
    let script = suite.join("conformance.mjs");
    repository.passes(cmd!(shell, "node {script} {adapter} {projects...}"))
}

/// Builds the adapter's program and gives where it lies.
///
/// # Errors
/// When it does not build.
pub(super) fn build(repository: &Repository) -> anyhow::Result<Utf8PathBuf> {
    let shell = &repository.shell;
    let command = cmd!(shell, "cargo build --quiet --locked -p {ADAPTER}");
    ensure!(repository.passes(command)? == Verdict::Passed(Vec::new()), "{ADAPTER} does not build");
    let target = repository.tools.parent().context("tools lie in a folder")?;
    Ok(target.join("debug").join(format!("{ADAPTER}{}", std::env::consts::EXE_SUFFIX)))
}

/// Whether what the lock file asks for lies there already: npm notes that in a lock file of its own.
fn is_installed(suite: &Utf8Path) -> bool {
    let versions = |path: &str| -> Option<Vec<(String, serde_json::Value)>> {
        let lock: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(suite.join(path)).ok()?).ok()?;
        let packages = lock["packages"].as_object()?.iter().filter(|(name, _)| !name.is_empty());
        Some(packages.map(|(name, package)| (name.clone(), package["integrity"].clone())).collect())
    };
    let wanted = versions("package-lock.json");
    wanted.is_some() && wanted == versions("node_modules/.package-lock.json")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::{FILES, SUITE, is_installed};
    use camino::Utf8Path;

    #[test]
    fn only_what_the_lock_file_asks_for_counts_as_installed() {
        let place = tempfile::tempdir().unwrap();
        let suite = Utf8Path::from_path(place.path()).unwrap();
        assert!(!is_installed(suite));
        let lock = r#"{"packages": {"": {}, "node_modules/a": {"integrity": "sha512-a"}}}"#;
        std::fs::write(suite.join("package-lock.json"), lock).unwrap();
        assert!(!is_installed(suite));
        std::fs::create_dir(suite.join("node_modules")).unwrap();
        std::fs::write(suite.join("node_modules/.package-lock.json"), lock.replace("-a\"", "-b\"")).unwrap();
        assert!(!is_installed(suite), "another one lies there");
        std::fs::write(suite.join("node_modules/.package-lock.json"), lock.replace("\"\": {}, ", "")).unwrap();
        assert!(is_installed(suite));
    }

    #[test]
    fn the_lock_file_pins_by_digest_and_names_no_host() {
        let suite = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(SUITE);
        assert!(FILES.iter().all(|file| suite.join(file).is_file()));
        let lock = std::fs::read_to_string(suite.join("package-lock.json")).unwrap();
        assert!(lock.contains("\"integrity\": \"sha512-") && !lock.contains("\"resolved\"") && !lock.contains("://"));
    }
}
