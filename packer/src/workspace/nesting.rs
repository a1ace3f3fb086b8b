//! Roots inside roots, and roots that several entries claim. Names are compared as the system would that takes the most of
//! them for one, so that nothing moves along with a folder on one system and stays on another.

use super::asset::Asset;
use crate::path::fold;
use std::borrow::Cow;

/// A set of roots, each as written, sorted by its folded form.
#[derive(Debug, Default)]
pub struct Roots<'w>(Vec<(Cow<'w, str>, &'w str)>);

impl<'w> Roots<'w> {
    /// The set of these; one that stands there twice counts twice.
    pub fn of(roots: impl Iterator<Item = &'w str>) -> Roots<'w> {
        let mut all: Vec<(Cow<'w, str>, &'w str)> = roots.map(|root| (folded(root), root)).collect();
        all.sort_unstable();
        Roots(all)
    }

    fn from(&self, folded: &str) -> &[(Cow<'w, str>, &'w str)] {
        &self.0[self.0.partition_point(|row| *row.0 < *folded)..]
    }

    /// One that lies inside `root`.
    #[must_use]
    pub fn inside(&self, root: &str) -> Option<&'w str> {
        let start = format!("{}/", folded(root));
        self.from(&start).first().filter(|row| row.0.starts_with(&start)).map(|row| row.1)
    }

    /// All that `root` lies inside of, the outermost first.
    #[must_use]
    pub fn around(&self, root: &str) -> Vec<&'w str> {
        let folded = folded(root);
        let parents = folded.match_indices('/').map(|(end, _)| &folded[..end]);
        parents
            .flat_map(|parent| self.from(parent).iter().take_while(move |row| row.0 == parent))
            .map(|row| row.1)
            .collect()
    }

    /// How many are exactly `root`.
    #[must_use]
    pub fn count(&self, root: &str) -> usize {
        let folded = folded(root);
        self.from(&folded).iter().take_while(|row| row.0 == folded).filter(|row| row.1 == root).count()
    }
}

/// The folded form; most names have it already.
fn folded(root: &str) -> Cow<'_, str> {
    let is_folded = root.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase());
    if is_folded { Cow::Borrowed(root) } else { Cow::Owned(fold(root)) }
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
