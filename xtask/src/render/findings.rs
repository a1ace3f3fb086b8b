//! Findings for people: blocking ones first, each with the line it points at; warnings of one kind in one line.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use prometeu_packer::diagnostic::{Code, Diagnostic, Severity, escape};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// More than anybody reads; machine formats carry all.
const SHOWN_MAX: usize = 1_000;

/// Writes the findings in the order in which somebody repairs them: what blocks, other errors, then warnings and notes,
/// of which many of one code are one line.
pub(super) fn write(findings: &[Diagnostic], out: &mut dyn Write) -> io::Result<()> {
    let renderer = Renderer::styled();
    let (errors, other): (Vec<_>, Vec<_>) =
        findings.iter().partition(|finding| finding.blocking || finding.severity() == Severity::Error);
    let (blocking, aside): (Vec<&Diagnostic>, Vec<&Diagnostic>) =
        errors.into_iter().partition(|finding| finding.blocking);
    let mut alike: BTreeMap<(Severity, Code), Vec<&Diagnostic>> = BTreeMap::new();
    for finding in other {
        alike.entry((finding.severity(), finding.code)).or_default().push(finding);
    }
    let errors = blocking.len() + aside.len();
    for finding in blocking.into_iter().chain(aside).take(SHOWN_MAX) {
        one(&renderer, finding, out)?;
    }
    for same in alike.values().take(SHOWN_MAX.saturating_sub(errors)) {
        match same.as_slice() {
            [finding] => one(&renderer, finding, out)?,
            several => repeated(&renderer, several, out)?,
        }
    }
    let all = errors + alike.len();
    if all > SHOWN_MAX {
        writeln!(out, "… and {} more findings; `--format json` has all of them\n", all - SHOWN_MAX)?;
    }
    Ok(())
}

/// Several findings of one code in one line: how many, and the first.
fn repeated(renderer: &Renderer, several: &[&Diagnostic], out: &mut dyn Write) -> io::Result<()> {
    let first = several[0];
    let place = match (&first.path, &first.place) {
        (Some(path), Some(place)) => format!(" at {path}:{}:{}", place.span.line, place.span.column),
        (Some(path), None) => format!(" at {path}"),
        _ => String::new(),
    };
    let message = format!("{} times, first{place}: {}", several.len(), first.message);
    let title = level(first).primary_title(message).id(first.code.as_str());
    writeln!(out, "{}\n", renderer.render(&[Group::with_title(title)]))
}

fn level(finding: &Diagnostic) -> Level<'static> {
    match finding.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    }
}

fn one(renderer: &Renderer, finding: &Diagnostic, out: &mut dyn Write) -> io::Result<()> {
    let title = level(finding).primary_title(&*finding.message).id(finding.code.as_str());
    let path = finding.path.clone().unwrap_or_default();
    let mut group = match &finding.place {
        Some(place) => {
            let start = floor(&place.line_text, place.line_start);
            let end =
                floor(&place.line_text, start.saturating_add(usize::try_from(place.span.length).unwrap_or(usize::MAX)));
            let before = escape(&place.line_text[..start]);
            let marked = escape(&place.line_text[start..end]);
            let after = escape(&place.line_text[end..]);
            let span = before.len()..before.len() + marked.len();
            let snippet = Snippet::source(format!("{before}{marked}{after}"))
                .line_start(place.span.line as usize)
                .path(path)
                .annotation(AnnotationKind::Primary.span(span));
            Group::with_title(title).element(snippet)
        }
        None if !path.is_empty() => Group::with_title(title).element(Origin::path(path)),
        None => Group::with_title(title),
    };
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(&**help));
    }
    writeln!(out, "{}\n", renderer.render(&[group]))
}

/// The nearest character boundary at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}
