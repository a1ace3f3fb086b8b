//! What a checker's answer is made of, whatever writes it: rules, findings, and what was looked at. The formats
//! `sarif`, `github` and `junit` are made from this alone; it is no report of its own.

use super::Caller;
use crate::gate::{self, Gate, GateOutcome, Verdict};
use prometeu_packer::diagnostic::{Diagnostic, Severity, escape};
use prometeu_packer::doctor::{rule, rules};
use prometeu_packer::report::{Report, Status};
use prometeu_studio_adapter::{to_wire, wire};
use serde_json::{Map, Value, json};

/// The answer of `doctor`, `build`, `migrate`, `verify` or `gate`, all its text escaped.
pub(crate) struct Answer {
    /// The command.
    pub(crate) operation: String,
    /// `ok`, `blocked` or `failed`.
    pub(crate) status: &'static str,
    /// One sentence.
    pub(crate) summary: String,
    /// The exit code of the program.
    pub(crate) exit: u8,
    /// Every rule there is, whether something breaks it or not.
    pub(crate) rules: Vec<Rule>,
    /// What was found, in the order of the report.
    pub(crate) found: Vec<Found>,
    /// What a reader of test results counts, in the same order.
    pub(crate) cases: Vec<Case>,
}

/// Something that can be found.
pub(crate) struct Rule {
    /// `family/what`, or a gate's name.
    pub(crate) id: String,
    /// The same as one word.
    pub(crate) name: String,
    /// `error`, `warning` or `note`.
    pub(crate) level: &'static str,
    /// One sentence.
    pub(crate) short: String,
    /// What it is about and why that matters.
    pub(crate) full: String,
    /// What to do about it, with an example.
    pub(crate) help: String,
    /// The same in Markdown.
    pub(crate) markdown: String,
}

/// Something that was found.
pub(crate) struct Found {
    /// The rule's id.
    pub(crate) rule: String,
    /// `error`, `warning` or `note`.
    pub(crate) level: &'static str,
    /// Whether it is in the way.
    pub(crate) blocking: bool,
    /// What happened and why.
    pub(crate) message: String,
    /// What to do now.
    pub(crate) help: Option<String>,
    /// Relative to the folder that the project is named from.
    pub(crate) path: Option<String>,
    /// Where in that file.
    pub(crate) spot: Option<Spot>,
    /// What tells it from others of its kind in the same file, wherever in the file it stands.
    pub(crate) anchor: String,
    /// Facts for programs.
    pub(crate) properties: Map<String, Value>,
}

/// A place in a text file. Lines and columns count from 1, columns in Unicode scalar values.
pub(crate) struct Spot {
    /// The line.
    pub(crate) line: u32,
    /// The column; absent when only the line is known.
    pub(crate) column: Option<u32>,
    /// The column behind the last character that is meant, where that is known.
    pub(crate) end_column: Option<u32>,
}

/// One line of a test result.
pub(crate) struct Case {
    /// Unique in an answer.
    pub(crate) name: String,
    /// Relative to the folder that the project is named from.
    pub(crate) path: Option<String>,
    /// The line in that file.
    pub(crate) line: Option<u32>,
    /// Wall time, where it was measured.
    pub(crate) seconds: Option<f64>,
    /// How it ended.
    pub(crate) outcome: Outcome,
}

/// How a case ended; texts may have several lines.
pub(crate) enum Outcome {
    /// Nothing is in the way; the text, if any, is worth reading.
    Passed(String),
    /// What is in the way: rule, message, everything else.
    Failed(String, String, String),
    /// The packer itself failed.
    Broken(String),
    /// It was not looked at, and why.
    Skipped(String),
}

