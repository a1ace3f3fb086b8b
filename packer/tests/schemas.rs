//! The JSON Schemas judge files as the readers do: every control file of the fixtures, and many more that differ from a
//! good one in one value. What a schema cannot know is left out: what paths mean, how numbers are spelled, what else lies
//! in the project.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a test reads the repository and fails by panicking"
)]

use jsonschema::Validator;
use prometeu_packer::bank::raw;
use prometeu_packer::diagnostic::{AssetRef, Diagnostic, Severity};
use prometeu_packer::disk::{Disk, OsDisk};
use prometeu_packer::envelope::{self, Artifact, Envelope, Windows};
use prometeu_packer::migrate::{Known, to_current};
use prometeu_packer::path::PortablePath;
use prometeu_packer::schema::journal::{Home, Journal};
use prometeu_packer::schema::{Role, declaration, registry};
use prometeu_packer::trust::{Limit, Limits, admit};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// Reads texts as files of a project, one after the other.
struct Bench {
    folder: tempfile::TempDir,
    disk: OsDisk,
}

impl Bench {
    fn new() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("assets/a")).unwrap();
        let disk = OsDisk::open_project(folder.path()).unwrap();
        Bench { folder, disk }
    }

    fn open(&self, artifact: Artifact, text: &str) -> Result<Envelope, Diagnostic> {
        let path = PortablePath::assets().join("a/file.json").unwrap();
        // A file that is overwritten in place is flushed by some file systems, which takes its time.
        let file = self.folder.path().join(path.as_str());
        let _ = fs::remove_file(&file);
        fs::write(&file, text).unwrap();
        let limits = Limits::default();
        let admitted = admit(self.disk.open(&path).unwrap(), Limit::ControlFileBytes, &limits).unwrap();
        envelope::open(admitted, artifact, &Windows::default())
    }

    /// What the readers have to say against a text.
    fn errors(&self, artifact: Artifact, text: &str) -> Vec<Diagnostic> {
        let mut findings = match self.open(artifact, text) {
            Err(finding) => vec![finding],
            Ok(envelope) if artifact == Artifact::Journal => {
                Journal::parse(&envelope, Home::Control).err().into_iter().collect()
            }
            Ok(envelope) => match to_current(envelope, &Known::default()) {
                Err(finding) => vec![finding],
                Ok(migrated) if artifact == Artifact::Registry => {
                    let mut findings = Vec::new();
                    registry::parse(migrated, &Limits::default(), &mut findings).unwrap();
                    findings
                }
                Ok(migrated) => {
                    let (root, asset) = (PortablePath::assets().join("a").unwrap(), Arc::new(AssetRef::default()));
                    let mut findings = Vec::new();
                    // A limit is the command line's, no part of a format.
                    let mut limits = Limits::default();
                    limits.set(Limit::MetadataLevels.name(), limits.get(Limit::JsonDepth));
                    let read = declaration::parse(&migrated, &root, &asset, &limits, &mut findings);
                    if let Some(bank) = read.bank.filter(|_| read.inputs.count(Role::Payload) > 0) {
                        findings.extend(raw::check_metadata(bank, &read.metadata, 1 << 52));
                    }
                    findings
                }
            },
        };
        findings.retain(|finding| finding.severity() == Severity::Error);
        findings
    }
}

/// Whether a schema can know what a finding is about.
fn is_structural(finding: &Diagnostic) -> bool {
    let family = finding.code.family();
    !matches!(family, "trust" | "file" | "json")
}

fn schema(name: &str) -> Validator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas").join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    let schema: Value = serde_json::from_str(&text).unwrap();
    jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
    jsonschema::validator_for(&schema).unwrap()
}

/// Good files of a version.
type Good = fn(u16) -> Vec<Value>;

/// How many texts were judged, and how many of them refused.
#[derive(Default)]
struct Judged {
    all: usize,
    refused: usize,
}

fn compare(bench: &Bench, artifact: Artifact, schema: &Validator, text: &str, judged: &mut Judged) {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return };
    let errors = bench.errors(artifact, text);
    // A path that is refused is not read, and what follows from that is no matter of the text's form.
    if !errors.iter().all(is_structural) {
        return;
    }
    if errors.is_empty() != schema.is_valid(&value) {
        let found: Vec<String> = schema.iter_errors(&value).map(|error| error.to_string()).collect();
        panic!("{text}\nreader: {errors:#?}\nschema: {found:#?}");
    }
    judged.all += 1;
    judged.refused += usize::from(!errors.is_empty());
}

