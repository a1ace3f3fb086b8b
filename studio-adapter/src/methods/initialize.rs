//! `initialize`: which protocol is spoken, what this packer reads, and what it can be asked for.

use crate::from_wire::METHODS;
use crate::session::Setup;
use crate::to_wire::to_wire;
use crate::wire::event::KINDS;
use crate::wire::message::{ErrorCode, Refusal};
use prometeu_packer::envelope::{Artifact, Windows};
use prometeu_packer::ops;
use serde_json::{Value, json};

/// The protocol versions that this adapter speaks, the oldest and the newest: a row of the table of all formats.
pub(crate) fn protocols(windows: &Windows) -> (u64, u64) {
    let read = windows.read(Artifact::Protocol);
    (u64::from(read.min), u64::from(read.max))
}

/// Methods beside those that ask the packer something.
const OTHERS: [&str; 4] = ["initialize", "$/cancelRequest", "shutdown", "exit"];

/// The answer to a client that is let in.
pub(crate) fn answer(setup: &Setup, protocol: u64, watch: bool) -> Value {
    let windows = ops::windows(&setup.windows, &setup.program);
    let artifacts = serde_json::to_value(to_wire(&windows).result).unwrap_or_default();
    let methods = METHODS.iter().map(|(name, _)| *name).chain(OTHERS);
    json!({
        "protocol": protocol,
        "server": { "name": "prometeu-studio-adapter", "version": env!("CARGO_PKG_VERSION") },
        "window": artifacts["artifacts"],
        "capabilities": { "methods": methods.collect::<Vec<_>>(), "events": KINDS, "watch": watch },
    })
}

/// The answer to a client that speaks none of the versions spoken here.
pub(crate) fn no_common_protocol(spoken: (u64, u64), wanted: (u64, u64)) -> Refusal {
    let ((min, max), (from, to)) = (spoken, wanted);
    let message = format!("the client speaks protocol {from} to {to}, this adapter {min} to {max}");
    Refusal { data: json!({ "min": min, "max": max }), ..Refusal::new(ErrorCode::NoCommonProtocol, message) }
}
