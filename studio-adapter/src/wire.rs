//! What goes over the wire, as types. In this file the JSON shape of a report, version 1: every member is always there;
//! what is not known is null. Below it frames, messages and events. `PROTOCOL.md` says it in words and is locked to these
//! files.

pub mod event;
pub mod frame;
pub mod message;
pub mod rows;

use rows::{Object, Rows};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The version of the shape.
pub const REPORT_VERSION: u16 = 1;

/// The answer of one operation, as `--format json` prints it. Every member is always there.
#[derive(Serialize, JsonSchema)]
pub struct Report<'a> {
    /// The version of this shape.
    #[schemars(extend("const" = REPORT_VERSION))]
    pub report_version: u16,
    /// The command's name.
    pub operation: String,
    /// How it ended: done, something in the project stands in the way, or the call, the disk or the packer failed.
    #[schemars(extend("enum" = ["ok", "blocked", "failed"]))]
    pub status: &'static str,
    /// One sentence.
    pub summary: String,
    /// How many diagnostics there are.
    pub counts: Counts,
    /// Sorted by path, place and code; null first.
    #[schemars(with = "Vec<Diagnostic>")]
    pub diagnostics: Rows<'a, Diagnostic>,
    /// What could be determined; its members depend on the operation.
    #[schemars(with = "Value", extend("type" = "object"))]
    pub result: Object<'a>,
}

/// Diagnostics by severity.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Counts {
    /// Errors, blocking or not.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notes.
    pub notes: usize,
}

/// One finding.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Diagnostic {
    /// `family/what`; `explain` has a text for each.
    #[schemars(regex(pattern = "^[a-z]+/[a-z0-9-]+$"))]
    pub code: &'static str,
    /// How bad it is; fixed for each code.
    #[schemars(extend("enum" = ["error", "warning", "note"]))]
    pub severity: &'static str,
    /// Whether it blocks a build of the project.
    pub blocking: bool,
    /// What happened and why.
    pub message: String,
    /// Relative to the project.
    pub path: Option<String>,
    /// Where in the file.
    pub span: Option<Span>,
    /// Whose it is.
    pub asset: Option<Asset>,
    /// What to do now.
    pub help: Option<String>,
    /// Facts for programs.
    pub evidence: BTreeMap<&'static str, Value>,
}

/// A place in a text file.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Span {
    /// From 1.
    #[schemars(range(min = 1))]
    pub line: u32,
    /// From 1, in Unicode scalar values.
    #[schemars(range(min = 1))]
    pub column: u32,
    /// From 0, in bytes.
    pub offset: u64,
}

/// An asset, as far as it is known.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Asset {
    /// The registry's id.
    pub asset_id: Option<u32>,
    /// The uuid in its text form.
    pub asset_uuid: Option<String>,
    /// The declared name.
    pub name: Option<String>,
    /// Relative to `assets/`.
    pub root: String,
}

/// The JSON Schema of [`Report`], draft 2020-12.
#[must_use]
pub fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<Report<'_>>().to_value()
}
