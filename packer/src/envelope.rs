//! Opens an admitted control file: strict JSON, then the version, then nothing. What the members mean is not
//! known here, and no file of an unsupported version gets past this stage.

mod kind;
mod recognise;
pub mod shape;
#[cfg(test)]
mod tests;
mod tree;
mod version;

pub use kind::{Artifact, ReadRange, Window, Windows};
pub use tree::{Node, NodeKind, Tree};

use crate::diagnostic::Diagnostic;
use crate::trust::{Admitted, Limits};
use std::sync::Arc;

/// A control file of a supported version, its members not yet interpreted.
///
/// Nothing but [`open`] makes one, and it takes nothing but what `trust` admitted:
///
/// ```compile_fail,E0308
/// use prometeu_packer::envelope::{self, Artifact, Windows};
/// let _ = envelope::open(b"{}".to_vec(), Artifact::Registry, &Windows::default());
/// ```
#[derive(Debug)]
pub struct Envelope {
    artifact: Artifact,
    version: u16,
    path: Arc<str>,
    tree: Tree,
}

impl Envelope {
    /// What kind of file it is.
    #[must_use]
    pub fn artifact(&self) -> Artifact {
        self.artifact
    }

    /// Its `schema_version`, inside the window.
    #[must_use]
    pub fn version(&self) -> u16 {
        self.version
    }

    /// Relative to the project.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The body.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    pub(crate) fn into_tree(self) -> Tree {
        self.tree
    }
}

/// Reads the version of an admitted file and nothing else.
///
/// # Errors
/// `file/*` and `json/*` for what is no strict JSON object, `version/*` for a version outside the window.
pub fn open(admitted: Admitted, artifact: Artifact, windows: &Windows) -> Result<Envelope, Diagnostic> {
    let (path, bytes, limits) = admitted.into_parts();
    let at = |diagnostic: Diagnostic| diagnostic.at(&*path);
    let text = recognise::text(bytes).map_err(at)?;
    let tree = tree::parse(text, &limits).map_err(at)?;
    let version = version::check(&tree, artifact, windows).map_err(at)?;
    Ok(Envelope { artifact, version, path, tree })
}

/// The text of an admitted file that is no JSON: UTF-8 without a mark, and nothing of what stands in the place of files.
///
/// # Errors
/// `file/*` and `json/encoding`, without the path.
pub(crate) fn text(bytes: Vec<u8>) -> Result<String, Diagnostic> {
    recognise::text(bytes)
}

/// Reads a strict JSON object and keeps only the values down to level `levels`, the object itself being level 0, and at
/// most `values` of them; what lies deeper is checked and forgotten, so that memory does not grow with it.
///
/// # Errors
/// `json/*`; more values than that are `json/too-long`.
pub(crate) fn outline(text: String, levels: usize, values: usize, limits: &Limits) -> Result<Tree, Diagnostic> {
    tree::parse_to(text, levels, values, limits)
}

/// Reads a strict JSON object that is no control file: part of another file, such as the header of an archive, or what
/// a client sent. It has no version of its own; places count from the start of `text`.
///
/// # Errors
/// `json/*`.
pub fn object(text: String, limits: &Limits) -> Result<Tree, Diagnostic> {
    tree::parse(text, limits)
}
