//! A registry over two assets without a fault.

use crate::project::unmoved;
use fixtures::INDEX;
use fixtures::broken::both;
use prometeu_packer::ops;
use serde_json::Value;
use std::collections::BTreeSet;

pub(crate) fn body(data: &[u8]) {
    let files = both().with(INDEX, data);
    let report = unmoved(&files, |context| ops::doctor(context, ops::Scope::Registered));
    unmoved(&files, ops::list);
    unmoved(&files, |context| ops::build(context, ops::BuildMode::Check));
    unmoved(&files, |context| ops::set_included(context, "1", false, ops::Apply::Preview));
    if !report.findings.iter().any(|finding| finding.blocking) {
        check_identity(&serde_json::from_slice(data).expect("a registry without a fault is JSON"));
    }
}

/// No id, uuid or root stands twice, and the next id is above all of them.
fn check_identity(registry: &Value) {
    let entries = registry["assets"].as_array().expect("a list");
    for member in ["asset_id", "asset_uuid", "root"] {
        let values: BTreeSet<String> = entries.iter().map(|entry| entry[member].to_string()).collect();
        assert_eq!(values.len(), entries.len(), "{member} stands twice");
    }
    let next = registry["next_asset_id"].as_u64().expect("an integer");
    assert!(entries.iter().all(|entry| entry["asset_id"].as_u64().is_some_and(|id| id < next)));
}
