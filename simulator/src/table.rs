//! Shows how the runs ended: a table for people, one object for programs.

use crate::play::{Failure, Tally};
use serde_json::{Value, json};
use std::io::{self, Write};

/// Writes the table, and below it, of each row, the first failure with the arguments that repeat it.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(out: &mut dyn Write, tallies: &[Tally]) -> io::Result<()> {
    let header = ["operations", "runs", "before", "after", "neither", "broken"].map(|name| format!("{name:>10}"));
    writeln!(out, "{:<12} {:<20}{}", "scenario", "fault", header.concat())?;
    for tally in tallies {
        let numbers = numbers(tally).map(|(_, number)| format!("{number:>10}"));
        writeln!(out, "{:<12} {:<20}{}", tally.scenario, tally.fault, numbers.concat())?;
    }
    for tally in tallies {
        let Some(Failure { repeat, operation, why }) = tally.failures.first() else { continue };
        writeln!(out, "\n{repeat}\n  at `{operation}`: {why}")?;
        if tally.failures.len() > 1 {
            writeln!(out, "  and {} more", tally.failures.len() - 1)?;
        }
    }
    Ok(())
}

/// The same for programs, with every failure.
#[must_use]
pub fn to_json(seed: u64, tallies: &[Tally]) -> Value {
    let rows: Vec<Value> = tallies.iter().map(row).collect();
    let failures = tallies
        .iter()
        .flat_map(|tally| &tally.failures)
        .map(|failure| json!({ "repeat": failure.repeat, "operation": failure.operation, "why": failure.why }));
    json!({ "seed": seed, "rows": rows, "failures": failures.collect::<Vec<_>>() })
}

fn row(tally: &Tally) -> Value {
    let mut row = json!({ "scenario": tally.scenario, "fault": tally.fault });
    for (name, number) in numbers(tally) {
        row[name] = number.into();
    }
    row
}

fn numbers(tally: &Tally) -> [(&'static str, usize); 6] {
    [
        ("operations", tally.operations),
        ("runs", tally.runs),
        ("before", tally.before),
        ("after", tally.after),
        ("neither", tally.neither),
        ("broken", tally.broken),
    ]
}
