//! What changes in the registry, instead of its new text: that may be long, and a doctor plans many repairs.

use crate::digest::Digest;
use crate::envelope::Tree;
use crate::schema::journal::EntryChange;
use crate::schema::{Registry, RegistryDraft};

/// A change of the registry, from which its new text is made when it is written.
#[derive(Clone, Debug)]
pub struct RegistryEdit {
    entries: Vec<EntryChange>,
    next: Option<u64>,
    digest: Digest,
    bytes: usize,
}

impl RegistryEdit {
    /// These entries change, and `next_asset_id` becomes `next` where it is given.
    pub(super) fn of(registry: &Registry, entries: Vec<EntryChange>, next: Option<u64>) -> RegistryEdit {
        let mut draft = registry.draft();
        change(&mut draft, &entries, next);
        let (digest, bytes) = draft.sum();
        RegistryEdit { entries, next, digest, bytes }
    }

    /// The digest of the new text.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The length of the new text, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The new text, from the old one, which has to be that of the registry that this was planned for.
    #[must_use]
    pub fn text(&self, before: String) -> String {
        let tree = Tree::known_to_parse(before);
        let mut draft = RegistryDraft::of(&tree);
        change(&mut draft, &self.entries, self.next);
        draft.text()
    }
}

fn change(draft: &mut RegistryDraft<'_>, entries: &[EntryChange], next: Option<u64>) {
    for entry in entries {
        if let Some(before) = &entry.before {
            draft.remove(before);
        }
        if let Some(after) = &entry.after {
            draft.add(after);
        }
    }
    if let Some(next) = next {
        draft.set_next(next);
    }
}
