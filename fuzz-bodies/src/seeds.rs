//! Where each target begins: the files of the projects that the other tests run on, whole and broken.

use crate::mutate::noise;
use crate::project::{context, disk};
use fixtures::broken::{both, cases, glyph_project};
use fixtures::{Files, INDEX};
use prometeu_packer::ops;
use prometeu_studio_adapter::wire::frame::header;
use serde_json::Value;

/// A seed longer than this teaches nothing that a shorter one does not.
const BYTES_MAX: usize = 8 * 1024;

/// What a target begins with, the shortest first; none for an unknown name.
#[must_use]
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    let mut found = match target {
        "names" => names(),
        "json" => [files("assets/ui/asset.json"), files(INDEX)].concat(),
        "envelope" => [files("assets/ui/asset.json"), files(INDEX), journals()].concat(),
        "declaration" => files("assets/ui/asset.json"),
        "registry" => files(INDEX),
        "journal" => journals(),
        "suppressions" => files("assets/.prometeu/doctor.toml"),
        "palette" => {
            [files("assets/ui/a.gpl"), files("assets/ui/a.pal"), files("assets/ui/a.hex"), palettes()].concat()
        }
        "png" => [files("assets/ui/a.png"), ending(".png")].concat(),
        "wav" => [files("assets/sfx/a.wav"), ending(".wav")].concat(),
        "archive" => archives(),
        "frames" => frames(),
        _ => Vec::new(),
    };
    found.retain(|seed| seed.len() <= BYTES_MAX);
    found.sort_by(|a, b| a.len().cmp(&b.len()).then(a.cmp(b)));
    found.dedup();
    found
}

/// A file of this path, out of every project that has it.
fn files(path: &str) -> Vec<Vec<u8>> {
    let broken = cases().into_iter().filter_map(|case| case.committed_files());
    let projects = broken.chain([both(), glyph_project()]);
    projects.filter_map(|files| files.get(path).map(<[u8]>::to_vec)).collect()
}

/// The files with every encoding.
fn ending(extension: &str) -> Vec<Vec<u8>> {
    let all = fixtures::encodings();
    all.iter().filter(|(path, _)| path.ends_with(extension)).map(|(_, content)| content.to_vec()).collect()
}

fn names() -> Vec<Vec<u8>> {
    fixtures::names::VERDICTS.iter().map(|row| row.0.as_bytes().to_vec()).collect()
}

fn palettes() -> Vec<Vec<u8>> {
    let colours = [[0, 0, 0], [228, 59, 68], [255, 255, 255]];
    let texts =
        [fixtures::palette::gpl("a", &colours), fixtures::palette::jasc(&colours), fixtures::palette::hex(&colours)];
    texts.map(String::into_bytes).into()
}

fn journals() -> Vec<Vec<u8>> {
    let journal = |changes: &str| {
        format!(
            "{{\"schema_version\": 1, \"operation\": \"rename\", \"time\": \"2026-01-01T00:00:00Z\", \
             \"changes\": [{changes}], \"entries\": []}}"
        )
    };
    let digest = "0".repeat(64);
    let after = format!("\"after\": \"{digest}\"");
    [
        String::new(),
        format!("{{\"path\": \"assets/ui/asset.json\", \"before\": null, {after}}}"),
        format!("{{\"path\": \"assets/ui/a.png\", \"before\": {{\"sha256\": \"{digest}\", \"offset\": 0, \"bytes\": 9}}, \"after\": null}}"),
        format!("{{\"path\": \"build/assets.pa\", \"before\": {{\"whole\": true}}, {after}}}"),
        "{\"from\": \"assets/ui\", \"to\": \"assets/.prometeu/quarantine/20260101T000000Z-0123abcd/root\"}".to_owned(),
        "{\"make_folder\": \"assets/new\"}, {\"remove_folder\": \"assets/ui\"}".to_owned(),
        "{\"path\": \"assets/../.git/config\", \"before\": null, \"after\": null}".to_owned(),
        "{\"from\": \"assets/ui\", \"to\": \"assets/.prometeu/txn/20260101T000000Z-0123abcd/root-0\"}".to_owned(),
    ]
    .map(|changes| journal(&changes).into_bytes())
    .into()
}

/// Archives of small projects, and their headers alone in the form that the target takes them in.
fn archives() -> Vec<Vec<u8>> {
    let header = |text: &str, payload: &[u8]| {
        let length = u16::try_from(text.len()).expect("a short header").to_le_bytes();
        [&length[..], text.as_bytes(), payload].concat()
    };
    let sound = "{\"asset_table\":[{\"asset_id\":2,\"asset_name\":\"sfx\",\"bank_type\":\"SOUNDS\",\"codec\":\"NONE\",\
                 \"decoded_size\":4,\"metadata\":{\"channels\":1,\"sample_rate\":8000,\"samples\":{\"0\":{\"length\":4,\
                 \"offset\":0}}},\"offset\":0,\"size\":4}],\"preload\":[{\"asset_id\":2,\"slot\":0}]}";
    let empty = "{\"asset_table\":[],\"preload\":[]}";
    let mut found = vec![header(empty, b""), header(sound, &[0; 4])];
    found.extend([fixtures::broken::sound_project(), empty_project()].iter().map(built));
    // Taken as choices, these make archives of up to two dozen entries.
    found.extend((1..40).map(|seed| noise(seed, 10 * seed as usize)));
    found
}

fn empty_project() -> Files {
    Files::default().with(INDEX, fixtures::declaration::registry(1, &[]))
}

fn built(files: &Files) -> Vec<u8> {
    let disk = disk(files);
    let _ = ops::build(&context(&disk), ops::BuildMode::Publish);
    disk.snapshot().remove("build/assets.pa").flatten().expect("a project without a fault is built")
}

/// What a client said in a recorded session: each message alone, and all that fit as one stream.
fn frames() -> Vec<Vec<u8>> {
    let recorded = include_str!("../../fixtures/cases/wire/every_method.jsonl").lines();
    let lines = recorded.map(|line| serde_json::from_str::<Value>(line).expect("a line of a recording"));
    let said = lines.filter(|line| line["from"] == "client").map(|line| line["message"].to_string());
    let mut found: Vec<Vec<u8>> = said.map(|text| (header(text.len()) + &text).into_bytes()).collect();
    let stream = found.iter().scan(0, |bytes, frame| {
        *bytes += frame.len();
        (*bytes <= BYTES_MAX).then_some(frame.as_slice())
    });
    let stream: Vec<&[u8]> = stream.collect();
    found.push(stream.concat());
    found
}
