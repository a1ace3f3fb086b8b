//! `doctor.toml`, version 1: which hygiene findings a project has decided to live with, why, and until when. Nothing but
//! hygiene can be allowed here, and an entry that is not right in every part allows nothing.

mod cut;
mod date;
mod pattern;

use crate::diagnostic::{Code, Diagnostic};
use crate::envelope::{self, ReadRange};
use crate::span::{LineIndex, Place};
use crate::trust::{Admitted, Limit};
pub use cut::cuts;
pub use date::Date;
pub use pattern::Pattern;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The versions that are read.
const READ: ReadRange = ReadRange { min: 1, max: 1 };
const TOP: [&str; 2] = ["schema_version", "allow"];
const ENTRY: [&str; 4] = ["code", "path", "reason", "until"];

/// One entry: what is allowed, where, why, until when.
#[derive(Clone, Debug)]
pub struct Allowed {
    /// A hygiene code.
    pub code: Code,
    /// The files and folders that it is allowed for.
    pub pattern: Pattern,
    /// Why, in the words of whoever wrote it.
    pub reason: String,
    /// The last day on which it holds.
    pub until: Date,
    /// Where it stands in the file.
    pub place: Place,
}

/// Reads the entries; what is wrong with single ones is added to `findings`.
///
/// # Errors
/// What keeps the file from being understood at all: `file/*`, `json/encoding`, `version/*`, `trust/too-many`, or
/// `usage/configuration` for what is no TOML.
pub fn parse(admitted: Admitted, findings: &mut Vec<Diagnostic>) -> Result<Vec<Allowed>, Diagnostic> {
    let (path, bytes, limits) = admitted.into_parts();
    let text = envelope::text(bytes).map_err(|finding| finding.at(&path))?;
    let reader = &mut Reader { path: &path, lines: LineIndex::new(text.as_bytes()), text: &text, findings };
    let table = DeTable::parse(&text).map_err(|error| {
        let reason = error.message().lines().collect::<Vec<_>>().join("; ");
        reader.wrong(error.span().unwrap_or_default(), format!("this is no TOML: {reason}"), "correct it by hand")
    })?;
    let top = table.get_ref();
    check_version(reader, top)?;
    unknown_members(reader, top, &TOP);
    let Some(list) = top.get("allow") else { return Ok(Vec::new()) };
    let Some(entries) = list.get_ref().as_array() else {
        return Err(reader.wrong(list.span(), "`allow` is no list of tables", "begin each entry with `[[allow]]`"));
    };
    let most = limits.size(Limit::ObjectMembers);
    if entries.len() > most {
        let message = format!("{} entries are over the limit of {most}", entries.len());
        let help = format!("name folders instead of files, or raise `--limit {}=COUNT`", Limit::ObjectMembers.name());
        return Err(Diagnostic::new(Code::TrustTooMany, message).at(&path).help(help));
    }
    Ok(entries.iter().filter_map(|entry| read_entry(reader, entry)).collect())
}

struct Reader<'a> {
    path: &'a str,
    text: &'a str,
    lines: LineIndex,
    findings: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn place(&self, range: Range<usize>) -> Place {
        self.lines.locate(self.text.as_bytes(), range.start, range.end)
    }

    fn wrong(&self, range: Range<usize>, message: impl AsRef<str>, help: &str) -> Diagnostic {
        Diagnostic::new(Code::UsageConfiguration, message).at(self.path).on(self.place(range)).help(help)
    }

    fn note(&mut self, range: Range<usize>, message: impl AsRef<str>, help: &str) {
        let finding = self.wrong(range, message, help);
        self.findings.push(finding);
    }
}

/// The version is judged before anything else in the file.
fn check_version(reader: &Reader<'_>, top: &DeTable<'_>) -> Result<(), Diagnostic> {
    let Some(value) = top.get("schema_version") else {
        return Err(Diagnostic::new(Code::VersionMissing, "doctor.toml has no `schema_version`")
            .at(reader.path)
            .on(reader.place(0..0))
            .help(format!("this packer reads {READ}; write `schema_version = {}` first", READ.max)));
    };
    let written = reader.text.get(value.span()).unwrap_or_default();
    let is_plain = value.get_ref().is_integer() && written.bytes().all(|b| b.is_ascii_digit());
    let version = written.parse::<u16>().ok().filter(|&version| is_plain && version >= 1);
    let refuse = |code, message: String, help: String| {
        let finding = Diagnostic::new(code, message).at(reader.path).on(reader.place(value.span())).help(help);
        finding.number("min", READ.min).number("max", READ.max)
    };
    match version {
        Some(version) if version > READ.max => Err(refuse(
            Code::VersionTooNew,
            format!("doctor.toml has version {version}, newer than the {READ} that this packer reads"),
            "use a newer packer; this one allows nothing that the file allows".to_owned(),
        )
        .number("found", version)),
        Some(_) => Ok(()),
        None => Err(refuse(
            Code::VersionMalformed,
            "`schema_version` of doctor.toml is not an integer from 1 to 65535 in plain digits".to_owned(),
            format!("this packer reads {READ}; restore the file, or write its version in plain digits"),
        )),
    }
}

