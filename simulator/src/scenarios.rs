//! Every scenario, one file each. To add one: write its file, and put it into one of these lists.

mod forget;
mod init;
mod keep_edited;
mod migrate;
mod prune;
mod publish;
mod recover;
mod rollback;

use crate::scenario::Scenario;

/// What changes a project as one. Each of them is also cut short everywhere and then recovered, see `recover`.
pub(crate) const TRANSACTIONS: &[Scenario] = &[migrate::SCENARIO, rollback::SCENARIO];

/// What settles, and what drops records.
const OTHERS: &[Scenario] = &[recover::SCENARIO, keep_edited::SCENARIO];

/// What is known not to survive yet, with the reason. These are played only when they are asked for by name.
pub const PENDING: &[(Scenario, &str)] = &[
    (publish::SCENARIO, "the four outputs of a build are not published as one transaction yet"),
    (forget::SCENARIO, "a record that is half removed is not finished by the next command"),
    (prune::SCENARIO, "a record that is half removed is not finished by the next command"),
    (init::SCENARIO, "what a killed init leaves is not swept"),
];

/// Those that are played unless others are asked for.
pub fn all() -> impl Iterator<Item = &'static Scenario> {
    TRANSACTIONS.iter().chain(OTHERS)
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
