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
pub(crate) const TRANSACTIONS: &[Scenario] =
    &[migrate::SCENARIO, rollback::SCENARIO, change::SCENARIO, publish::FIRST, publish::AGAIN];

/// Every transaction on a project that can be read, those of the mutations among them.
fn transactions() -> impl Iterator<Item = &'static Scenario> {
    TRANSACTIONS.iter().chain(mutations::SCENARIOS).chain(fix::SCENARIOS)
}

/// What settles, what drops records, and what makes a project.
const OTHERS: &[Scenario] =
    &[recover::SCENARIO, recover::LOST, keep_edited::SCENARIO, forget::SCENARIO, prune::SCENARIO, init::SCENARIO];

/// Every scenario.
pub fn all() -> impl Iterator<Item = &'static Scenario> {
    transactions().chain(fix::LOST).chain(OTHERS)
}

/// The scenario of this name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Scenario> {
    all().find(|scenario| scenario.name == name)
}
