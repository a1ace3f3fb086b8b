//! Roots inside roots, and roots that several entries claim. Names are compared as the system would that takes the most of
//! them for one, so that nothing moves along with a folder on one system and stays on another.

use super::asset::Asset;
use crate::path::{PATH_BYTES_MAX, fold};
use std::borrow::Cow;

/// A set of roots, each once as written, sorted by its folded form.
#[derive(Debug, Default)]
pub struct Roots<'w>(Vec<Row<'w>>);

#[derive(Debug)]
struct Row<'w> {
    folded: Cow<'w, str>,
    written: &'w str,
    /// How often it was given.
    count: usize,
}

impl<'w> Roots<'w> {
    /// The set of these; one that stands there twice counts twice.
    pub fn of(roots: impl Iterator<Item = &'w str>) -> Roots<'w> {
        let mut all: Vec<Row<'w>> = roots.map(|written| Row { folded: fold(written), written, count: 1 }).collect();
        all.sort_unstable_by(|a, b| (&a.folded, a.written).cmp(&(&b.folded, b.written)));
        all.dedup_by(|next, row| {
            let is_same = next.written == row.written;
            row.count += usize::from(is_same);
            is_same
        });
        Roots(all)
    }

    fn from(&self, folded: &str) -> &[Row<'w>] {
        &self.0[self.0.partition_point(|row| *row.folded < *folded)..]
    }

    /// One that lies inside `root`.
    #[must_use]
    pub fn inside(&self, root: &str) -> Option<&'w str> {
        let start = format!("{}/", fold(root));
        self.from(&start).first().filter(|row| row.folded.starts_with(&start)).map(|row| row.written)
    }

    /// All that `root` lies inside of, each once, the outermost first.
    #[must_use]
    pub fn around(&self, root: &str) -> Vec<&'w str> {
        let folded = fold(root);
        // No folder's path is longer; folding makes a letter at most four times as long.
        let ends = folded.match_indices('/').map(|(end, _)| end).take_while(|end| *end <= 4 * PATH_BYTES_MAX);
        let parents = ends.map(|end| &folded[..end]);
        parents
            .flat_map(|parent| self.from(parent).iter().take_while(move |row| row.folded == parent))
            .map(|row| row.written)
            .collect()
    }

    /// How many are exactly `root`.
    #[must_use]
    pub fn count(&self, root: &str) -> usize {
        let folded = fold(root);
        let mut same = self.from(&folded).iter().take_while(|row| row.folded == folded);
        same.find(|row| row.written == root).map_or(0, |row| row.count)
    }
}

/// Whether an asset may need a file of the root `inner`, which lies inside its own.
#[must_use]
pub fn needs(outer: &Asset, inner: &str) -> bool {
    let depth = outer.reference.root.split('/').count();
    let below: Vec<&str> = inner.split('/').skip(depth).collect();
    let start = format!("{}/", fold(&below.join("/")));
    let Some(declaration) = &outer.declaration else { return true };
    declaration.inputs.iter().any(|(_, path)| fold(path).starts_with(&start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_inside_and_around_are_found_whatever_their_case() {
        let roots = Roots::of(["ui", "UI/Font", "uix/font", "a-b", "a/b", "a/b"].into_iter());
        assert_eq!((roots.inside("ui"), roots.inside("a"), roots.inside("a/b")), (Some("UI/Font"), Some("a/b"), None));
        assert_eq!(
            (roots.around("Ui/font/big"), roots.around("ui"), roots.around("a/c")),
            (vec!["ui", "UI/Font"], vec![], vec![])
        );
        assert_eq!((roots.count("a/b"), roots.count("A/b"), roots.count("ui/Font")), (2, 0, 0));
    }
}
