//! `recover`, from every state that a transaction leaves when the process is killed in it or the power goes.

use super::{fix, transactions};
use crate::commands;
use crate::scenario::{Scenario, Start};
use prometeu_packer::disk::memory::Fault;

pub(super) const SCENARIO: Scenario = Scenario {
    name: "recover",
    about: "what any transaction leaves, cut short at every operation, is settled",
    starts,
    act: commands::recover,
    is_decided_by_report: false,
    ..Scenario::TRANSACTION
};

/// The same where there was no registry to be read before.
pub(super) const LOST: Scenario = Scenario {
    name: "recover-lost",
    starts: || fix::LOST.iter().flat_map(cut_short).collect(),
    next: fix::settled,
    ..SCENARIO
};

/// How operations are worded that change nothing.
const LOOKS: [&str; 4] = ["metadata ", "open ", "read ", "read_dir "];

fn starts() -> Vec<Start> {
    transactions().flat_map(cut_short).collect()
}

/// Every different state that a transaction leaves on its way, killed and with the power gone by turns.
pub(super) fn cut_short(transaction: &Scenario) -> Vec<Start> {
    let mut states = Vec::new();
    for start in (transaction.starts)() {
        let whole = start.disk.killed();
        let _ = (transaction.act)(&whole);
        for (n, operation) in (2..).zip(whole.operations()) {
            // Looking leaves the state that was there.
            if LOOKS.iter().any(|look| operation.starts_with(look)) {
                continue;
            }
            let disk = start.disk.killed();
            disk.fail_at(n, Fault::Stop);
            let _ = (transaction.act)(&disk);
            let disk = if n.is_multiple_of(2) { disk.killed() } else { disk.crash(n as u64) };
            if disk.snapshot() == start.disk.snapshot() {
                continue;
            }
            let (before, after) = (start.before.clone(), start.after.clone());
            let Start { views, leaves_record, .. } = &start;
            let (views, leaves_record) = (views.clone(), *leaves_record);
            states.push(Start { disk, before, after, skipping: None, views, leaves_record });
        }
    }
    states
}