/// Every value in a tree, replaced by each of these, dropped, and with a member beside it that nobody knows.
fn mutations(value: &Value) -> Vec<Value> {
    let replacements = [
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(1),
        json!(-1),
        json!(2),
        json!(7),
        json!(8),
        json!(64),
        json!(255),
        json!(256),
        json!(2_147_483_647),
        json!(2_147_483_648_u32),
        json!(2_147_483_649_u32),
        json!(""),
        json!("a"),
        json!("A"),
        json!("x".repeat(64)),
        json!("x".repeat(65)),
        json!("NONE"),
        json!("glyph_bank"),
        json!("sound_bank"),
        json!("image_bank"),
        json!("tile_bank"),
        json!("RAW"),
        json!("GLYPH/indexed_v1"),
        json!("TILES/indexed_v1"),
        json!("SOUNDS/pcm16le_v1"),
        json!("average"),
        json!("assets/a/asset.json"),
        json!("00000000-0000-0000-0000-000000000000"),
        json!("6F0F7F0E-5B0C-4B54-9C1F-0D5F4F3F9C55"),
        json!("6f0f7f0e5b0c4b549c1f0d5f4f3f9c55"),
        json!("6f0f7f0e-5b0c-4b54-9c1f-0d5f4f3f9c55"),
        json!([]),
        json!(["a"]),
        json!(["a", "b"]),
        json!([1]),
        json!([null]),
        json!([[]]),
        json!({}),
        json!({"a": 1}),
        json!({"offset": 2, "length": 4}),
        json!({"0": {"offset": 2, "length": 4}}),
        json!({"0": {"offset": 1}}),
        json!("a".repeat(64)),
    ];
    let added = [
        "asset_uuid",
        "included_in_build",
        "payload",
        "sprites",
        "palettes",
        "sources",
        "tile_size",
        "width",
        "height",
        "palette_count",
        "palette_authored",
        "sample_rate",
        "channels",
        "samples",
        "alpha_threshold",
        "channel_mix",
        "pipeline",
        "build",
        "before",
        "after",
        "from",
        "to",
        "make_folder",
        "remove_folder",
        "whole",
        "unknown",
    ];
    let mut found = Vec::new();
    for pointer in pointers(value, String::new()) {
        let mut put = |new: &Value| {
            let mut changed = value.clone();
            *changed.pointer_mut(&pointer).unwrap() = new.clone();
            found.push(changed);
        };
        if !pointer.is_empty() {
            replacements.iter().for_each(&mut put);
        }
        match value.pointer(&pointer).unwrap() {
            Value::Object(members) => {
                for name in members.keys() {
                    let mut fewer = members.clone();
                    fewer.remove(name);
                    put(&Value::Object(fewer));
                }
                for name in added {
                    for new in [json!(true), json!(8), json!(["a"]), json!({}), json!(null)] {
                        let mut more = members.clone();
                        more.insert(name.to_owned(), new);
                        put(&Value::Object(more));
                    }
                }
            }
            Value::Array(items) => put(&Value::Array([items.clone(), items.clone()].concat())),
            _ => {}
        }
    }
    found
}

fn pointers(value: &Value, here: String) -> Vec<String> {
    let inside: Vec<String> = match value {
        Value::Object(members) => {
            members.iter().flat_map(|(name, value)| pointers(value, format!("{here}/{name}"))).collect()
        }
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(at, value)| pointers(value, format!("{here}/{at}"))).collect()
        }
        _ => Vec::new(),
    };
    [vec![here], inside].concat()
}

/// A declaration made from each kind of input, in the words of a version.
fn declarations(version: u16) -> Vec<Value> {
    let old = version < 3;
    let glyph = if old { "image_bank" } else { "glyph_bank" };
    let format = if old { "TILES/indexed_v1" } else { "GLYPH/indexed_v1" };
    let of = |bank: &str, inputs: Value, format: &str, metadata: Value| {
        let mut made = json!({
            "schema_version": version, "asset_uuid": "6f0f7f0e-5b0c-4b54-9c1f-0d5f4f3f9c55", "name": "ui_atlas",
            "type": bank, "inputs": inputs,
            "output": { "format": format, "codec": if old { "RAW" } else { "NONE" }, "metadata": metadata },
            "preload": { "enabled": true }, "build": { "alpha_threshold": 128, "channel_mix": "average" },
        });
        if version == 1 {
            made.as_object_mut().unwrap().remove("asset_uuid");
        }
        made
    };
    let samples = json!({ "0": { "offset": 0, "length": 4 } });
    vec![
        of(
            glyph,
            json!({"sprites": ["a.png"], "palettes": ["a.gpl"]}),
            format,
            json!({"tile_size": 16, "own": [1, "a"]}),
        ),
        of(glyph, json!({"payload": ["a.bin"]}), format, json!({"tile_size": 8, "palette_authored": 3})),
        of("sound_bank", json!({"sources": ["a.wav"]}), "SOUNDS/pcm16le_v1", json!({})),
        of(
            "sound_bank",
            json!({"payload": ["a.bin"]}),
            "SOUNDS/pcm16le_v1",
            json!({"sample_rate": 8000, "channels": 1, "samples": samples}),
        ),
    ]
}