impl Answer {
    /// Of a report. The command's own case comes first: it passes, or fails where no finding says why; where one does,
    /// it is left out.
    pub(crate) fn of_report(report: &Report, caller: &Caller) -> Answer {
        let wire = to_wire(report);
        let prefix = if report.operation == "verify" { String::new() } else { caller.prefix_within() };
        let found: Vec<Found> = report
            .findings
            .iter()
            .zip(wire.diagnostics.iter())
            .map(|(finding, wire)| self::found(finding, wire, &prefix))
            .collect();
        let own = match report.status() {
            Status::Ok => Some(Outcome::Passed(wire.summary.clone())),
            _ if found.iter().any(|found| found.blocking) => None,
            Status::Failed => Some(Outcome::Broken(wire.summary.clone())),
            Status::Blocked => Some(Outcome::Failed(wire.operation.clone(), wire.summary.clone(), String::new())),
        };
        let named = |outcome| Case { name: wire.operation.clone(), path: None, line: None, seconds: None, outcome };
        let mut cases: Vec<Case> = own.map(named).into_iter().collect();
        cases.extend(found.iter().map(case));
        tell_apart(&mut cases);
        let rules = rules::all().iter().map(|rule| packer_rule(rule, &caller.program)).collect();
        let (operation, status, summary) = (wire.operation, wire.status, wire.summary);
        Answer { operation, status, summary, exit: report.exit(), rules, found, cases }
    }

    /// Of the gates: each is a rule and a case, each line of what a failed one says is a finding.
    pub(crate) fn of_gates(outcomes: &[GateOutcome], exit: u8) -> Answer {
        Answer {
            operation: "gate".to_owned(),
            status: if exit == 0 { "ok" } else { "blocked" },
            summary: gate::summary(outcomes),
            exit,
            rules: gate::TABLE.iter().map(gate_rule).collect(),
            found: outcomes.iter().flat_map(gate_found).collect(),
            cases: outcomes.iter().map(gate_case).collect(),
        }
    }

    /// Whether the exit code is more than the findings account for.
    pub(crate) fn is_unexplained(&self) -> bool {
        self.exit != 0 && !self.found.iter().any(|found| found.blocking)
    }
}

fn packer_rule(rule: &rule::Rule, program: &str) -> Rule {
    let [what, why, example, repair] =
        [rule.what, rule.why, rule.example, rule.repair].map(|text| text.replace("{program}", program));
    let first = what.split_inclusive(". ").next().unwrap_or(&what).trim_end().to_owned();
    let example_indented = example.replace('\n', "\n    ");
    Rule {
        id: rule.code.as_str().to_owned(),
        name: as_one_word(rule.code.as_str()),
        level: level(rule.code.severity()),
        short: first,
        full: format!("{what} {why}"),
        help: format!("{repair}\n\nAn example that fires it:\n\n    {example_indented}"),
        markdown: format!("{repair}\n\nAn example that fires it:\n\n```text\n{example}\n```\n"),
    }
}

