//! The text that a control file has, and the one that it gets.

use crate::digest::Digest;
use crate::envelope::{Artifact, Tree};
use crate::migrate::{self, Known, Migrated};
use crate::schema::registry_text;
use std::borrow::Cow;
use uuid::Uuid;

/// What stands in a plan for a uuid that is minted when the plan is applied.
pub const MINTED_ON_APPLY: &str = "(minted on apply)";

/// Both texts of a file. What a migration makes of one is made again whenever it is asked for: a hundred thousand files
/// change at once, and each would be held twice.
#[derive(Clone, Debug)]
pub struct Rewrite {
    before: Box<str>,
    after: After,
}

#[derive(Clone, Debug)]
enum After {
    Text(Box<str>),
    Migrated { artifact: Artifact, from: u16, uuid: NewUuid },
}

/// The uuid that a migration writes into a declaration.
#[derive(Clone, Copy, Debug)]
pub(super) enum NewUuid {
    /// None; the file has its own, or is no declaration.
    Unneeded,
    /// This one.
    Known(Uuid),
    /// One that is yet to be minted.
    Open,
}

impl NewUuid {
    /// What the steps of a migration are told.
    pub(super) fn known(self) -> Known {
        let asset_uuid = match self {
            NewUuid::Unneeded => None,
            NewUuid::Known(uuid) => Some(uuid.to_string()),
            NewUuid::Open => Some(MINTED_ON_APPLY.to_owned()),
        };
        Known { asset_uuid }
    }
}

impl Rewrite {
    /// From one text to another.
    #[must_use]
    pub fn new(before: impl Into<Box<str>>, after: impl Into<Box<str>>) -> Rewrite {
        Rewrite { before: before.into(), after: After::Text(after.into()) }
    }

    /// From a text that was migrated with `uuid` to what comes out, and the digest of that.
    pub(super) fn migrated(migrated: Migrated, uuid: NewUuid) -> (Rewrite, Digest) {
        let (artifact, from) = (migrated.artifact(), migrated.from());
        let before = migrated.tree().text_on_disk().into();
        let after = Digest::of(text_to_write(artifact, migrated.into_tree()).as_bytes());
        (Rewrite { before, after: After::Migrated { artifact, from, uuid } }, after)
    }

    /// The text that the file has.
    #[must_use]
    pub fn before(&self) -> &str {
        &self.before
    }

    /// The text that the file gets; [`MINTED_ON_APPLY`] stands in it for a uuid yet to be minted.
    #[must_use]
    pub fn after(&self) -> Cow<'_, str> {
        match &self.after {
            After::Text(text) => Cow::Borrowed(text),
            After::Migrated { artifact, from, uuid } => {
                let tree = migrate::again(&self.before, *artifact, *from, &uuid.known());
                Cow::Owned(text_to_write(*artifact, tree))
            }
        }
    }
}

/// What is written of a file that was brought forward: the registry as this packer spells it, a declaration as it is.
fn text_to_write(artifact: Artifact, tree: Tree) -> String {
    match artifact {
        Artifact::Registry => registry_text(&tree),
        _ => tree.into_text(),
    }
}
