//! Findings for people: blocking ones first, each with the line it points at; warnings of one kind together.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use prometeu_packer::diagnostic::{Code, Diagnostic, Severity, escape};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// More than anybody reads; machine formats carry all.
const SHOWN_MAX: usize = 1_000;

/// Writes the findings in the order in which somebody repairs them.
pub(super) fn write(findings: &[Diagnostic], out: &mut dyn Write) -> io::Result<()> {
    let renderer = Renderer::styled();
    let (blocking, other): (Vec<_>, Vec<_>) = findings.iter().partition(|finding| finding.blocking);
    for finding in blocking.iter().take(SHOWN_MAX) {
        one(&renderer, finding, 0, out)?;
    }
    let mut alike: BTreeMap<(Severity, Code), Vec<&Diagnostic>> = BTreeMap::new();
    for finding in other {
        alike.entry((finding.severity(), finding.code)).or_default().push(finding);
    }
    for same in alike.values() {
        one(&renderer, same[0], same.len() - 1, out)?;
    }
    if blocking.len() > SHOWN_MAX {
        writeln!(
            out,
            "… and {} more blocking findings; `--format json` has all of them\n",
            blocking.len() - SHOWN_MAX
        )?;
    }
    Ok(())
}

fn one(renderer: &Renderer, finding: &Diagnostic, more: usize, out: &mut dyn Write) -> io::Result<()> {
    let level = match finding.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(finding.message.as_str()).id(finding.code.as_str());
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
        group = group.element(Level::HELP.message(help.as_str()));
    }
    if more > 0 {
        group = group.element(Level::NOTE.message(format!("and {more} more like this")));
    }
    writeln!(out, "{}\n", renderer.render(&[group]))
}

/// The nearest character boundary at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}
