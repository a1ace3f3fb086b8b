//! A project of any size: the showcase many times over, each asset with an identity of its own.

use crate::gate::tree::Tree;
use anyhow::Context;
use camino::Utf8Path;
use std::fmt::Write as _;
use std::fs;

/// Makes a project of so many copies in a folder; gives how many assets it has.
pub(super) fn make(showcase: &Utf8Path, folder: &Utf8Path, copies: u32) -> anyhow::Result<u64> {
    let index = fs::read_to_string(showcase.join("assets/.prometeu/index.json"))?;
    let index: serde_json::Value = serde_json::from_str(&index).context("the showcase has no registry")?;
    let entries = index["assets"].as_array().context("the showcase registers no asset")?;
    let mut lines = Vec::new();
    for copy in 0..copies {
        for entry in entries {
            let id = lines.len() + 1;
            let (root, uuid) = (text(entry, "root")?, text(entry, "asset_uuid")?);
            let own = format!("{id:08x}{}", &uuid[8..]);
            let from = showcase.join("assets").join(root);
            let to = folder.join("assets").join(copy.to_string()).join(root);
            Tree::read(&from)?.write(&to)?;
            let declaration = fs::read_to_string(from.join("asset.json"))?;
            fs::write(to.join("asset.json"), copied(&declaration, uuid, &own, id)?)?;
            let included = entry["included_in_build"].as_bool().unwrap_or(true);
            lines.push(format!(
                r#"    {{"asset_id":{id},"asset_uuid":"{own}","included_in_build":{included},"root":"{copy}/{root}"}}"#
            ));
        }
    }
    let mut registry = String::new();
    let next = lines.len() + 1;
    write!(
        registry,
        "{{\n  \"schema_version\": 2,\n  \"next_asset_id\": {next},\n  \"assets\": [\n{}\n  ]\n}}\n",
        lines.join(",\n")
    )?;
    fs::create_dir_all(folder.join("assets/.prometeu"))?;
    fs::write(folder.join("assets/.prometeu/index.json"), registry)?;
    Ok(lines.len() as u64)
}

/// A declaration with another uuid and name, and nothing preloaded: there are few slots for that.
fn copied(declaration: &str, uuid: &str, own: &str, id: usize) -> anyhow::Result<String> {
    let value: serde_json::Value = serde_json::from_str(declaration)?;
    let name = text(&value, "name")?;
    let text = declaration.replace(uuid, own).replace("\"enabled\": true", "\"enabled\": false");
    Ok(text.replacen(&format!("\"name\": \"{name}\""), &format!("\"name\": \"a{id}\""), 1))
}

fn text<'v>(value: &'v serde_json::Value, member: &str) -> anyhow::Result<&'v str> {
    value[member].as_str().with_context(|| format!("the showcase has something without `{member}`"))
}
