//! Packs the colour sets of tiles into few palettes. It knows colours as numbers only.

use super::PALETTE_COLOURS;
use std::collections::{BTreeMap, BTreeSet};

/// Colours of a palette that pixels can use: entry 0 stands for transparency.
pub(super) const PALETTE_ROOM: usize = PALETTE_COLOURS - 1;

/// Palettes of at most [`PALETTE_ROOM`] colours such that each set, none of them larger than that, lies in one of them;
/// a single empty palette when there are no sets. Equal sets give equal palettes.
///
/// This is bin packing with overlapping items, which is NP-hard, so it is done greedily, one palette after the other. The
/// largest set that is left begins a palette. Then, as long as one fits, the set is added that the palette already holds
/// the most of: first those that lie in it altogether, then by the most common colours, the fewest new ones, and
/// the lowest values. Two finished palettes never fit into one: a set of the later one would have fit into the earlier.
pub(super) fn pack(sets: &BTreeSet<Vec<u16>>) -> Vec<Vec<u16>> {
    let mut left: Vec<&Vec<u16>> = sets.iter().collect();
    left.sort_by_key(|set| std::cmp::Reverse(set.len()));
    let mut palettes: Vec<BTreeSet<u16>> = Vec::new();
    while !left.is_empty() {
        let mut palette: BTreeSet<u16> = left.remove(0).iter().copied().collect();
        let mut held = vec![false; 1 << 16];
        palette.iter().for_each(|&colour| held[usize::from(colour)] = true);
        loop {
            let mut best: Option<(usize, usize, usize)> = None;
            left.retain(|set| set.iter().any(|&colour| !held[usize::from(colour)]));
            for (at, set) in left.iter().enumerate() {
                let common = set.iter().filter(|&&colour| held[usize::from(colour)]).count();
                let new = set.len() - common;
                let is_better = best.is_none_or(|(_, most, fewest)| (common, fewest) > (most, new));
                if palette.len() + new <= PALETTE_ROOM && is_better {
                    best = Some((at, common, new));
                }
            }
            let Some((at, ..)) = best else { break };
            for &colour in left.remove(at) {
                held[usize::from(colour)] = true;
                palette.insert(colour);
            }
        }
        palettes.push(palette);
    }
    if palettes.is_empty() {
        palettes.push(BTreeSet::new());
    }
    in_common_order(&palettes)
}

/// Gives the colours of each palette an order: those that most palettes have come first, so that a common colour has
/// the same index wherever that is possible, and a tile's indices rarely depend on which palette serves it.
fn in_common_order(palettes: &[BTreeSet<u16>]) -> Vec<Vec<u16>> {
    let mut owners: BTreeMap<u16, usize> = BTreeMap::new();
    palettes.iter().flatten().for_each(|&colour| *owners.entry(colour).or_default() += 1);
    let ordered = |palette: &BTreeSet<u16>| {
        let mut colours: Vec<u16> = palette.iter().copied().collect();
        colours.sort_by_key(|colour| (std::cmp::Reverse(owners[colour]), *colour));
        colours
    };
    palettes.iter().map(ordered).collect()
}
