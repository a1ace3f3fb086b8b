//! Gate `shape`: house rules that can be read off the source. Each rule is a function of one file; what a
//! compiler or clippy can judge is left to the gate `lint`.

mod rules;

use super::repository::Repository;
use super::source::{Source, end_of_item};
use super::{Gate, Group, Verdict};

pub(super) const GATE: Gate = Gate {
    name: "shape",
    why: "the house rules hold that source shows: names, headers, pure library, old words only where they are migrated",
    group: Group::Repo,
    is_divided: false,
    run,
    repair: "cargo xtask gate --only shape names file, line and rule; CONTRIBUTING.md says why the rule is there",
};

/// Where Rust files of ours lie.
const FOLDERS: [&str; 6] = ["packer", "studio-adapter", "xtask", "fixtures", "simulator", "fuzz"];
/// A file that is longer is worth a look, in lines.
const FILE_LINES: usize = 400;
/// A function that is longer does not fit a screen, in lines.
const FUNCTION_LINES: usize = 70;

fn run(repository: &Repository) -> anyhow::Result<Verdict> {
    let folders =
        FOLDERS.map(|folder| ["src", "tests", "benches", "fuzz_targets"].map(|part| format!("{folder}/{part}")));
    let folders: Vec<&str> = folders.as_flattened().iter().map(String::as_str).collect();
    let sources = repository.sources(&folders)?;
    let mut found: Vec<String> = sources.iter().flat_map(rules::examine).collect();
    if sources.is_empty() {
        found.push("no source was read, so nothing was checked".into());
    }
    Ok(if found.is_empty() { Verdict::Passed(sources.iter().flat_map(long).collect()) } else { Verdict::Failed(found) })
}

/// What is long enough to be worth a look; no rule is broken.
fn long(source: &Source) -> Vec<String> {
    let mut notes = Vec::new();
    if source.lines > FILE_LINES {
        notes.push(format!("worth a look: {} has {} lines", source.path, source.lines));
    }
    for (at, token) in source.tokens.iter().enumerate() {
        if source.text(at) == "fn" && source.text(at + 1) != "(" && !token.in_test {
            let end = end_of_item(&source.tokens, at) - 1;
            let lines = source.tokens[end].line - token.line + 1;
            if lines > FUNCTION_LINES {
                let name = source.text(at + 1);
                notes.push(format!("worth a look: {}:{}: `{name}` has {lines} lines", source.path, token.line));
            }
        }
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::long;
    use crate::gate::source::Source;

    #[test]
    fn long_files_and_functions_are_pointed_out() {
        let text = format!("fn short() {{}}\nfn long(a: [u8; 3]) {{{}}}\n", "\n".repeat(400));
        let notes = long(&Source::new("a.rs", &text));
        assert_eq!(notes, ["worth a look: a.rs has 402 lines", "worth a look: a.rs:2: `long` has 401 lines"]);
    }
}
