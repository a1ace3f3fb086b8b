//! `journal.json`, version 1: what one transaction changes, written and flushed before it changes anything. The marks
//! beside it say how it ended; the journal itself never changes.

mod shape;

pub(super) use shape::SHAPE;

use super::reader::Reader;
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::Digest;
use crate::envelope::{Envelope, Node};
use crate::path::PortablePath;
use serde_json::{Value, json};
use std::io::{self, Write};

/// What one transaction does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journal {
    /// The operation's name: `migrate`, `rollback`.
    pub operation: String,
    /// When it began, RFC 3339 in UTC.
    pub time: String,
    /// What changes, in the order in which it does.
    pub changes: Vec<Change>,
    /// The entries of the registry that change; none for a migration, which rewrites the file as a whole.
    pub entries: Vec<EntryChange>,
}

/// An entry of the registry that changes, as its text on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryChange {
    /// What it was; `None` when it did not exist.
    pub before: Option<String>,
    /// What it is afterwards; `None` when it is gone.
    pub after: Option<String>,
}

/// One thing that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A file gets other bytes, appears or goes.
    File {
        /// The file.
        path: PortablePath,
        /// What it held; `None` when it did not exist.
        before: Option<Original>,
        /// The digest of what it holds afterwards; `None` when it is gone.
        after: Option<Digest>,
    },
    /// A file or a folder with all that is in it gets another name, which is free.
    Move {
        /// Its name before.
        from: PortablePath,
        /// Its name afterwards.
        to: PortablePath,
    },
    /// A folder is made.
    MakeFolder(PortablePath),
    /// An empty folder goes.
    RemoveFolder(PortablePath),
}

/// Where the bytes of a file as they were are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Original {
    /// In one file with all others of the transaction.
    Slice {
        /// Their digest.
        digest: Digest,
        /// Where they begin in the file of originals.
        offset: u64,
        /// How many there are.
        bytes: u64,
    },
    /// As a file of its own, which is the same file or a copy of it; for outputs of a build, which may be large.
    Whole,
}

/// Where a transaction keeps its journal, which decides what it may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// `assets/.prometeu/txn/`: the registry, declarations and roots.
    Control,
    /// `build/.staging/`: the outputs of a build.
    Build,
}

impl Change {
    /// The file or folder that it is about; for a move, its name before.
    #[must_use]
    pub fn path(&self) -> &PortablePath {
        match self {
            Change::File { path, .. } | Change::MakeFolder(path) | Change::RemoveFolder(path) => path,
            Change::Move { from, .. } => from,
        }
    }
}

impl Journal {
    /// Writes the text of the file to `sink`, line by line.
    ///
    /// # Errors
    /// What `sink` answered.
    pub fn write(&self, sink: &mut dyn Write) -> io::Result<()> {
        let (operation, time) = (Value::from(self.operation.as_str()), Value::from(self.time.as_str()));
        write!(
            sink,
            "{{\n  \"schema_version\": 1,\n  \"operation\": {operation},\n  \"time\": {time},\n  \"changes\": "
        )?;
        write_list(self.changes.iter().map(to_value), sink)?;
        write!(sink, ",\n  \"entries\": ")?;
        let entry = |change: &EntryChange| json!({"before": change.before, "after": change.after});
        write_list(self.entries.iter().map(entry), sink)?;
        sink.write_all(b"\n}\n")
    }

    /// Reads a journal that lies in `home`.
    ///
    /// # Errors
    /// `journal/malformed`, with the first thing that is wrong.
    pub fn parse(envelope: &Envelope, home: Home) -> Result<Journal, Diagnostic> {
        let mut findings = Vec::new();
        let reader = &mut Reader {
            path: envelope.path(),
            asset: None,
            invalid: Code::JournalMalformed,
            findings: &mut findings,
        };
        let journal = read(reader, envelope.tree().root(), home);
        match journal {
            Some(journal) if findings.is_empty() => Ok(journal),
            _ => Err(findings.into_iter().next().unwrap_or_else(|| {
                Diagnostic::new(Code::JournalMalformed, "the journal makes no sense").at(envelope.path())
            })),
        }
    }
}

/// A value on each line.
fn write_list(values: impl Iterator<Item = Value>, sink: &mut dyn Write) -> io::Result<()> {
    let mut is_empty = true;
    for value in values {
        sink.write_all(if is_empty { b"[\n    " } else { b",\n    " })?;
        write!(sink, "{value}")?;
        is_empty = false;
    }
    sink.write_all(if is_empty { b"[]" } else { b"\n  ]" })
}

fn to_value(change: &Change) -> Value {
    match change {
        Change::File { path, before, after } => {
            let before = before.map(|original| match original {
                Original::Slice { digest, offset, bytes } => {
                    json!({"sha256": digest.to_string(), "offset": offset, "bytes": bytes})
                }
                Original::Whole => json!({"whole": true}),
            });
            json!({"path": path.as_str(), "before": before, "after": after.map(|digest| digest.to_string())})
        }
        Change::Move { from, to } => json!({"from": from.as_str(), "to": to.as_str()}),
        Change::MakeFolder(path) => json!({"make_folder": path.as_str()}),
        Change::RemoveFolder(path) => json!({"remove_folder": path.as_str()}),
    }
}

