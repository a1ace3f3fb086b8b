//! The changes that are killed: each a command with the project it starts from, and what that was and is to become.

use super::{said, succeed};
use crate::gate::tree::Tree;
use anyhow::{Context, bail};
use camino::Utf8Path;
use serde_json::Value;

/// A command that changes a project.
#[derive(Clone, Debug)]
pub(super) struct Change {
    /// What it is called in notes.
    pub(super) name: &'static str,
    /// The command's arguments.
    pub(super) arguments: Vec<String>,
    /// The project it is given in.
    pub(super) start: Tree,
    /// What a user sees of that.
    pub(super) before: Tree,
    /// What a user sees afterwards.
    pub(super) after: Tree,
}

/// Every change, played through once below `place`.
pub(super) fn changes(program: &Utf8Path, place: &Utf8Path) -> anyhow::Result<Vec<Change>> {
    let folder = place.join("whole");
    let play = |name, arguments: &[&str], start: &Tree| -> anyhow::Result<(Change, Value)> {
        start.write(&folder)?;
        let output = succeed(program, &[arguments, &["--format", "json"]].concat(), &folder)?;
        let report = serde_json::from_slice(&output.stdout)
            .with_context(|| format!("`{}` gave no JSON: {}", arguments.join(" "), said(&output)))?;
        let after = Tree::read(&folder)?;
        let change = Change {
            name,
            arguments: arguments.iter().map(|&argument| argument.to_owned()).collect(),
            start: start.clone(),
            before: start.without_records(),
            after: after.without_records(),
        };
        if change.before == change.after {
            bail!("`{}` changed nothing, so killing it proves nothing", arguments.join(" "));
        }
        Ok((change, report))
    };
    let clear = || std::fs::remove_dir_all(&folder).with_context(|| format!("could not remove {folder}"));
    let (migrate, report) = play("migrate", &["migrate", "--apply"], &old())?;
    let migrated = Tree::read(&folder)?;
    clear()?;
    let id = report["result"]["migration_id"].as_str().context("the migration has no id")?;
    let (rollback, _) = play("rollback", &["migrate", "--rollback", id, "--apply"], &migrated)?;
    clear()?;
    let (relocate, report) = play("relocate", &["relocate", "bank_1", "music/first", "--apply"], &migrated)?;
    let relocated = Tree::read(&folder)?;
    clear()?;
    let id = report["result"]["transaction_id"].as_str().context("the move has no id")?;
    let (undo, _) = play("undo", &["undo", id, "--apply"], &relocated)?;
    clear()?;
    let (remove, _) = play("remove", &["remove", "bank_2", "--confirm", "bank_2", "--apply"], &migrated)?;
    clear()?;
    let (quarantine, _) = play("quarantine", &["quarantine", "bank_3", "--apply"], &migrated)?;
    clear()?;
    let (fix, _) = play("fix", &["doctor", "--workspace", "--fix", "--apply"], &untidy(migrated.clone()))?;
    clear()?;
    let (first_build, _) = play("first build", &["build"], &old())?;
    let built = Tree::read(&folder)?.with("assets/sfx/1/a.wav", sound(900));
    clear()?;
    let (build, _) = play("build", &["build"], &built)?;
    clear()?;
    Ok(vec![migrate, rollback, relocate, undo, remove, quarantine, fix, first_build, build])
}

/// Three sound banks as old packers declared them, and their registry.
fn old() -> Tree {
    let entry = |at: usize| format!("    {{\"asset_id\":{at},\"asset_uuid\":\"{}\",\"root\":\"sfx/{at}\"}}", uuid(at));
    let registry = format!(
        "{{\n  \"schema_version\": 1,\n  \"next_asset_id\": 4,\n  \"assets\": [\n{}\n  ]\n}}\n",
        [1, 2, 3].map(entry).join(",\n")
    );
    let mut tree = Tree::default().with("assets/.prometeu/index.json", registry);
    for at in [1, 2, 3] {
        let declaration = format!(
            "{{\n  \"schema_version\": 1,\n  \"name\": \"bank_{at}\",\n  \"type\": \"sound_bank\",\n  \"inputs\": {{ \
             \"sources\": [\"a.wav\"] }},\n  \"output\": {{ \"format\": \"SOUNDS/pcm16le_v1\", \"codec\": \"RAW\", \
             \"metadata\": {{}} }},\n  \"preload\": {{ \"enabled\": false }}\n}}\n"
        );
        tree = tree.with(&format!("assets/sfx/{at}/asset.json"), declaration);
        tree = tree.with(&format!("assets/sfx/{at}/a.wav"), sound(600));
    }
    tree
}

/// The project with two declarations that are not laid out as the packer does, and a cache of nobody.
fn untidy(tree: Tree) -> Tree {
    let declaration = |at: usize| {
        format!(
            "{{\"schema_version\": 3, \"asset_uuid\": \"{}\", \"name\": \"bank_{at}\", \"type\": \"sound_bank\", \
             \"inputs\": {{\"sources\": [\"a.wav\"]}}, \"output\": {{\"format\": \"SOUNDS/pcm16le_v1\", \"codec\": \
             \"NONE\", \"metadata\": {{}}}}, \"preload\": {{\"enabled\": false}}}}\n",
            uuid(at)
        )
    };
    let tree = tree.with("assets/.prometeu/cache.json", "no cache");
    [1, 2].into_iter().fold(tree, |tree, at| tree.with(&format!("assets/sfx/{at}/asset.json"), declaration(at)))
}

fn uuid(at: usize) -> String {
    format!("0c6e8a5e-3c0e-4f57-8d0b-{at:012x}")
}

/// A WAV file of so many mono frames, 16 bits each.
fn sound(frames: u32) -> Vec<u8> {
    let (rate, data): (u32, Vec<u8>) =
        (44_100, (0..frames).flat_map(|at| ((at % 97 * 300) as i16).to_le_bytes()).collect());
    let mut file = b"RIFF".to_vec();
    file.extend((36 + data.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(rate.to_le_bytes());
    file.extend((rate * 2).to_le_bytes());
    file.extend(b"\x02\0\x10\0data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}
