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

/// What one transaction does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journal {
    /// The operation's name: `migrate`, `rollback`.
    pub operation: String,
    /// When it began, RFC 3339 in UTC.
    pub time: String,
    /// The files that change, in the order in which they do.
    pub changes: Vec<Change>,
}

/// One file that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The file.
    pub path: PortablePath,
    /// What it held; `None` when it did not exist.
    pub before: Option<Original>,
    /// What it holds afterwards; `None` when it is gone.
    pub after: Option<Digest>,
}

/// The bytes of a file as they were, kept in one file with all others of the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Original {
    /// Their digest.
    pub digest: Digest,
    /// Where they begin in the file of originals.
    pub offset: u64,
    /// How many there are.
    pub bytes: u64,
}

impl Journal {
    /// The text of the file.
    #[must_use]
    pub fn to_text(&self) -> String {
        let changes: Vec<Value> = self
            .changes
            .iter()
            .map(|change| {
                let before = change.before.map(|original| {
                    json!({"sha256": original.digest.to_string(), "offset": original.offset, "bytes": original.bytes})
                });
                let path = change.path.as_str();
                json!({"path": path, "before": before, "after": change.after.map(|digest| digest.to_string())})
            })
            .collect();
        let lines: Vec<String> = changes.iter().map(|change| format!("    {change}")).collect();
        let (operation, time) = (Value::from(self.operation.as_str()), Value::from(self.time.as_str()));
        format!(
            "{{\n  \"schema_version\": 1,\n  \"operation\": {operation},\n  \"time\": {time},\n  \"changes\": [\n{}\n  ]\n}}\n",
            lines.join(",\n")
        )
    }

    /// Reads a journal.
    ///
    /// # Errors
    /// `journal/malformed`, with the first thing that is wrong.
    pub fn parse(envelope: &Envelope) -> Result<Journal, Diagnostic> {
        let mut findings = Vec::new();
        let reader = &mut Reader {
            path: envelope.path(),
            asset: None,
            invalid: Code::JournalMalformed,
            findings: &mut findings,
        };
        let journal = read(reader, envelope.tree().root());
        match journal {
            Some(journal) if findings.is_empty() => Ok(journal),
            _ => Err(findings.into_iter().next().unwrap_or_else(|| {
                Diagnostic::new(Code::JournalMalformed, "the journal makes no sense").at(envelope.path())
            })),
        }
    }
}

fn read(reader: &mut Reader<'_>, top: Node<'_>) -> Option<Journal> {
    let operation = reader.required(top, "operation").and_then(|node| reader.text(node, "operation"));
    let time = reader.required(top, "time").and_then(|node| reader.text(node, "time"));
    let list = reader.required(top, "changes").and_then(|node| reader.list(node, "changes"))?;
    let changes = list.items().map(|node| read_change(reader, node)).collect::<Option<Vec<_>>>();
    Some(Journal { operation: operation?, time: time?, changes: changes? })
}

fn read_change(reader: &mut Reader<'_>, node: Node<'_>) -> Option<Change> {
    let node = reader.object(node, "changes[]")?;
    let path_node = reader.required(node, "path")?;
    let text = reader.text(path_node, "path")?;
    let Some(path) = own_file(&text) else {
        let message = format!("the journal names `{text}`, which no transaction of the packer changes");
        reader.say(
            Code::JournalMalformed,
            path_node,
            message,
            "nothing was done; remove the folder of this journal if you do not trust it",
        );
        return None;
    };
    let before = match node.member("before").filter(|node| !node.is_null()) {
        None => None,
        Some(before) => {
            let before = reader.object(before, "before")?;
            let digest = reader.required(before, "sha256").and_then(|node| read_digest(reader, node))?;
            let number = |reader: &mut Reader<'_>, name| {
                let node = reader.required(before, name)?;
                reader.integer(node, name, 0, super::SAFE_INTEGER_MAX).and_then(|value| u64::try_from(value).ok())
            };
            Some(Original { digest, offset: number(reader, "offset")?, bytes: number(reader, "bytes")? })
        }
    };
    let after = match node.member("after").filter(|node| !node.is_null()) {
        None => None,
        Some(after) => Some(read_digest(reader, after)?),
    };
    Some(Change { path, before, after })
}

fn read_digest(reader: &mut Reader<'_>, node: Node<'_>) -> Option<Digest> {
    let text = reader.text(node, "sha256")?;
    let digest = Digest::parse(&text);
    if digest.is_none() {
        reader.say(Code::JournalMalformed, node, "not a SHA-256 in lower case", "nothing was done");
    }
    digest
}

/// The path, if it is a control file or lies below an asset root: nothing else is ever in a journal.
fn own_file(text: &str) -> Option<PortablePath> {
    if text == "assets/.prometeu/index.json" {
        return Some(PortablePath::control().own("index.json"));
    }
    PortablePath::assets().join(text.strip_prefix("assets/")?).ok()
}