fn read(reader: &mut Reader<'_>, top: Node<'_>, home: Home) -> Option<Journal> {
    let operation = reader.required(top, "operation").and_then(|node| reader.text(node, "operation"));
    let time = reader.required(top, "time").and_then(|node| reader.text(node, "time"));
    let list = reader.required(top, "changes").and_then(|node| reader.list(node, "changes"))?;
    let changes = list.items().map(|node| read_change(reader, node, home)).collect::<Option<Vec<_>>>();
    let entries = reader.required(top, "entries").and_then(|node| reader.list(node, "entries"))?;
    let entries = entries.items().map(|node| read_entry(reader, node)).collect::<Option<Vec<_>>>();
    Some(Journal { operation: operation?.into_owned(), time: time?.into_owned(), changes: changes?, entries: entries? })
}

fn read_change(reader: &mut Reader<'_>, node: Node<'_>, home: Home) -> Option<Change> {
    let node = reader.object(node, "changes[]")?;
    if node.member("from").is_some() {
        let (from, to) = (read_path(reader, node, "from", home), read_path(reader, node, "to", home));
        return Some(Change::Move { from: from?, to: to? });
    }
    if node.member("make_folder").is_some() {
        return read_path(reader, node, "make_folder", home).map(Change::MakeFolder);
    }
    if node.member("remove_folder").is_some() {
        return read_path(reader, node, "remove_folder", home).map(Change::RemoveFolder);
    }
    let path = read_path(reader, node, "path", home)?;
    let before = match node.member("before").filter(|node| !node.is_null()) {
        None => None,
        Some(before) => Some(read_original(reader, before)?),
    };
    let after = match node.member("after").filter(|node| !node.is_null()) {
        None => None,
        Some(after) => Some(read_digest(reader, after)?),
    };
    Some(Change::File { path, before, after })
}

fn read_entry(reader: &mut Reader<'_>, node: Node<'_>) -> Option<EntryChange> {
    let node = reader.object(node, "entries[]")?;
    let mut side = |name: &str| match node.member(name).filter(|node| !node.is_null()) {
        None => Some(None),
        Some(found) => reader.text(found, name).map(|text| Some(text.into_owned())),
    };
    Some(EntryChange { before: side("before")?, after: side("after")? })
}

fn read_original(reader: &mut Reader<'_>, node: Node<'_>) -> Option<Original> {
    let node = reader.object(node, "before")?;
    if node.member("whole").is_some() {
        return Some(Original::Whole);
    }
    let digest = reader.required(node, "sha256").and_then(|node| read_digest(reader, node))?;
    let number = |reader: &mut Reader<'_>, name| {
        let node = reader.required(node, name)?;
        reader.integer(node, name, 0, super::SAFE_INTEGER_MAX).and_then(|value| u64::try_from(value).ok())
    };
    Some(Original::Slice { digest, offset: number(reader, "offset")?, bytes: number(reader, "bytes")? })
}

fn read_digest(reader: &mut Reader<'_>, node: Node<'_>) -> Option<Digest> {
    let text = reader.text(node, "sha256")?;
    let digest = Digest::parse(&text);
    if digest.is_none() {
        reader.say(Code::JournalMalformed, node, "not a SHA-256 in lower case", "nothing was done");
    }
    digest
}

fn read_path(reader: &mut Reader<'_>, object: Node<'_>, name: &str, home: Home) -> Option<PortablePath> {
    let node = reader.required(object, name)?;
    let text = reader.text(node, name)?;
    let path = match home {
        Home::Control => below_assets(&text),
        Home::Build => text.strip_prefix("build/").and_then(|text| PortablePath::build().join(text).ok()),
    };
    if path.is_none() {
        let message = format!("the journal names `{text}`, which no transaction of the packer changes");
        let help = "nothing was done; remove the folder of this journal if you do not trust it";
        reader.say(Code::JournalMalformed, node, message, help);
    }
    path
}

/// A control file that transactions change, what they move out of the way, or anything below a root.
fn below_assets(text: &str) -> Option<PortablePath> {
    let own = |path: PortablePath| (path.as_str() == text).then_some(path);
    let control = PortablePath::control();
    let inside = text.strip_prefix("assets/.prometeu/").map(|rest| rest.split('/').collect::<Vec<_>>());
    match inside.as_deref() {
        Some([name @ ("index.json" | "doctor.toml")]) => own(control.own(name)),
        Some(["txn", id, name]) if is_id(id) && is_kept_root(name) => own(control.own(&format!("txn/{id}/{name}"))),
        Some(["cache.json"] | ["cache"] | ["cache", "fingerprints.json"]) => {
            own(control.own(&text["assets/.prometeu/".len()..]))
        }
        Some(["quarantine"]) => own(control.own("quarantine")),
        Some(["quarantine", id]) if is_id(id) => own(control.own(&format!("quarantine/{id}"))),
        Some(["quarantine", id, name @ ("root" | "index.json")]) if is_id(id) => {
            own(control.own(&format!("quarantine/{id}/{name}")))
        }
        Some(_) => None,
        None => PortablePath::assets().join(text.strip_prefix("assets/")?).ok(),
    }
}

/// Whether `text` is an id of a transaction: UTC time and eight hexadecimal digits.
#[must_use]
pub fn is_id(text: &str) -> bool {
    let Some((time, random)) = text.split_once("Z-") else { return false };
    let is_hex = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
    time.len() >= 15
        && time.len() <= 25
        && time
            .bytes()
            .enumerate()
            .all(|(at, b)| b.is_ascii_digit() || (at == 8 && b == b'T') || (at == 15 && b == b'.'))
        && random.len() == 8
        && random.bytes().all(is_hex)
}

fn is_kept_root(name: &str) -> bool {
    name.strip_prefix("root-")
        .is_some_and(|at| !at.is_empty() && at.len() <= 4 && at.bytes().all(|b| b.is_ascii_digit()))
}
