//! A second reader of projects and archives, to judge the first. It shares no code with the packer and asks for
//! projects without a fault; on any other it may stop with an error or a panic.

mod glyph;
mod header;
mod picture;
mod sound;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value, json};
use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::Path;

/// What a declaration turns into.
struct Bank {
    /// `GLYPH` or `SOUNDS`.
    kind: &'static str,
    payload: Vec<u8>,
    decoded_bytes: usize,
    /// What the format adds to the declared metadata.
    added: Map<String, Value>,
}

/// Checks that the archive and the companions below `build/` are those that the project's files demand, and gives the
/// number of assets. Payloads are compared one by one, so that a large project needs no more memory than a small one.
pub(crate) fn check(project: &Path) -> Result<usize> {
    let mut archive = BufReader::new(File::open(project.join("build/assets.pa")).context("the archive")?);
    let prelude = take(&mut archive, 32).context("the prelude")?;
    let header_bytes = u32::from_le_bytes(prelude[8..12].try_into()?) as usize;
    let header = take(&mut archive, header_bytes).context("the header")?;

    let (mut table, mut preload, mut offset) = (Vec::new(), Vec::new(), 0);
    for (id, root) in included(project)? {
        let declaration = read_json(&root.join("asset.json"))?;
        let bank = bank(&root, &declaration).with_context(|| format!("{}", root.display()))?;
        let there = take(&mut archive, bank.payload.len()).with_context(|| format!("the payload of asset {id}"))?;
        if let Some(at) = (0..there.len()).find(|&at| there[at] != bank.payload[at]) {
            bail!("asset {id} ({}): payload byte {at} is {}, not {}", root.display(), there[at], bank.payload[at]);
        }
        if declaration["preload"]["enabled"] == true {
            preload.push((id, bank.kind));
        }
        table.push(header::entry(id, &declaration, &bank, offset));
        offset += bank.payload.len();
    }
    ensure!(archive.read(&mut [0])? == 0, "bytes after the last payload");

    let expected = json!({ "asset_table": table, "preload": header::slots(&preload) });
    let text = header::canonical(&expected);
    ensure!(header == text.as_bytes(), "header\n{}\nis not\n{text}", String::from_utf8_lossy(&header));
    ensure!(prelude == header::prelude(text.len()), "prelude {prelude:02x?}");
    for (file, member) in [("asset_table.json", "asset_table"), ("preload.json", "preload")] {
        ensure!(read_json(&project.join("build").join(file))? == expected[member], "{file} does not mirror the header");
    }
    Ok(table.len())
}

/// Reads every included asset of a project and gives the number of payload bytes.
pub(crate) fn measure(project: &Path) -> Result<usize> {
    let mut bytes = 0;
    for (_, root) in included(project)? {
        let bank = bank(&root, &read_json(&root.join("asset.json"))?);
        bytes += bank.with_context(|| format!("{}", root.display()))?.payload.len();
    }
    Ok(bytes)
}

/// Id and folder of every asset that takes part in builds, by id.
fn included(project: &Path) -> Result<Vec<(u64, std::path::PathBuf)>> {
    let assets = project.join("assets");
    let registry = read_json(&assets.join(".prometeu/index.json"))?;
    let mut found = Vec::new();
    for entry in registry["assets"].as_array().context("the registry's assets")? {
        // The first version of the registry did not know of participation: every asset took part.
        if entry["included_in_build"] != false {
            let id = entry["asset_id"].as_u64().context("an id")?;
            found.push((id, assets.join(entry["root"].as_str().context("a root")?)));
        }
    }
    found.sort();
    Ok(found)
}

fn bank(root: &Path, declaration: &Value) -> Result<Bank> {
    match declaration["type"].as_str() {
        Some("sound_bank") => sound::bank(root, declaration),
        // Versions 1 and 2 had other words for it.
        Some("glyph_bank" | "tile_bank" | "image_bank") => glyph::bank(root, declaration),
        other => bail!("type {other:?}"),
    }
}

/// The files of a role, in order.
fn files(root: &Path, declaration: &Value, role: &str) -> Vec<std::path::PathBuf> {
    let names = declaration["inputs"][role].as_array().into_iter().flatten();
    names.filter_map(Value::as_str).map(|name| root.join(name)).collect()
}

fn read_json(path: &Path) -> Result<Value> {
    let text = fs::read(path).with_context(|| format!("{}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{}", path.display()))
}

fn take(from: &mut impl Read, bytes: usize) -> Result<Vec<u8>> {
    let mut taken = vec![0; bytes];
    from.read_exact(&mut taken)?;
    Ok(taken)
}
