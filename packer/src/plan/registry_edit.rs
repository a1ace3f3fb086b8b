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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::RegistryEdit;
    use crate::digest::Digest;
    use crate::disk::memory::MemoryDisk;
    use crate::event::Silent;
    use crate::schema::journal::EntryChange;
    use crate::workspace::{Options, load};
    use fixtures::INDEX;
    use fixtures::broken::both;

    #[test]
    fn what_is_written_is_what_was_planned() {
        let files = both();
        let disk = MemoryDisk::new(files.iter().map(|(path, bytes)| (path, bytes.to_vec())));
        let registry = load(&disk, &Options::default(), &Silent).registry.unwrap();
        let lines: Vec<String> = registry.draft().lines().map(str::to_owned).collect();
        let [ui, sfx] = &lines[..] else { unreachable!("two assets") };
        let entries = vec![
            EntryChange { before: Some(ui.clone()), after: None },
            EntryChange { before: Some(sfx.clone()), after: Some(sfx.replace("\"sfx\"", "\"sounds/one\"")) },
        ];
        let edit = RegistryEdit::of(&registry, entries, Some(7));
        let text = edit.text(String::from_utf8(files.get(INDEX).unwrap().to_vec()).unwrap());
        assert_eq!((edit.digest(), edit.bytes()), (Digest::of(text.as_bytes()), text.len()));
        assert!(
            text.contains("\"next_asset_id\": 7") && text.contains("\"sounds/one\"") && !text.contains("\"ui\""),
            "{text}"
        );
    }
}
