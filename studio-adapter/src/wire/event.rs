//! The event lane: what a client is told while operations run. Numbers are not known here; an event gets them when it
//! goes on the wire.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

/// The method of every event's notification.
pub const METHOD: &str = "packer/event";

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A root appeared that was not there before.
    AssetDiscovered,
    /// Files of an asset, or its entry, changed.
    AssetChanged,
    /// What is wrong with the project was looked at anew. Ends an operation.
    DiagnosticsUpdated,
    /// A build began.
    BuildStarted,
    /// It ended. Ends an operation.
    BuildFinished,
    /// Payloads were taken from the previous archive.
    CacheHit,
    /// Payloads were made from their inputs.
    CacheMiss,
    /// A preview can be shown, or is blocked. Ends an operation.
    PreviewReady,
    /// A change was carried out. Ends an operation.
    ActionApplied,
    /// A change was not carried out. Ends an operation.
    ActionFailed,
    /// How far an operation has come.
    ProgressUpdated,
    /// A migration or its rollback is about to change files.
    MigrationStarted,
    /// It ended, or was refused. Ends an operation.
    MigrationFinished,
}

/// Every kind, in the order of the contract.
pub const KINDS: [Kind; 13] = [
    Kind::AssetDiscovered,
    Kind::AssetChanged,
    Kind::DiagnosticsUpdated,
    Kind::BuildStarted,
    Kind::BuildFinished,
    Kind::CacheHit,
    Kind::CacheMiss,
    Kind::PreviewReady,
    Kind::ActionApplied,
    Kind::ActionFailed,
    Kind::ProgressUpdated,
    Kind::MigrationStarted,
    Kind::MigrationFinished,
];

impl Kind {
    /// Whether it is the last event of its operation.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        matches!(
            self,
            Kind::BuildFinished
                | Kind::ActionApplied
                | Kind::ActionFailed
                | Kind::DiagnosticsUpdated
                | Kind::PreviewReady
                | Kind::MigrationFinished
        )
    }

    /// Whether a later event of this kind may take the place of one that was not written yet.
    #[must_use]
    pub fn may_coalesce(self) -> bool {
        matches!(self, Kind::ProgressUpdated | Kind::CacheHit | Kind::CacheMiss)
    }
}

/// How far something has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Progress {
    /// Finished.
    pub done: u64,
    /// In all.
    pub total: u64,
    /// What is counted.
    pub unit: &'static str,
}

/// One event, as it goes on the wire.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Event<'a> {
    /// Names the process that sends it.
    pub epoch: &'a str,
    /// From 1, one more with each event of the process.
    pub seq: u64,
    /// Names the project, the same in every process.
    pub project_id: &'a str,
    /// Which operation it belongs to.
    pub operation_id: &'a str,
    /// From 1, one more with each event of the operation.
    pub sequence: u64,
    /// What happened.
    pub kind: Kind,
    /// When, RFC 3339 in UTC.
    pub timestamp: &'a str,
    /// One sentence.
    pub summary: &'a str,
    /// How far the operation has come, where that is known.
    pub progress: Option<&'a Progress>,
    /// Ids of the assets that it is about.
    pub affected_assets: &'a [u32],
    /// More, by kind; the last event of an operation has `outcome`.
    pub detail: &'a Map<String, Value>,
}

/// The notification that carries an event.
#[derive(Debug, Serialize)]
pub struct Notification<'a> {
    /// `2.0`
    pub jsonrpc: &'static str,
    /// [`METHOD`]
    pub method: &'static str,
    /// The event.
    pub params: Event<'a>,
}
