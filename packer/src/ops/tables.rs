//! `window`, `limits` and `explain`: what the packer knows by itself, without a project.

use crate::diagnostic::{Code, Diagnostic};
use crate::doctor::rules;
use crate::envelope::Windows;
use crate::report::{OperationResult, Report};
use crate::trust::Limits;

/// The versions of each format that are written and read.
#[must_use]
pub fn windows(windows: &Windows, program: &str) -> Report {
    let rows = windows.rows().collect();
    Report::new(
        "window",
        program,
        "the versions that this packer writes and reads",
        Vec::new(),
        OperationResult::Windows(rows),
    )
}

/// The limits in force.
#[must_use]
pub fn limits(limits: &Limits, program: &str) -> Report {
    let rows = limits.rows().collect();
    let summary = "the limits in force; `--limit NAME=VALUE` changes one for one run";
    Report::new("limits", program, summary, Vec::new(), OperationResult::Limits(rows))
}

/// The text of one code.
#[must_use]
pub fn explain(code: &str, program: &str) -> Report {
    let Some(known) = Code::parse(code) else {
        let near: Vec<&str> = Code::all().map(Code::as_str).filter(|known| is_near(known, code)).collect();
        let help = match near.is_empty() {
            true => "codes look like `trust/link`; reports name them".to_owned(),
            false => format!("did you mean {}?", near.join(", ")),
        };
        let finding = Diagnostic::new(Code::UsageUnknownCode, format!("there is no code `{code}`")).help(help);
        return Report::new("explain", program, "no such code", vec![finding], OperationResult::Nothing);
    };
    let text = rules::rule(known).text(program);
    Report::new(
        "explain",
        program,
        format!("what `{code}` means"),
        Vec::new(),
        OperationResult::Explain(code.to_owned(), text),
    )
}

/// Whether a code shares its family or its other half with what was asked for.
fn is_near(known: &str, asked: &str) -> bool {
    let (family, what) = known.split_once('/').unwrap_or((known, ""));
    let (asked_family, asked_what) = asked.split_once('/').unwrap_or((asked, asked));
    family == asked_family || what == asked_what
}
