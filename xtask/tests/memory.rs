//! What the commands hold in memory for an asset, so that a hundred thousand of them fit into 128 MiB. Measured on two sizes
//! of one project, as what a command holds in any case would hide it on one.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;
use wait4::Wait4 as _;

/// Assets of the two projects: what is promised over two to the fifth and to the third, so that lists and tables that double as
/// they grow have as much to spare here as there.
const SIZES: [u64; 2] = [3_125, 12_500];
/// The size that is promised, and the memory that it may take.
const MANY: u64 = 100_000;
const BOUND: u64 = 128 << 20;
/// Files that are younger are read once more by the next build, which then holds what a build holds that writes.
const YOUNG: Duration = Duration::from_secs(3);
/// The allocator's chance in hundredths.
const CHANCE: u64 = 120;

/// Commands, in this order: those behind [`BUILD`] find what it left.
const COMMANDS: [&[&str]; 9] = [
    &["list"],
    &["doctor"],
    &["doctor", "--workspace"],
    &["migrate", "--check"],
    &["build", "--check", "--full"],
    &["build", "--full"],
    &["build"],
    &["doctor"],
    &["exclude", "5", "--apply"],
];
/// What it has under way has a bound of its own, which the smaller project does not reach: the two sizes say nothing of it.
const BUILD: usize = 5;
/// Commands on the same project once every declaration in it is old.
const ON_OLD_FILES: [&[&str]; 4] = [&["list"], &["doctor"], &["migrate", "--check"], &["migrate", "--apply"]];

#[test]
fn a_hundred_thousand_assets_fit_into_128_mib() {
    let folder = tempfile::tempdir().unwrap();
    let [small, large] = SIZES.map(|assets| {
        let project = folder.path().join(assets.to_string());
        make(&project, assets);
        thread::sleep(YOUNG);
        let current = COMMANDS.map(|words| peak_bytes(words, &project));
        (1..=assets).for_each(|id| fs::write(folder_of(&project, id).join("asset.json"), old_declaration(id)).unwrap());
        [current.to_vec(), ON_OLD_FILES.map(|words| peak_bytes(words, &project)).to_vec()].concat()
    });
    let (mut told, mut is_too_much) = (Vec::new(), false);
    for (at, words) in COMMANDS.iter().chain(&ON_OLD_FILES).enumerate().filter(|(at, _)| *at != BUILD) {
        let an_asset = large[at].saturating_sub(small[at]) / (SIZES[1] - SIZES[0]);
        let expected = large[at] + an_asset * (MANY - SIZES[1]);
        is_too_much |= expected * 100 > BOUND * CHANCE;
        let when = if at < COMMANDS.len() { "" } else { ", all files old" };
        told.push(format!("`{}`{when}: {an_asset} bytes an asset, {} MiB in all", words.join(" "), expected >> 20));
    }
    assert!(!is_too_much, "{MANY} assets: {}", told.join("; "));
}

/// The most that a command had in memory at once. The system counts what this process has, too, which is little.
fn peak_bytes(words: &[&str], project: &Path) -> u64 {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(words).arg("--project").arg(project).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let used = command.spawn().unwrap().wait4().unwrap();
    // `migrate --check` says by 1 that files are old.
    assert!(matches!(used.status.code(), Some(0 | 1)), "{words:?}: {}", used.status);
    used.rusage.maxrss
}

/// A project of sounds with a handful of samples, so that nearly all of it is the cost of an asset.
fn make(project: &Path, assets: u64) {
    let mut registry = format!("{{\n  \"schema_version\": 2,\n  \"next_asset_id\": {},\n  \"assets\": [\n", assets + 1);
    for id in 1..=assets {
        let uuid = format!("{id:08x}-0000-4000-8000-000000000000");
        let root = root_of(id);
        let folder = folder_of(project, id);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("a.wav"), wav(id)).unwrap();
        fs::write(folder.join("asset.json"), declaration(&uuid, id)).unwrap();
        let comma = if id == assets { "" } else { "," };
        writeln!(
            registry,
            r#"    {{"asset_id":{id},"asset_uuid":"{uuid}","included_in_build":true,"root":"{root}"}}{comma}"#
        )
        .unwrap();
    }
    registry.push_str("  ]\n}\n");
    fs::create_dir_all(project.join("assets/.prometeu")).unwrap();
    fs::write(project.join("assets/.prometeu/index.json"), registry).unwrap();
}

fn root_of(id: u64) -> String {
    format!("set{:03}/bank{id:06}", id / 1000)
}

fn folder_of(project: &Path, id: u64) -> PathBuf {
    project.join("assets").join(root_of(id))
}

/// The same in version 1, whose uuid stands in the registry alone.
fn old_declaration(id: u64) -> String {
    let current = declaration("", id).replace("\"schema_version\": 3", "\"schema_version\": 1");
    let old = current.replace("\"NONE\"", "\"RAW\"").replace("  \"asset_uuid\": \"\",\n", "");
    old.replace(",\n  \"build\": {}", "")
}

fn declaration(uuid: &str, id: u64) -> String {
    format!(
        r#"{{
  "schema_version": 3,
  "asset_uuid": "{uuid}",
  "name": "bank_{id:06}",
  "type": "sound_bank",
  "inputs": {{
    "sources": [
      "a.wav"
    ]
  }},
  "output": {{
    "format": "SOUNDS/pcm16le_v1",
    "codec": "NONE",
    "metadata": {{}}
  }},
  "preload": {{
    "enabled": false
  }},
  "build": {{}}
}}
"#
    )
}

/// Eight samples that no other asset has.
fn wav(id: u64) -> Vec<u8> {
    let samples = [id.to_le_bytes(), id.to_be_bytes()].concat();
    let spec = [
        &16_u32.to_le_bytes()[..],
        &[1, 0, 1, 0],
        &44_100_u32.to_le_bytes(),
        &88_200_u32.to_le_bytes(),
        &[2, 0, 16, 0],
    ]
    .concat();
    let size = u32::try_from(samples.len()).unwrap();
    let head = [b"RIFF", &(36 + size).to_le_bytes()[..], b"WAVEfmt ", &spec, b"data", &size.to_le_bytes()].concat();
    [head, samples].concat()
}
