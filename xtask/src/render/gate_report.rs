//! The files of `gate --report`: how the gates went, for programs, for people, and for test dashboards.

use super::answer::Answer;
use super::{checked, json};
use crate::cli::Format;
use crate::gate::{self, GateOutcome, Verdict};
use anyhow::Context as _;
use camino::Utf8Path;
use prometeu_packer::diagnostic::escape;
use std::fmt::Write as _;

/// Writes the files into a folder, which is made when it is not there.
///
/// # Errors
/// What the medium says.
pub(crate) fn write(folder: &Utf8Path, outcomes: &[GateOutcome], exit: u8) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| folder.to_string())?;
    let files = [
        ("gate.json", json(&gate::report(outcomes))?),
        ("gate.md", page(outcomes)),
        ("gate.xml", checked(&Answer::of_gates(outcomes, exit), Format::Junit)?),
    ];
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::write(&path, text).with_context(|| path.to_string())?;
    }
    Ok(())
}

/// What a build service shows as its summary: a table of all gates, and below it what each failed one says.
fn page(outcomes: &[GateOutcome]) -> String {
    let mut page = format!("# Gates: {}\n\n", gate::summary(outcomes));
    page.push_str("| gate | group | outcome | seconds | proves |\n|---|---|---|---|---|\n");
    for outcome in outcomes {
        let (gate, word) = (outcome.gate, outcome.word());
        let why = match &outcome.verdict {
            Verdict::Skipped(reason) => cell(&format!("{}; skipped: {reason}", gate.why)),
            _ => cell(gate.why),
        };
        let _ = writeln!(page, "| {} | {} | {word} | {:.1} | {why} |", gate.name, gate.group.name(), outcome.seconds);
    }
    for outcome in outcomes {
        let Verdict::Failed(lines) = &outcome.verdict else { continue };
        let _ = write!(page, "\n## {} failed\n\nTo repair: {}\n\n", outcome.gate.name, cell(outcome.gate.repair));
        // Indented, and escaped line by line, so that nothing in it can end the block.
        lines.iter().for_each(|line| {
            let _ = writeln!(page, "    {}", escape(line));
        });
    }
    page
}

/// Text that stays in its cell and stays text.
fn cell(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in escape(text).chars() {
        if matches!(c, '|' | '*' | '_' | '<' | '[' | ']' | '`' | '\\') {
            shown.push('\\');
        }
        shown.push(c);
    }
    shown
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::write;
    use crate::gate::{GateOutcome, TABLE, Verdict};
    use camino::Utf8Path;

    #[test]
    fn each_reader_gets_a_file_and_nothing_said_can_pass_for_markup() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap().join("new/folder");
        let failed = Verdict::Failed(vec!["a.rs:1: wrong\n# forged".to_owned()]);
        let away = Verdict::Skipped("no `tool` | get it".to_owned());
        let outcome = |at: usize, verdict| GateOutcome { gate: &TABLE[at], verdict, seconds: 1.25 };
        write(&folder, &[outcome(0, failed), outcome(1, away)], 1).unwrap();
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        let page = read("gate.md");
        let first = TABLE[0].name;
        assert!(page.starts_with(&format!("# Gates: 0 gates passed, 1 failed ({first}), 1 skipped\n")), "{page}");
        assert!(page.contains(r"; skipped: no \`tool\` \| get it |"), "{page}");
        assert!(page.contains(&format!("\n## {first} failed\n\nTo repair: {}\n", TABLE[0].repair)), "{page}");
        assert!(page.ends_with("\n    a.rs:1: wrong\\u{a}# forged\n"), "{page}");
        let json: serde_json::Value = serde_json::from_str(&read("gate.json")).unwrap();
        assert_eq!(json["result"]["gates"].as_array().unwrap().len(), 2);
        let xml = read("gate.xml");
        let xml = roxmltree::Document::parse(&xml).unwrap();
        assert_eq!(xml.root_element().attribute("failures"), Some("1"));
    }
}