fn registries(version: u16) -> Vec<Value> {
    let mut entry = json!({"asset_id": 1, "asset_uuid": "6f0f7f0e-5b0c-4b54-9c1f-0d5f4f3f9c55", "root": "ui/atlas"});
    if version > 1 {
        entry["included_in_build"] = true.into();
    }
    vec![json!({"schema_version": version, "next_asset_id": 3, "assets": [entry]})]
}

fn journals(version: u16) -> Vec<Value> {
    let digest = "0".repeat(64);
    let before = json!({"sha256": digest, "offset": 0, "bytes": 1});
    let changes = json!([
        {"path": "assets/a/asset.json", "before": before, "after": digest},
        {"path": "assets/b/asset.json", "before": {"whole": true}},
        {"from": "assets/a", "to": "assets/b"},
        {"make_folder": "assets/c"},
        {"remove_folder": "assets/d"},
    ]);
    let mut journal = json!({"schema_version": version, "operation": "forget", "time": "2026-01-01T00:00:00Z"});
    journal["changes"] = changes;
    journal["entries"] = json!([{"before": "{}", "after": null}, {}]);
    vec![journal]
}

#[test]
fn readers_and_schemas_agree_on_one_change_to_a_good_file() {
    let bench = Bench::new();
    let kinds: [(Artifact, &str, Good); 3] = [
        (Artifact::Declaration, "asset", declarations),
        (Artifact::Registry, "index", registries),
        (Artifact::Journal, "journal", journals),
    ];
    for (artifact, format, good) in kinds {
        let window = Windows::default().read(artifact);
        for version in window.min..=window.max {
            let schema = schema(&format!("{format}.v{version}.schema.json"));
            let mut judged = Judged::default();
            for value in good(version) {
                assert_eq!(bench.errors(artifact, &value.to_string()), Vec::new(), "{format} {version}");
                for mutation in std::iter::once(value.clone()).chain(mutations(&value)) {
                    // Which versions there are is the window's matter; each has a schema of its own.
                    if mutation["schema_version"] == version {
                        compare(&bench, artifact, &schema, &mutation.to_string(), &mut judged);
                    }
                }
            }
            assert!(judged.refused > 50 && judged.all - judged.refused > 50, "{format} {version}: {}", judged.all);
        }
    }
}

#[test]
fn readers_and_schemas_agree_on_every_control_file_of_the_fixtures() {
    let bench = Bench::new();
    let mut judged = Judged::default();
    for folder in ["projects", "cases", "frozen"] {
        for (path, content) in fixtures::Files::read(&fixtures::folder().join(folder)).unwrap().iter() {
            let (artifact, format) = match path.rsplit('/').next() {
                Some("asset.json") => (Artifact::Declaration, "asset"),
                Some("index.json") => (Artifact::Registry, "index"),
                _ => continue,
            };
            let Ok(text) = std::str::from_utf8(content) else { continue };
            let Ok(envelope) = bench.open(artifact, text) else { continue };
            let schema = schema(&format!("{format}.v{}.schema.json", envelope.version()));
            compare(&bench, artifact, &schema, text, &mut judged);
        }
    }
    assert!(judged.all > 100 && judged.refused > 10, "{} of {}", judged.refused, judged.all);
}

#[test]
fn what_a_build_writes_fits_its_schemas() {
    use prometeu_packer::event::Silent;
    use prometeu_packer::ops::{BuildMode, Context, build};
    let folder = tempfile::tempdir().unwrap();
    fixtures::showcase().write(folder.path()).unwrap();
    let disk = OsDisk::open_project(folder.path()).unwrap();
    let context = Context {
        disk: &disk,
        limits: Limits::default(),
        windows: Windows::default(),
        events: &Silent,
        operation_id: "20260101T000000.000Z-00000000".to_owned(),
        wait: std::time::Duration::from_secs(1),
        program: "packer".to_owned(),
    };
    assert_eq!(build(&context, BuildMode::Publish).exit(), 0);
    let read = |name: &str| fs::read(folder.path().join("build").join(name)).unwrap();
    let archive = read("assets.pa");
    let header_bytes = u32::from_le_bytes(archive[8..12].try_into().unwrap()) as usize;
    for (format, text) in [
        ("archive_header", archive[32..32 + header_bytes].to_vec()),
        ("asset_table", read("asset_table.json")),
        ("preload", read("preload.json")),
        ("asset_table_metadata", read("asset_table_metadata.json")),
    ] {
        let schema = schema(&format!("{format}.v1.schema.json"));
        let good: Value = serde_json::from_slice(&text).unwrap();
        let found: Vec<String> = schema.iter_errors(&good).map(|error| error.to_string()).collect();
        assert!(found.is_empty(), "{format}: {found:#?}");
        let refused = mutations(&good).iter().filter(|mutation| !schema.is_valid(mutation)).count();
        assert!(refused > 50, "{format}: {refused}");
    }
}
