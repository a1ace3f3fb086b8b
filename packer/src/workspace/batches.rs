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
