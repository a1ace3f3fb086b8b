//! Gate `formats`: schemas and docs tables are what the code says, and no place that a new version of a format left open
//! is still open. It asks the program for the first two and searches the source for the third.

use super::repository::Repository;
use super::{Gate, Group, Verdict};
use anyhow::{Context, bail};
use camino::{Utf8Path, Utf8PathBuf};
use xshell::cmd;

pub(super) const GATE: Gate = Gate {
    name: "formats",
    why: "JSON Schemas and docs tables say what the code does, and every place that `new-step` marked was filled in",
    group: Group::Repo,
    is_divided: false,
    run,
    repair: "cargo xtask schemas && cargo xtask docs writes them; where a released schema would change, the format needs \
             a new version: cargo xtask new-step",
};

/// What `new-step` leaves where somebody has to say something.
const MARK: &str = concat!("FILL", " IN:");
/// Where it leaves that.
const MARKED: [&str; 4] = ["packer/src", "docs", "schemas", "CHANGELOG.md"];

/// Asks the program something: whether it is content, and what it says.
type Ask<'a> = &'a dyn Fn(&[&str]) -> anyhow::Result<(bool, String)>;

fn run(repository: &Repository) -> anyhow::Result<Verdict> {
    let program = Utf8PathBuf::try_from(std::env::current_exe()?)?;
    let shell = &repository.shell;
    examine(&repository.root, &|arguments| {
        let output = cmd!(shell, "{program} {arguments...}").quiet().ignore_status().output()?;
        let said = [output.stdout, output.stderr].concat();
        Ok((output.status.success(), String::from_utf8_lossy(&said).into_owned()))
    })
}

fn examine(root: &Utf8Path, ask: Ask<'_>) -> anyhow::Result<Verdict> {
    let mut wrong = Vec::new();
    for question in ["schemas", "docs"] {
        let (content, said) = ask(&[question, "--check"])?;
        if !content {
            wrong.extend(said.lines().map(str::to_owned));
        }
    }
    let mut read = 0;
    for place in MARKED {
        read += marks(root, place, &mut wrong)?;
    }
    if read == 0 {
        bail!("no file was searched for marks");
    }
    Ok(if wrong.is_empty() { Verdict::Passed(Vec::new()) } else { Verdict::Failed(wrong) })
}

/// Names every mark in a file, or in the files of a folder, and gives how many files were read.
fn marks(root: &Utf8Path, place: &str, wrong: &mut Vec<String>) -> anyhow::Result<usize> {
    let path = root.join(place);
    if !path.is_dir() {
        let text = std::fs::read_to_string(&path).with_context(|| format!("could not read {place}"))?;
        let found = text.lines().enumerate().filter_map(|(at, line)| Some((at + 1, line.split_once(MARK)?.1)));
        wrong.extend(found.map(|(line, what)| format!("{place}:{line}: {MARK}{}", what.trim_end_matches(['"', ',']))));
        return Ok(1);
    }
    let entries = path.read_dir_utf8().with_context(|| format!("could not list {place}"))?;
    let entries = entries.map(|entry| Ok(entry?.file_name().to_owned())).collect::<std::io::Result<Vec<_>>>();
    let mut names = entries.with_context(|| format!("could not list {place}"))?;
    names.sort();
    names.iter().map(|name| marks(root, &format!("{place}/{name}"), wrong)).sum()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::{MARK, MARKED, examine};
    use crate::gate::Verdict;
    use camino::Utf8Path;

    /// What is found in a repository with this text in each place, when the program is content with all but `refuses`.
    fn found(text: &str, refuses: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        for place in MARKED {
            let path = if place.contains('.') { root.join(place) } else { root.join(place).join("a/b.txt") };
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let ask = |arguments: &[&str]| Ok((arguments[0] != refuses, format!("{arguments:?} differs\n")));
        match examine(root, &ask).unwrap() {
            Verdict::Failed(lines) => lines,
            verdict => {
                assert_eq!(verdict, Verdict::Passed(Vec::new()));
                Vec::new()
            }
        }
    }

    #[test]
    fn what_the_program_is_not_content_with_is_passed_on() {
        assert_eq!(found("", ""), Vec::<String>::new());
        assert_eq!(found("", "schemas"), [r#"["schemas", "--check"] differs"#]);
        assert_eq!(found("", "docs"), [r#"["docs", "--check"] differs"#]);
    }

    #[test]
    fn every_mark_is_named_with_what_is_asked_for() {
        let expected = ["packer/src/a/b.txt", "docs/a/b.txt", "schemas/a/b.txt", "CHANGELOG.md"]
            .map(|path| format!("{path}:2: {MARK} what changes"));
        assert_eq!(found(&format!("x\n    text: \"{MARK} what changes\",\n"), ""), expected);
    }

    #[test]
    fn a_place_that_is_not_there_is_no_pass() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        assert!(examine(root, &|_| Ok((true, String::new()))).is_err());
    }
}
