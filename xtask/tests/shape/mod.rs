//! The shape that every report has, whatever it is about.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// Checks the members of a report, their types, and that they agree with each other and with the exit code.
pub(crate) fn check(report: &Value, operation: &str, exit: i32) -> Result<()> {
    members(report, &["counts", "diagnostics", "operation", "report_version", "result", "status", "summary"])?;
    ensure!(report["report_version"] == 1, "report_version is {}", report["report_version"]);
    ensure!(report["operation"] == operation, "operation is {}", report["operation"]);
    let status = match exit {
        0 => "ok",
        1 | 3 | 4 | 5 => "blocked",
        _ => "failed",
    };
    ensure!(report["status"] == status, "status is {} at exit {exit}", report["status"]);
    ensure!(report["summary"].as_str().is_some_and(|text| !text.is_empty()), "no summary");
    ensure!(report["result"].is_object(), "result is {}", report["result"]);

    let diagnostics = report["diagnostics"].as_array().context("diagnostics is no list")?;
    for diagnostic in diagnostics {
        finding(diagnostic).with_context(|| format!("{diagnostic:#}"))?;
    }
    members(&report["counts"], &["errors", "notes", "warnings"])?;
    for (count, severity) in [("errors", "error"), ("warnings", "warning"), ("notes", "note")] {
        let found = diagnostics.iter().filter(|diagnostic| diagnostic["severity"] == severity).count();
        ensure!(report["counts"][count] == found, "{count} is {} of {found}", report["counts"][count]);
    }
    ensure!(diagnostics.is_sorted_by_key(order), "findings are not sorted by path, span and code");
    let highest = diagnostics.iter().filter(|diagnostic| diagnostic["blocking"] == true).map(weight).max();
    ensure!(highest.unwrap_or(0) == exit, "the findings demand exit {}, not {exit}", highest.unwrap_or(0));
    Ok(())
}

fn finding(diagnostic: &Value) -> Result<()> {
    members(diagnostic, &["asset", "blocking", "code", "evidence", "help", "message", "path", "severity", "span"])?;
    ensure!(diagnostic["code"].as_str().is_some_and(|code| code.contains('/')), "no code");
    ensure!(matches!(diagnostic["severity"].as_str(), Some("error" | "warning" | "note")), "severity");
    ensure!(diagnostic["blocking"].is_boolean(), "blocking");
    ensure!(diagnostic["severity"] == "error" || diagnostic["blocking"] == false, "only errors block");
    ensure!(diagnostic["message"].as_str().is_some_and(|text| !text.is_empty()), "no message");
    ensure!(diagnostic["evidence"].is_object(), "evidence");
    for member in ["message", "path", "help"] {
        ensure!(diagnostic[member].is_null() || diagnostic[member].as_str().is_some_and(printable), "{member}");
    }
    let span = &diagnostic["span"];
    if !span.is_null() {
        members(span, &["column", "line", "offset"])?;
        ensure!(span["line"].as_u64() >= Some(1) && span["column"].as_u64() >= Some(1), "places count from 1");
        ensure!(span["offset"].is_u64(), "offset");
    }
    let asset = &diagnostic["asset"];
    if !asset.is_null() {
        members(asset, &["asset_id", "asset_uuid", "name", "root"])?;
    }
    Ok(())
}

/// Whether no character of a text moves a cursor, turns the direction of writing or is invisible.
fn printable(text: &str) -> bool {
    let hidden = |character: char| {
        character.is_control()
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    !text.contains(hidden)
}

fn order(diagnostic: &Value) -> impl PartialOrd + use<> {
    let text = |member: &str| diagnostic[member].as_str().map(str::to_owned);
    (text("path"), diagnostic["span"]["offset"].as_u64(), text("code"))
}

/// The exit code that a blocking finding demands.
fn weight(diagnostic: &Value) -> i32 {
    match diagnostic["code"].as_str().and_then(|code| code.split('/').next()) {
        Some("trust" | "json" | "file") => 4,
        Some("version") => 3,
        Some("usage") => 2,
        Some("lock") => 5,
        Some("disk") => 6,
        _ => 1,
    }
}

/// Checks that a value is an object with exactly these members, named in alphabetical order.
fn members(value: &Value, expected: &[&str]) -> Result<()> {
    let mut found: Vec<&str> = value.as_object().context("no object")?.keys().map(String::as_str).collect();
    found.sort_unstable();
    ensure!(found == expected, "members are {found:?}");
    Ok(())
}