/// `trust/not-regular` as `TrustNotRegular`.
fn as_one_word(id: &str) -> String {
    let parts = id.split(|c: char| !c.is_ascii_alphanumeric()).filter_map(|part| part.split_at_checked(1));
    parts.map(|(first, rest)| first.to_ascii_uppercase() + rest).collect()
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn found(finding: &Diagnostic, wire: wire::Diagnostic, prefix: &str) -> Found {
    let spot = finding.place.as_ref().map(|place| {
        let column = place.span.column;
        let meant = usize::try_from(place.span.length).ok().and_then(|length| {
            let end = place.line_start.checked_add(length)?;
            place.line_text.get(place.line_start..end).filter(|meant| !meant.is_empty())
        });
        let wide = meant.and_then(|meant| u32::try_from(meant.chars().count()).ok());
        Spot { line: place.span.line, column: Some(column), end_column: wide.and_then(|wide| column.checked_add(wide)) }
    });
    let properties = json!({
        "blocking": wire.blocking,
        "asset": wire.asset,
        "evidence": wire.evidence,
        "help": wire.help,
        "offset": wire.span.as_ref().map(|span| span.offset),
    });
    Found {
        rule: wire.code.to_owned(),
        level: wire.severity,
        blocking: wire.blocking,
        message: wire.message,
        help: wire.help,
        path: wire.path.map(|path| format!("{prefix}{path}")),
        spot,
        anchor: finding.place.as_ref().map(|place| place.line_text.trim().to_owned()).unwrap_or_default(),
        properties: match properties {
            Value::Object(members) => members,
            _ => Map::new(),
        },
    }
}

fn case(found: &Found) -> Case {
    let place = match (&found.path, &found.spot) {
        (Some(path), Some(Spot { line, column: Some(column), .. })) => format!(" at {path}:{line}:{column}"),
        (Some(path), _) => format!(" at {path}"),
        (None, _) => String::new(),
    };
    let help = found.help.as_ref().map(|help| format!("help: {help}")).unwrap_or_default();
    Case {
        name: format!("{}{place}", found.rule),
        path: found.path.clone(),
        line: found.spot.as_ref().map(|spot| spot.line),
        seconds: None,
        outcome: match found.blocking {
            true if help.is_empty() => Outcome::Failed(found.rule.clone(), found.message.clone(), String::new()),
            true => Outcome::Failed(found.rule.clone(), found.message.clone(), format!("{}\n{help}", found.message)),
            false if help.is_empty() => Outcome::Passed(format!("{}: {}", found.level, found.message)),
            false => Outcome::Passed(format!("{}: {}\n{help}", found.level, found.message)),
        },
    }
}

/// Readers take two cases of one name for two runs of one case.
fn tell_apart(cases: &mut [Case]) {
    let mut seen = std::collections::HashMap::new();
    for case in cases {
        let times = seen.entry(case.name.clone()).and_modify(|times| *times += 1).or_insert(1_usize);
        if *times > 1 {
            case.name = format!("{} ({times})", case.name);
        }
    }
}

fn gate_rule(gate: &Gate) -> Rule {
    let (why, repair) = (escape(gate.why), format!("To repair: {}", escape(gate.repair)));
    Rule {
        id: gate.name.to_owned(),
        name: as_one_word(gate.name),
        level: "error",
        short: why.clone(),
        full: why,
        help: repair.clone(),
        markdown: repair,
    }
}

fn gate_found(outcome: &GateOutcome) -> Vec<Found> {
    let (lines, failed) = match &outcome.verdict {
        Verdict::Passed(_) => return Vec::new(),
        Verdict::Failed(lines) => (lines.clone(), true),
        Verdict::Skipped(reason) => (vec![format!("skipped: {reason}")], false),
    };
    let lines = if lines.is_empty() { vec!["the gate failed".to_owned()] } else { lines };
    let found = |line: &String| {
        let (place, message) = located(line);
        Found {
            rule: outcome.gate.name.to_owned(),
            level: if failed { "error" } else { "note" },
            blocking: failed,
            message: escape(message),
            help: Some(format!("to repair: {}", escape(outcome.gate.repair))),
            path: place.map(|(path, _)| escape(path)),
            spot: place.map(|(_, line)| Spot { line, column: None, end_column: None }),
            anchor: escape(message),
            properties: Map::from_iter([("blocking".to_owned(), Value::Bool(failed))]),
        }
    };
    lines.iter().map(found).collect()
}

/// A gate says where something is as `path:line: what`, the path relative to the repository.
fn located(line: &str) -> (Option<(&str, u32)>, &str) {
    let parts = line.split_once(": ").and_then(|(place, message)| {
        let (path, number) = place.rsplit_once(':')?;
        let is_path = !path.is_empty() && !path.starts_with('/') && !path.contains(char::is_whitespace);
        Some((path, number.parse().ok().filter(|line| *line > 0 && is_path)?, message))
    });
    parts.map_or((None, line), |(path, line, message)| (Some((path, line)), message))
}

fn gate_case(outcome: &GateOutcome) -> Case {
    let text = |lines: &[String]| lines.iter().map(|line| escape(line)).collect::<Vec<_>>().join("\n");
    Case {
        name: outcome.gate.name.to_owned(),
        path: None,
        line: None,
        seconds: Some(outcome.seconds),
        outcome: match &outcome.verdict {
            Verdict::Passed(lines) => Outcome::Passed(text(lines)),
            Verdict::Failed(lines) => {
                let repair = format!("to repair: {}", escape(outcome.gate.repair));
                let all = lines.iter().map(|line| escape(line)).chain([repair]).collect::<Vec<_>>();
                Outcome::Failed(outcome.gate.name.to_owned(), format!("{} failed", outcome.gate.name), all.join("\n"))
            }
            Verdict::Skipped(reason) => Outcome::Skipped(escape(reason)),
        },
    }
}
