//! Many files, a batch at a time.

use rayon::prelude::*;

/// So many files are on their way at once, each with all that is needed for it until it is read.
const BATCH: usize = 4096;

/// Makes something of each item, side by side, and hands it on in the order of the list.
pub(crate) fn in_batches<T: Send, U: Send>(
    list: impl ExactSizeIterator<Item = T>,
    make: impl Fn(T) -> U + Sync,
    mut take: impl FnMut(U),
) {
    let mut rest = list;
    while rest.len() > 0 {
        let batch: Vec<T> = rest.by_ref().take(BATCH).collect();
        let made: Vec<U> = batch.into_par_iter().map(&make).collect();
        made.into_iter().for_each(&mut take);
    }
}

#[cfg(test)]
mod tests {
    use super::{BATCH, in_batches};

    #[test]
    fn every_item_is_handed_on_once_and_in_order_however_many_there_are() {
        for count in [0, 1, BATCH, BATCH + 1, 3 * BATCH - 1] {
            let mut taken = Vec::new();
            in_batches(0..count, |item| item * 2, |made| taken.push(made));
            assert_eq!(taken, (0..count).map(|item| item * 2).collect::<Vec<_>>());
        }
    }
}
