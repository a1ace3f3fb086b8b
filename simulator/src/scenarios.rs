//! Every scenario, one file each. To add one: write its file, and put it into one of these lists.

mod change;
mod fix;
mod forget;
mod init;
mod keep_edited;
mod migrate;
mod mutations;
mod prune;
mod publish;
mod recover;
mod rollback;

use crate::scenario::Scenario;

/// What changes a project as one; mutations have a list of their own. Each transaction is also cut short everywhere and
/// then recovered, see `recover`.
pub(crate) const TRANSACTIONS: &[Scenario] = &[migrate::SCENARIO, rollback::SCENARIO, change::SCENARIO, publish::AGAIN];

/// Every transaction, those of the mutations among them.
fn transactions() -> impl Iterator<Item = &'static Scenario> {
    TRANSACTIONS.iter().chain(mutations::SCENARIOS).chain(fix::SCENARIOS)
}

/// What settles, and what drops records.
const OTHERS: &[Scenario] = &[recover::SCENARIO];

/// What is known not to survive yet, with the reason. These are played only when they are asked for by name.
pub const PENDING: &[(Scenario, &str)] = &[
    (publish::FIRST, "the project folder, which gets the name `build`, is not flushed"),
    (keep_edited::SCENARIO, "what is settled is not swept, so that the next command still finds something to do"),
    (mutations::REMOVAL, "a root that cannot be looked at is taken for one that is not there"),
    (forget::SCENARIO, "what a forgotten record leaves is removed before its new name is on the medium"),
    (prune::SCENARIO, "what a forgotten record leaves is removed before its new name is on the medium"),
    (init::SCENARIO, "what a killed init leaves is not swept"),
];

/// Those that are played unless others are asked for.
pub fn all() -> impl Iterator<Item = &'static Scenario> {
    transactions().chain(OTHERS)
}

/// The scenarios that are known not to survive yet.
pub fn pending() -> impl Iterator<Item = &'static Scenario> {
    PENDING.iter().map(|(scenario, _)| scenario)
}

/// The scenario of this name, pending ones among them.
#[must_use]
pub fn named(name: &str) -> Option<&'static Scenario> {
    all().chain(pending()).find(|scenario| scenario.name == name)
}
