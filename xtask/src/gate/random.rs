//! Chance that can be repeated: a seed, printed by the gates that use it, and a small generator.

use anyhow::Context;
use std::time::{SystemTime, UNIX_EPOCH};

/// Repeats the choices of an earlier run.
pub(crate) const SEED: &str = "PROMETEU_SEED";
/// Leaves nothing to chance: everything is tried.
pub(crate) const COMPLETE: &str = "PROMETEU_COMPLETE";

/// The seed that the environment asks for, or one from the clock.
///
/// # Errors
/// When it is no number.
pub(crate) fn seed() -> anyhow::Result<u64> {
    match std::env::var(SEED) {
        Ok(text) => text.parse().with_context(|| format!("{SEED} is no number")),
        Err(_) => Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs()),
    }
}

/// Whether the environment asks for everything.
pub(crate) fn is_complete() -> bool {
    std::env::var(COMPLETE).is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
}

/// A small generator (SplitMix64, Steele et al. 2014): the same seed gives the same shuffles and times anywhere.
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// A generator that repeats itself for the same seed.
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// A number below `bound`, which is not 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    /// Puts the items into another order (Fisher and Yates).
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u64 + 1) as usize);
        }
    }
}
