//! `mutants`: which changes of the code no test notices. cargo-mutants makes the changes, one at a time, in copies; this says of
//! which code, and lists what survived. It is no gate: a survivor is a question, and takes minutes to ask.

use super::repository::Repository;
use super::tool;
use anyhow::{Context, bail, ensure};
use camino::Utf8Path;
use xshell::cmd;

/// Crates whose tests answer within a second; a change is held against those of its own.
const CRATES: [&str; 2] = ["prometeu-packer", "prometeu-studio-adapter"];

/// Mutates what changed since `since`, or these files whole, and gives the survivors.
///
/// # Errors
/// When cargo-mutants is missing, version control does not know `since`, or the tests fail without any change.
pub(crate) fn run(repository: &Repository, since: &str, files: &[String]) -> anyhow::Result<Vec<String>> {
    if let Some(requirement) = tool::absent(repository, "cargo-mutants")? {
        bail!("cargo-mutants {requirement} is missing; get it by `cargo install cargo-mutants`");
    }
    let shell = &repository.shell;
    let work = repository.tools.with_file_name("mutants");
    std::fs::create_dir_all(&work).with_context(|| format!("could not make {work}"))?;
    let mut chosen: Vec<String> = files.iter().map(|file| format!("--file={file}")).collect();
    if files.is_empty() {
        let diff = cmd!(shell, "git diff {since} -- *.rs").quiet().read().context("git knows no such change")?;
        ensure!(!diff.is_empty(), "no Rust file changed since {since}");
        let path = work.join("changes.diff");
        std::fs::write(&path, diff + "\n").with_context(|| format!("could not write {path}"))?;
        chosen.push(format!("--in-diff={path}"));
    }
    let packages = CRATES.iter().flat_map(|name| ["--package", name]);
    let fixed = ["--test-tool", "nextest", "--no-shuffle", "--colors", "never"];
    let command = cmd!(shell, "cargo-mutants mutants {fixed...} {packages...} {chosen...} --output {work}");
    let status = command.quiet().ignore_status().ignore_stdout().output()?.status;
    // 2: some survived; 3: some took too long, which tests notice as well.
    match status.code() {
        Some(0 | 2 | 3) => told(&work.join("mutants.out")),
        code => bail!("cargo-mutants ended with {code:?}; {work}/mutants.out/log says why"),
    }
}

/// What lies in the folder that cargo-mutants leaves.
fn told(folder: &Utf8Path) -> anyhow::Result<Vec<String>> {
    let lines = |name: &str| -> anyhow::Result<Vec<String>> {
        let path = folder.join(name);
        let text = std::fs::read_to_string(&path).with_context(|| format!("could not read {path}"))?;
        Ok(text.lines().map(str::to_owned).collect())
    };
    let missed = lines("missed.txt")?;
    let caught = lines("caught.txt")?.len() + lines("timeout.txt")?.len();
    let survived = missed.iter().map(|line| format!("survived: {line}"));
    Ok(survived.chain([format!("{caught} were noticed, {} survived", missed.len())]).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::told;
    use camino::Utf8Path;

    #[test]
    fn survivors_are_listed_one_by_one_and_the_others_counted() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        assert!(told(folder).is_err());
        for (name, text) in [("missed.txt", "a.rs:1:1: x\n"), ("caught.txt", "b\nc\n"), ("timeout.txt", "d\n")] {
            std::fs::write(folder.join(name), text).unwrap();
        }
        assert_eq!(told(folder).unwrap(), ["survived: a.rs:1:1: x", "3 were noticed, 1 survived"]);
    }
}
