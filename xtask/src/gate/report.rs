//! The gates' report as a program reads it: the common report object, with one row for each gate.

use super::GateOutcome;
use serde_json::{Value, json};

/// The report, in the shape that every `--format json` has.
pub(crate) fn report(outcomes: &[GateOutcome]) -> Value {
    let gates: Vec<Value> = outcomes.iter().map(row).collect();
    json!({
        "report_version": 1,
        "operation": "gate",
        "status": if outcomes.iter().any(GateOutcome::failed) { "blocked" } else { "ok" },
        "summary": summary(outcomes),
        "counts": { "errors": 0, "warnings": 0, "notes": 0 },
        "diagnostics": [],
        "result": { "gates": gates },
    })
}

/// Says in one sentence how the run went: every failed gate by name, and how many did not run.
pub(crate) fn summary(outcomes: &[GateOutcome]) -> String {
    let count = |word| outcomes.iter().filter(|outcome| outcome.word() == word).count();
    let failed: Vec<_> = outcomes.iter().filter(|outcome| outcome.failed()).map(|outcome| outcome.gate.name).collect();
    let mut parts = vec![format!("{} passed", gates(count("passed")))];
    if !failed.is_empty() {
        parts.push(format!("{} failed ({})", failed.len(), failed.join(", ")));
    }
    if count("skipped") > 0 {
        parts.push(format!("{} skipped", count("skipped")));
    }
    parts.join(", ")
}

fn row(outcome: &GateOutcome) -> Value {
    json!({
        "name": outcome.gate.name,
        "why": outcome.gate.why,
        "outcome": outcome.word(),
        "seconds": (outcome.seconds * 1000.0).round() / 1000.0,
        "repair": outcome.gate.repair,
    })
}

fn gates(count: usize) -> String {
    if count == 1 { "1 gate".into() } else { format!("{count} gates") }
}
