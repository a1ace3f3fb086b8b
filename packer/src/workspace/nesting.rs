//! Roots inside roots, and roots that several entries claim. Names are compared as the system would that takes the most of
//! them for one, so that nothing moves along with a folder on one system and stays on another.

use super::asset::Asset;
use crate::path::fold;
use std::collections::BTreeMap;

/// A set of roots, each as written, found by its folded form.
#[derive(Debug, Default)]
pub struct Roots<'w>(BTreeMap<String, Vec<&'w str>>);

impl<'w> Roots<'w> {
    /// The set of these; one that stands there twice counts twice.
    pub fn of(roots: impl Iterator<Item = &'w str>) -> Roots<'w> {
        let mut found: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        roots.for_each(|root| found.entry(fold(root)).or_default().push(root));
        Roots(found)
    }

    /// One that lies inside `root`.
    #[must_use]
    pub fn inside(&self, root: &str) -> Option<&'w str> {
        let start = format!("{}/", fold(root));
        let (found, roots) = self.0.range(start.clone()..).next()?;
        roots.first().copied().filter(|_| found.starts_with(&start))
    }

    /// All that `root` lies inside of, the outermost first.
    #[must_use]
    pub fn around(&self, root: &str) -> Vec<&'w str> {
        let folded = fold(root);
        let parents = folded.match_indices('/').map(|(end, _)| &folded[..end]);
        parents.filter_map(|parent| self.0.get(parent)).flatten().copied().collect()
    }

    /// How many are exactly `root`.
    #[must_use]
    pub fn count(&self, root: &str) -> usize {
        self.0.get(&fold(root)).map_or(0, |roots| roots.iter().filter(|found| **found == root).count())
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
