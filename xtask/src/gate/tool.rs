//! Tools that are no part of the Rust toolchain: found where a fitting version is at hand, else installed below
//! `target/tools` at the version that `.config/gate.toml` pins.

use super::repository::Repository;
use anyhow::{Context, bail};
use camino::{Utf8Path, Utf8PathBuf};
use semver::{Version, VersionReq};
use serde::Deserialize;
use std::collections::BTreeMap;
use xshell::{Cmd, cmd};

/// `.config/gate.toml`, as far as it is about tools.
#[derive(Debug, Deserialize)]
struct Config {
    tools: BTreeMap<String, Tool>,
}

/// Which versions of one tool will do.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tool {
    /// Any version on the search path that fits this is taken.
    requirement: VersionReq,
    /// What is installed where none fits.
    install: Version,
}

/// The program of a cargo tool, ready to be run.
///
/// # Errors
/// When `.config/gate.toml` does not name it, or no fitting version is there and none could be installed.
pub(super) fn find(repository: &Repository, name: &str) -> anyhow::Result<Utf8PathBuf> {
    let path = repository.root.join(".config/gate.toml");
    let text = std::fs::read_to_string(&path).with_context(|| format!("could not read {path}"))?;
    let tool = read(&text, name).with_context(|| format!("could not use {path}"))?;
    let installed = repository.tools.join("bin").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    for candidate in [installed.clone(), name.into()] {
        if version(repository, &candidate).is_some_and(|version| tool.requirement.matches(&version)) {
            return Ok(candidate);
        }
    }
    let command = install(repository, name, &tool.install).ignore_stdout();
    command.run().with_context(|| format!("{name} {} is missing; get it by `{command}`", tool.requirement))?;
    Ok(installed)
}

/// What is asked for of a cargo tool that is not at hand and is not installed by us; `None` when it is at hand.
///
/// # Errors
/// When `.config/gate.toml` does not name it.
pub(super) fn absent(repository: &Repository, name: &str) -> anyhow::Result<Option<VersionReq>> {
    let path = repository.root.join(".config/gate.toml");
    let text = std::fs::read_to_string(&path).with_context(|| format!("could not read {path}"))?;
    let tool = read(&text, name).with_context(|| format!("could not use {path}"))?;
    let found = version(repository, name.into()).is_some_and(|version| tool.requirement.matches(&version));
    Ok((!found).then_some(tool.requirement))
}

fn read(text: &str, name: &str) -> anyhow::Result<Tool> {
    let mut config: Config = toml::from_str(text)?;
    let Some(tool) = config.tools.remove(name) else { bail!("[tools] has no `{name}`") };
    if !tool.requirement.matches(&tool.install) {
        bail!("{name} {} is to be installed, but {} is asked for", tool.install, tool.requirement);
    }
    Ok(tool)
}

fn install<'a>(repository: &'a Repository, name: &str, version: &Version) -> Cmd<'a> {
    let (shell, folder, exact) = (&repository.shell, &repository.tools, format!("={version}"));
    cmd!(shell, "cargo install --locked --root {folder} --version {exact} {name}")
}

/// The version that a program says it has, in the first line that `--version` prints. Some that extend Cargo answer only where
/// they are called as Cargo calls them, their own name first.
fn version(repository: &Repository, program: &Utf8Path) -> Option<Version> {
    let shell = &repository.shell;
    let asked = |before: Option<&str>| {
        let answer = cmd!(shell, "{program} {before...} --version").quiet().ignore_stderr().read().ok()?;
        answer.lines().next()?.split_whitespace().find_map(|word| Version::parse(word).ok())
    };
    let own_name = program.file_stem().and_then(|name| name.strip_prefix("cargo-"));
    asked(None).or_else(|| asked(Some(own_name?)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::{install, read, version};
    use crate::gate::repository::Repository;
    use camino::Utf8Path;

    const GOOD: &str = "[tools]\ncargo-x = { requirement = '>=1.2', install = '1.3.0' }";

    #[test]
    fn a_pin_outside_its_own_requirement_is_refused() {
        assert!(read(GOOD, "cargo-x").is_ok());
        let error = read(&GOOD.replace("1.3.0", "1.1.0"), "cargo-x").unwrap_err();
        assert_eq!(error.to_string(), "cargo-x 1.1.0 is to be installed, but >=1.2 is asked for");
        assert_eq!(read(GOOD, "cargo-y").unwrap_err().to_string(), "[tools] has no `cargo-y`");
    }

    #[test]
    fn a_tool_is_installed_locked_and_at_one_exact_version() {
        let repository = Repository::at(Utf8Path::new(".")).unwrap();
        let tool = read(GOOD, "cargo-x").unwrap();
        let command = install(&repository, "cargo-x", &tool.install).to_string();
        let (before, after) = command.split_once(repository.tools.as_str()).unwrap();
        assert_eq!((before, after), ("cargo install --locked --root ", " --version =1.3.0 cargo-x"));
    }

    #[test]
    fn the_repository_pins_the_tools_its_gates_ask_for() {
        let root = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let text = std::fs::read_to_string(root.join(".config/gate.toml")).unwrap();
        for name in [
            "cargo-nextest",
            "cargo-deny",
            "cargo-fuzz",
            "cargo-shear",
            "cargo-mutants",
            "cargo-llvm-cov",
            "actionlint",
            "zizmor",
        ] {
            read(&text, name).unwrap();
        }
    }

    #[test]
    fn a_version_is_read_from_what_a_program_prints() {
        let repository = Repository::at(Utf8Path::new(".")).unwrap();
        assert!(version(&repository, Utf8Path::new("rustc")).unwrap().major == 1);
        assert_eq!(version(&repository, Utf8Path::new("no-such-program")), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_answers_only_as_cargo_calls_it_is_found() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let program = Utf8Path::from_path(folder.path()).unwrap().join("cargo-x");
        std::fs::write(&program, "#!/bin/sh\n[ \"$1\" = x ] && echo 'cargo-x 1.4.0'\n").unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let repository = Repository::at(Utf8Path::new(".")).unwrap();
        assert_eq!(version(&repository, &program), Some("1.4.0".parse().unwrap()));
    }
}