fn read_entry(reader: &mut Reader<'_>, entry: &Spanned<DeValue<'_>>) -> Option<Allowed> {
    let from = reader.findings.len();
    let Some(table) = entry.get_ref().as_table() else {
        reader.note(entry.span(), "an entry of `allow` is no table", "begin each entry with `[[allow]]`");
        return None;
    };
    unknown_members(reader, table, &ENTRY);
    let code = required(reader, entry, table, "code").and_then(|value| read_code(reader, value));
    let pattern = required(reader, entry, table, "path").and_then(|value| {
        let read = text_of(reader, value, "path").map(|text| Pattern::parse(&text));
        read?.map_err(|why| reader.note(value.span(), why, "write it as `doctor --workspace` shows it")).ok()
    });
    let reason = required(reader, entry, table, "reason").and_then(|value| {
        let text = text_of(reader, value, "reason")?;
        if text.trim().is_empty() {
            reader.note(value.span(), "`reason` is empty", "say why this may stay as it is");
        }
        Some(text)
    });
    let until = required(reader, entry, table, "until").and_then(|value| read_date(reader, value));
    let is_right = reader.findings.len() == from;
    let allowed =
        Allowed { code: code?, pattern: pattern?, reason: reason?, until: until?, place: reader.place(entry.span()) };
    is_right.then_some(allowed)
}

fn unknown_members(reader: &mut Reader<'_>, table: &DeTable<'_>, known: &[&str]) {
    for key in table.keys().filter(|key| !known.contains(&&**key.get_ref())) {
        let message = format!("nobody knows the member `{}`", key.get_ref());
        reader.note(key.span(), message, &format!("the members here are {}", known.join(", ")));
    }
}

fn required<'v, 'i>(
    reader: &mut Reader<'_>,
    entry: &Spanned<DeValue<'_>>,
    table: &'v DeTable<'i>,
    name: &str,
) -> Option<&'v Spanned<DeValue<'i>>> {
    let found = table.get(name);
    if found.is_none() {
        reader.note(entry.span(), format!("the entry has no `{name}`"), "add it, or delete the entry");
    }
    found
}

fn text_of(reader: &mut Reader<'_>, value: &Spanned<DeValue<'_>>, name: &str) -> Option<String> {
    let text = value.get_ref().as_str().map(str::to_owned);
    if text.is_none() {
        reader.note(value.span(), format!("`{name}` is no text"), "write a text in quotation marks");
    }
    text
}

fn read_code(reader: &mut Reader<'_>, value: &Spanned<DeValue<'_>>) -> Option<Code> {
    let text = text_of(reader, value, "code")?;
    let about_itself = [Code::HygieneSuppressionUnused, Code::HygieneSuppressionExpired];
    match Code::parse(&text) {
        Some(code) if code.family() == "hygiene" && !about_itself.contains(&code) => return Some(code),
        Some(_) => {
            let message = format!("`{text}` cannot be allowed: only what is untidy can, never what is wrong");
            reader.note(value.span(), message, "delete the entry, and repair what it was meant for");
        }
        None => reader.note(value.span(), format!("no such code: `{text}`"), "copy the code out of a report"),
    }
    None
}

fn read_date(reader: &mut Reader<'_>, value: &Spanned<DeValue<'_>>) -> Option<Date> {
    let date = match value.get_ref() {
        DeValue::String(text) => Date::parse(text),
        DeValue::Datetime(moment) if moment.time.is_none() => Date::parse(&moment.to_string()),
        _ => None,
    };
    if date.is_none() {
        reader.note(value.span(), "`until` is no day of the calendar", "write it as 2026-12-31");
    }
    date
}
