//! An answer as workflow commands: GitHub shows each as an annotation beside the line that it is about. No text of a
//! project can end a command or begin another.

use super::answer::{Answer, Found};
use std::fmt::Write as _;

/// More than GitHub shows; `json` and `sarif` carry all.
const SHOWN_MAX: usize = 1_000;

/// The document: one command a line, blocking findings first, for GitHub shows only the first ten of a level; last a
/// command that says how it ended.
pub(super) fn document(answer: &Answer) -> String {
    let mut text = String::new();
    let (blocking, other): (Vec<&Found>, Vec<&Found>) = answer.found.iter().partition(|found| found.blocking);
    for found in blocking.into_iter().chain(other).take(SHOWN_MAX) {
        let help = found.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
        let mut properties = Vec::new();
        if let Some(path) = &found.path {
            properties.push(("file", path.clone()));
        }
        if let Some(spot) = &found.spot {
            properties.push(("line", spot.line.to_string()));
            properties.extend(spot.column.map(|column| ("col", column.to_string())));
            properties.extend(spot.end_column.map(|column| ("endColumn", column.to_string())));
        }
        properties.push(("title", found.rule.clone()));
        command(&mut text, word(found.level), &properties, &format!("{}{help}", found.message));
    }
    let left = answer.found.len().saturating_sub(SHOWN_MAX);
    let left = if left > 0 { format!("; {left} more findings are not shown here") } else { String::new() };
    let title = format!("prometeu-packer {}", answer.operation);
    let level = if answer.is_unexplained() { "error" } else { "notice" };
    command(&mut text, level, &[("title", title)], &format!("{}: {}{left}", answer.status, answer.summary));
    text
}

fn word(level: &str) -> &'static str {
    match level {
        "error" => "error",
        "warning" => "warning",
        _ => "notice",
    }
}

fn command(text: &mut String, name: &str, properties: &[(&str, String)], message: &str) {
    let properties: Vec<String> = properties.iter().map(|(key, value)| format!("{key}={}", property(value))).collect();
    let _ = writeln!(text, "::{name} {}::{}", properties.join(","), data(message));
}

/// The text behind the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property ends at a comma, and all of them at a colon.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_ends_no_property_and_begins_no_command() {
        let mut text = String::new();
        command(&mut text, "error", &[("file", "a::error file=b,line=1\n".into())], "100%\r\n::error::c");
        assert_eq!(text, "::error file=a%3A%3Aerror file=b%2Cline=1%0A::100%25%0D%0A::error::c\n");
    }
}
