//! `new-step`: everything that a new version of a format needs, put in its place. What it cannot know is marked, and the
//! gate `formats` names each mark until it is gone. The scaffold compiles, and changes nothing in a file but its version.

mod pages;
mod pending;
mod source;
mod workspaces;

use super::made::State;
use super::schema;
use anyhow::{Context, bail};
use camino::Utf8Path;
use clap::ValueEnum;
use pending::Pending;
use prometeu_packer::envelope::Artifact;
use prometeu_packer::envelope::shape::Shape;

/// Stands wherever somebody who knows the new version has to say something; the gate `formats` looks for it.
const MARK: &str = concat!("FILL", " IN:");

/// The flags of `new-step`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct NewStep {
    /// The format that gets a new version
    pub(crate) artifact: Format,
    /// What changes, in a few words: lower case, with `_` between them
    pub(crate) name: String,
}

/// A format whose old versions are brought forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// asset.json
    Asset,
    /// index.json
    Index,
}

/// The version that is begun, and all that its places are found by.
#[derive(Debug)]
struct Version {
    /// `asset`, `index`: how steps, shapes and schemas are called.
    format: &'static str,
    /// The file, as in `asset.json`.
    file: &'static str,
    /// The row of the window table.
    artifact: Artifact,
    /// Where the module that reads it lies, without `.rs`.
    module: &'static str,
    /// The version that goes out.
    old: u16,
    /// The name of the step, as in `asset_v4_what_changes`.
    step: String,
}

impl Version {
    fn next(&self) -> u16 {
        self.old + 1
    }
}

/// The files that were changed, and what is to be done next.
type Scaffold = (Vec<(String, State)>, Vec<String>);

/// Makes every change. Nothing is written when a place is
/// not found.
pub(super) fn scaffold(root: &Utf8Path, asked: &NewStep) -> anyhow::Result<Scaffold> {
    let version = version(asked)?;
    let mut pending = Pending::new(root);
    source::step(&mut pending, &version)?;
    source::shapes(&mut pending, &version)?;
    source::tables(&mut pending, &version)?;
    let schema = schema::of(shape(&version)?, version.next());
    pending.put(&schema.path, schema.text);
    pages::changelog(&mut pending, &version)?;
    pages::formats(&mut pending, &version)?;
    workspaces::outgoing(&mut pending, &version)?;
    workspaces::future(&mut pending, &version)?;
    workspaces::lock(&mut pending, &version)?;
    Ok((pending.write()?, next(&version)))
}

fn version(asked: &NewStep) -> anyhow::Result<Version> {
    let words = |name: &str| name.split('_').all(|word| !word.is_empty() && word.bytes().all(is_word_byte));
    if !words(&asked.name) || !asked.name.starts_with(|c: char| c.is_ascii_lowercase()) {
        bail!("`{}` is no name for a step: use lower-case words with `_` between them", asked.name.escape_debug());
    }
    let (format, artifact, module) = match asked.artifact {
        Format::Asset => ("asset", Artifact::Declaration, "packer/src/schema/declaration"),
        Format::Index => ("index", Artifact::Registry, "packer/src/schema/registry"),
    };
    let old = artifact.written();
    let step = format!("{format}_v{}_{}", old + 1, asked.name);
    Ok(Version { format, file: artifact.name(), artifact, module, old, step })
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

fn shape(version: &Version) -> anyhow::Result<&'static Shape> {
    let shapes = prometeu_packer::schema::shapes();
    let found = shapes.into_iter().find(|shape| shape.format == version.format && shape.version == version.old);
    found.with_context(|| format!("no shape of {} {}", version.file, version.old))
}

fn next(version: &Version) -> Vec<String> {
    vec![
        format!(
            "{} {} is begun; what is left is said by `cargo xtask gate --keep-going`:",
            version.file,
            version.next()
        ),
        format!("- fill in every place that is marked `{MARK}`, and bring reader and shape to the new version"),
        "- `cargo fmt --all`, `cargo xtask schemas` and `cargo xtask docs` write what follows from the code".to_owned(),
        "- the gate `frozen` prints the lines that lock the step and the schema once they are right".to_owned(),
    ]
}
