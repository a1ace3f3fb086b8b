//! What is wrong, by code, what blocks a build first: place, text, what to do, and once for each code what it means.

use super::Scene;
use super::html::{Text, counted, number, sentence};
use prometeu_packer::diagnostic::{Code, Diagnostic, Severity};
use prometeu_packer::ops::{Published, explain};
use prometeu_packer::report::OperationResult;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// More than anybody reads; `--format json` has all.
const SHOWN_MAX: usize = 1_000;
/// So many of one code are in sight at once; the others unfold.
const OPEN_MAX: usize = 6;

/// The section about the project's findings and, where it is refused, the archive's.
pub(super) fn section(scene: &Scene<'_>) -> String {
    let doctor = &scene.overview.doctor;
    let mut html = "<section id=\"findings\">\n<h2>Findings</h2>\n".to_owned();
    if doctor.findings.is_empty() {
        html += "<p class=\"fine\">Nothing was found.</p>\n";
    }
    html += &by_code(&doctor.findings, scene.program);
    if let OperationResult::Doctor(result) = &doctor.result
        && !result.fixes.is_empty()
    {
        let what = counted(result.fixes.len(), "repair");
        let program = Text(scene.program);
        html += &format!(
            "<p>The packer can make {what}: <code>{program} doctor --fix</code> shows what would change.</p>\n"
        );
    }
    if let Published::Refused(findings) = &scene.overview.archive {
        html += "<h3>About the archive</h3>\n<p>Nothing in it is shown, because it is not what a build writes.</p>\n";
        html += &by_code(findings, scene.program);
    }
    html + "</section>\n"
}

fn by_code(findings: &[Diagnostic], program: &str) -> String {
    let mut codes: BTreeMap<Code, Vec<&Diagnostic>> = BTreeMap::new();
    findings.iter().for_each(|finding| codes.entry(finding.code).or_default().push(finding));
    let mut codes: Vec<(Code, Vec<&Diagnostic>)> = codes.into_iter().collect();
    let rank = |of: &[&Diagnostic]| (!of.iter().any(|finding| finding.blocking), Reverse(weight(of[0].severity())));
    codes.sort_by_key(|(code, of)| (rank(of), code.as_str()));
    let (mut html, mut left) = (String::new(), SHOWN_MAX);
    for (code, of) in &codes {
        let shown = of.len().min(left);
        if shown == 0 {
            break;
        }
        left -= shown;
        html += &one_code(*code, &of[..shown], of.len(), program);
    }
    let shown = SHOWN_MAX - left;
    if shown < findings.len() {
        let rest = counted(findings.len() - shown, "more finding");
        html += &format!(
            "<p class=\"left\">{rest} left out here; <code>{} doctor --format json</code> has all.</p>\n",
            Text(program)
        );
    }
    html
}

fn weight(severity: Severity) -> u8 {
    match severity {
        Severity::Error => 2,
        Severity::Warning => 1,
        Severity::Note => 0,
    }
}

fn one_code(code: Code, findings: &[&Diagnostic], all: usize, program: &str) -> String {
    let (class, word) = match code.severity() {
        Severity::Error => ("error", "error"),
        Severity::Warning => ("warning", "warning"),
        Severity::Note => ("note", "note"),
    };
    let blocking =
        if findings.iter().any(|finding| finding.blocking) { " <b class=\"chip bad\">blocks builds</b>" } else { "" };
    let mut html = format!(
        "<article class=\"code {class}\">\n<h3><span class=\"chip {class}\">{word}</span> <code>{}</code>{blocking} \
         <span class=\"count\">{}</span></h3>\n",
        code.as_str(),
        counted(all, "time"),
    );
    let (open, folded) = findings.split_at(findings.len().min(OPEN_MAX));
    // What is to be done about all of them is said once.
    let help = findings[0].help.as_deref();
    let help =
        help.filter(|help| findings.len() > 1 && findings.iter().all(|finding| finding.help.as_deref() == Some(help)));
    html += &list(open, help.is_some());
    if !folded.is_empty() {
        let more = number(folded.len() as u64);
        html += &format!("<details><summary>{more} more</summary>\n{}</details>\n", list(folded, help.is_some()));
    }
    html += &help.map(|help| format!("<p class=\"help\">{}</p>\n", sentence(help))).unwrap_or_default();
    html + &format!(
        "<details class=\"why\"><summary>What it means, and how to repair it</summary>\n{}</details>\n</article>\n",
        meaning(code, program)
    )
}

fn list(findings: &[&Diagnostic], is_help_told: bool) -> String {
    let items: String = findings.iter().map(|finding| item(finding, is_help_told)).collect();
    format!("<ul class=\"finding\">\n{items}</ul>\n")
}

fn item(finding: &Diagnostic, is_help_told: bool) -> String {
    let mut html = "<li>".to_owned();
    if let Some(path) = &finding.path {
        let place = finding.place.as_ref().map(|place| format!(":{}:{}", place.span.line, place.span.column));
        html += &format!("<p class=\"path\">{}{}</p>", Text(path), place.unwrap_or_default());
    }
    html += &format!("<p>{}</p>", sentence(&finding.message));
    html += &excerpt(finding);
    if let (Some(help), false) = (&finding.help, is_help_told) {
        html += &format!("<p class=\"help\">{}</p>", sentence(help));
    }
    html + "</li>\n"
}

/// The line that a finding points at, the place marked.
fn excerpt(finding: &Diagnostic) -> String {
    let Some(place) = &finding.place else { return String::new() };
    let line = &place.line_text;
    let floor = |at: usize| (0..=at.min(line.len())).rev().find(|&at| line.is_char_boundary(at)).unwrap_or(0);
    let start = floor(place.line_start);
    let end = floor(start.saturating_add(usize::try_from(place.span.length).unwrap_or(usize::MAX)));
    format!("<pre>{}<mark>{}</mark>{}</pre>", Text(&line[..start]), Text(&line[start..end]), Text(&line[end..]))
}

/// What `explain` says of a code. Each paragraph is one line, each heading a line of its own right before a paragraph.
fn meaning(code: Code, program: &str) -> String {
    let report = explain(code.as_str(), program);
    let OperationResult::Explain(_, text) = &report.result else { return String::new() };
    let mut html = String::new();
    // The first line is the code and its exit code.
    let mut lines = text.lines().skip(1).peekable();
    while let Some(line) = lines.next() {
        let before_text = lines.peek().is_some_and(|next| !next.is_empty());
        if let Some(example) = line.strip_prefix("    ") {
            html += &format!("<pre>{}</pre>\n", Text(example));
        } else if before_text && !line.is_empty() {
            html += &format!("<h4>{}</h4>\n", Text(line));
        } else if !line.is_empty() {
            html += &format!("<p>{}</p>\n", sentence(line));
        }
    }
    html
}
