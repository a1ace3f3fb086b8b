//! What a power loss leaves of a tree.

use super::tree::{Stored, Tree};
use std::collections::BTreeMap;

impl Tree {
    /// The tree after a power loss, all of it durable.
    pub(super) fn after_power_loss(mut self, seed: u64) -> Tree {
        let mut random = SplitMix(seed);
        for file in self.files.values_mut() {
            let left = survivor(file, &mut random);
            *file = Stored { visible: left.clone(), durable: left };
        }
        self.keep_some_changes(&mut random);
        for names in self.folders.values_mut() {
            names.visible.clone_from(&names.durable);
        }
        self
    }

    /// Each folder's log survives up to a point; a change in several logs needs to lie before the point in all.
    fn keep_some_changes(&mut self, random: &mut SplitMix) {
        let mut left: BTreeMap<u64, u64> = BTreeMap::new();
        let pending = std::mem::take(&mut self.pending);
        for folder in pending.iter().flat_map(|pending| &pending.touches) {
            *left.entry(*folder).or_default() += 1;
        }
        for count in left.values_mut() {
            *count = random.below(*count + 1);
        }
        for change in &pending {
            let survives = change.touches.iter().all(|folder| left.get(folder).is_some_and(|count| *count > 0));
            for folder in &change.touches {
                // Whatever comes later in these logs is lost with it.
                left.entry(*folder).and_modify(|count| *count = if survives { count.saturating_sub(1) } else { 0 });
            }
            if survives {
                self.make_durable(change);
            }
        }
    }
}

fn survivor(file: &Stored<Vec<u8>>, random: &mut SplitMix) -> Vec<u8> {
    if file.visible == file.durable {
        return file.durable.clone();
    }
    match random.below(4) {
        0 => file.durable.clone(),
        1 => file.visible.clone(),
        2 => {
            let length = random.below(file.visible.len() as u64);
            file.visible.iter().take(usize::try_from(length).unwrap_or(usize::MAX)).copied().collect()
        }
        _ => vec![0; file.visible.len()],
    }
}

/// The generator SplitMix64 of Steele, Lea and Flood (2014).
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`, 0 when there is none.
    fn below(&mut self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap_or(0)
    }
}
