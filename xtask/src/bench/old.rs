//! A project whose declarations are all of the oldest version, and made so again after each migration. Its inputs are
//! there and hold nothing: a migration never opens them.

use super::scratch::Scratch;
use anyhow::Context;
use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// A declaration as the first packers wrote it; it will never change.
const DECLARATION: &str = include_str!("../../../fixtures/frozen/asset-1-index-1/assets/ui/atlas/asset.json");
/// Its name and its inputs.
const NAME: &str = "ui_atlas";
const INPUTS: [&str; 3] = ["tiles/a.png", "tiles/b.png", "colours.gpl"];
/// Assets that lie in one folder, so that no folder is a list of all.
const TOGETHER: u32 = 100;

/// Makes a project of this many registered assets.
///
/// # Errors
/// When it cannot be written.
pub(super) fn project(assets: u32) -> anyhow::Result<Scratch> {
    let scratch = Scratch::new()?;
    for at in 0..assets {
        let root = scratch.folder().join("assets").join(root(at));
        fs::create_dir_all(root.join("tiles"))?;
        for input in INPUTS {
            fs::write(root.join(input), "")?;
        }
    }
    fs::create_dir_all(control(&scratch))?;
    write_control(&scratch, assets)?;
    Ok(scratch)
}

/// Brings the control files back to the oldest versions if a migration left a record of having changed them, and drops
/// that. Then waits until nothing of it is on its way to the disk.
///
/// # Errors
/// When something cannot be removed or written.
pub(super) fn make_old(scratch: &Scratch, assets: u32) -> anyhow::Result<()> {
    let record = control(scratch).join("txn");
    if record.exists() {
        fs::remove_dir_all(record).context("could not drop the record of a migration")?;
        write_control(scratch, assets)?;
    }
    scratch.settle();
    Ok(())
}

fn write_control(scratch: &Scratch, assets: u32) -> anyhow::Result<()> {
    let (mut entries, mut comma) = (String::new(), "");
    for at in 0..assets {
        let declaration = DECLARATION.replace(NAME, &format!("asset_{at}"));
        write(&scratch.folder().join("assets").join(root(at)).join("asset.json"), &declaration)?;
        let (id, uuid, root) = (at + 1, uuid(at), root(at));
        write!(entries, "{comma}\n    {{\"asset_id\":{id},\"asset_uuid\":\"{uuid}\",\"root\":\"{root}\"}}")?;
        comma = ",";
    }
    let next = assets + 1;
    let registry =
        format!("{{\n  \"schema_version\": 1,\n  \"next_asset_id\": {next},\n  \"assets\": [{entries}\n  ]\n}}\n");
    write(&control(scratch).join("index.json"), &registry)
}

/// Writes a new file under the name: one that is written over in place would be flushed by some systems, and slowly.
fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    fs::write(path, text).with_context(|| format!("could not write {}", path.display()))
}

fn control(scratch: &Scratch) -> PathBuf {
    scratch.folder().join("assets/.prometeu")
}

fn root(at: u32) -> String {
    format!("g{:04}/a{at:06}", at / TOGETHER)
}

fn uuid(at: u32) -> String {
    format!("{at:08x}-b1c9-4a52-8e3f-5d7c90e2a641")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says where it failed by panicking")]

    use super::*;

    #[test]
    fn a_project_is_made_old_again() {
        let scratch = project(3).unwrap();
        let declaration = scratch.folder().join("assets/g0000/a000002/asset.json");
        let old = fs::read_to_string(&declaration).unwrap();
        assert!(old.contains("\"asset_2\"") && !old.contains(NAME), "{old}");
        assert!(INPUTS.iter().all(|input| old.contains(input)), "{old}");
        fs::write(&declaration, "new").unwrap();
        fs::create_dir_all(control(&scratch).join("txn/one")).unwrap();
        make_old(&scratch, 3).unwrap();
        assert_eq!(fs::read_to_string(&declaration).unwrap(), old);
        assert!(!control(&scratch).join("txn").exists());
        let registry: serde_json::Value =
            serde_json::from_slice(&fs::read(control(&scratch).join("index.json")).unwrap()).unwrap();
        assert_eq!((registry["assets"].as_array().unwrap().len(), &registry["next_asset_id"]), (3, &4.into()));
    }
}
