//! What a project declares, read with nothing but a JSON parser. It believes every name: it is for a copy of a
//! project that the packer has accepted.

use anyhow::Context;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The file that makes a folder an asset root.
pub(super) const DECLARATION: &str = "asset.json";

/// A registered asset.
pub(super) struct Asset {
    root: PathBuf,
    /// Whether a build packs it.
    pub(super) included_in_build: bool,
}

/// What becomes of an input's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// A picture: decoded, and indexed into a sheet.
    Decoded,
    /// A sound or a raw payload: its bytes go into the archive.
    Copied,
    /// A palette: read, and gone.
    Read,
}

/// The registered assets in the order of the registry.
///
/// # Errors
/// When the registry cannot be read or is none.
pub(super) fn registered(project: &Path) -> anyhow::Result<Vec<Asset>> {
    let assets = project.join("assets");
    let registry = parse(&assets.join(".prometeu/index.json"))?;
    let entries = registry["assets"].as_array().context("the registry has no list of assets")?;
    entries
        .iter()
        .map(|entry| {
            let root = entry["root"].as_str().context("an entry of the registry has no root")?;
            let included_in_build = entry["included_in_build"].as_bool().unwrap_or(true);
            Ok(Asset { root: assets.join(root), included_in_build })
        })
        .collect()
}

impl Asset {
    /// The path of its declaration.
    pub(super) fn declaration(&self) -> PathBuf {
        self.root.join(DECLARATION)
    }

    /// Its inputs, role by role.
    ///
    /// # Errors
    /// When the declaration cannot be read or has none.
    pub(super) fn inputs(&self) -> anyhow::Result<Vec<(Use, PathBuf)>> {
        let declaration = parse(&self.declaration())?;
        let roles = declaration["inputs"].as_object().context("a declaration has no inputs")?;
        let files = roles.iter().flat_map(|(role, list)| {
            let becomes = match role.as_str() {
                "sprites" => Use::Decoded,
                "palettes" => Use::Read,
                _ => Use::Copied,
            };
            let names = list.as_array().into_iter().flatten().filter_map(Value::as_str);
            names.map(move |name| (becomes, self.root.join(name)))
        });
        Ok(files.collect())
    }
}

fn parse(file: &Path) -> anyhow::Result<Value> {
    let text = fs::read(file).with_context(|| format!("could not read {}", file.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("could not parse {}", file.display()))
}
