//! What a plan does to files and folders, one step after the other.

use super::{RegistryEdit, Rewrite};
use crate::digest::Digest;
use crate::path::PortablePath;
use std::borrow::Cow;
use std::sync::Arc;

/// One thing that a transaction does.
#[derive(Clone, Debug)]
pub enum Step {
    /// Gives a file other bytes, makes it or takes it away.
    Replace(Replacement),
    /// Gives a file, or a folder with all that is in it, another name, which must be free.
    Move {
        /// Its name now.
        from: PortablePath,
        /// Its name afterwards.
        to: PortablePath,
    },
    /// Makes a folder.
    MakeFolder(PortablePath),
    /// Takes an empty folder away.
    RemoveFolder(PortablePath),
}

impl Step {
    /// How many bytes it writes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match self {
            Step::Replace(Replacement { after: Some(Content::Edited(edit)), .. }) => edit.bytes(),
            Step::Replace(Replacement { after: Some(content), .. }) => content.bytes(&[]).len(),
            _ => 0,
        }
    }
}

/// A file that changes.
#[derive(Clone, Debug)]
pub struct Replacement {
    /// The file.
    pub path: PortablePath,
    /// The digest of what it holds now, as the plan saw it; `None` when it does not exist.
    pub before: Option<Digest>,
    /// What it is to hold; `None` when it is to go.
    pub after: Option<Content>,
}

/// What a file is to hold.
#[derive(Clone, Debug)]
pub enum Content {
    /// These bytes.
    Bytes(Arc<Vec<u8>>),
    /// The second text of a rewrite, made when it is written; shared with the plan that shows it.
    Rewritten(Arc<Rewrite>),
    /// The registry with some entries changed, made from what it holds when it is written.
    Edited(Arc<RegistryEdit>),
}

impl Content {
    /// All of it, where the file holds `before` now, as the plan saw it.
    #[must_use]
    pub fn bytes(&self, before: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Content::Edited(edit) => Cow::Owned(edit.text(String::from_utf8_lossy(before).into_owned()).into_bytes()),
            Content::Bytes(bytes) => Cow::Borrowed(bytes.as_slice()),
            Content::Rewritten(rewrite) => match rewrite.after() {
                Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
                Cow::Owned(text) => Cow::Owned(text.into_bytes()),
            },
        }
    }

    /// The digest of all of it.
    #[must_use]
    pub fn digest(&self) -> Digest {
        match self {
            Content::Edited(edit) => edit.digest(),
            others => Digest::of(&others.bytes(&[])),
        }
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Content {
        Content::Bytes(bytes.into())
    }
}
