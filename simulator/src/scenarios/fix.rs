//! Repairs of the doctor, a row each: what is broken, and the code that is repaired. Each is looked at first and then made
//! as it was shown, as those ask for it that decide something.

use crate::commands::{self, Mutation, OWN, mutate};
use crate::project;
use crate::scenario::{Scenario, Start, told};
use prometeu_packer::disk::memory::MemoryDisk;
use prometeu_packer::ops::{self, Apply, Context, FixRequest};
use prometeu_packer::report::{OperationResult, Report};
use prometeu_packer::schema::suppressions::Date;

const INDEX: &str = "assets/.prometeu/index.json";
const SOUNDS: &str = "assets/sfx/asset.json";
const NOBODYS: &str = "7b0f8a2e-5b0c-4b54-9c1f-0d5f4f3f9c99";

/// One repair: its scenario, the code that is repaired, and a project that needs it.
macro_rules! repair {
    ($name:literal, $code:expr, $broken:expr) => {
        Scenario {
            name: $name,
            starts: || start($broken, |context, how| fix(context, $code, how)),
            act: |disk| mutate(disk, OWN, |context, how| fix(context, $code, how)),
            ..FIX
        }
    };
}

pub(super) const SCENARIOS: &[Scenario] = &[
    repair!("fix", None, untidy()),
    repair!("fix-input-name", Some("trust/name-not-portable"), named(r"sub\\a.png", "assets/ui/sub/a.png")),
    repair!("fix-duplicate-id", Some("registry/duplicate-id"), registry("\"asset_id\":2", "\"asset_id\":1")),
    repair!("fix-duplicate-root", Some("registry/duplicate-root"), registry("\"sfx\"", "\"ui\"")),
    repair!("fix-duplicate-uuid", Some("registry/duplicate-uuid"), registry(project::SFX, project::UI)),
    repair!(
        "fix-allocator",
        Some("registry/allocator-behind"),
        registry("\"next_asset_id\": 3", "\"next_asset_id\": 2")
    ),
    repair!("fix-uuid", Some("registry/uuid-mismatch"), replaced(project::DECLARATION, project::UI, NOBODYS)),
    repair!(
        "fix-root-missing",
        Some("registry/root-missing"),
        moved("assets/sfx/", "assets/noise/", project::current())
    ),
    repair!("fix-nested-root", Some("registry/nested-root"), nested()),
    repair!("fix-name-twice", Some("declaration/name-duplicate"), replaced(SOUNDS, "\"sfx\"", "\"ui\"")),
    repair!("fix-unregistered", Some("hygiene/unregistered-root"), project::current()),
    repair!("fix-copy", Some("hygiene/copied-identity"), copied()),
    repair!("fix-suppression-unused", Some("hygiene/suppression-unused"), allowing("2026-12-31")),
    repair!("fix-suppression-expired", Some("hygiene/suppression-expired"), allowing("2026-01-01")),
];

/// Where the registry is lost, so that no other command finds a project until it is made anew.
pub(super) const LOST: &[Scenario] = &[
    Scenario {
        next: settled,
        ..repair!(
            "fix-empty-registry",
            Some("file/empty"),
            project::edited(&project::current(), INDEX, Some(Vec::new()))
        )
    },
    Scenario {
        next: settled,
        ..repair!("fix-missing-registry", Some("registry/missing"), project::edited(&project::current(), INDEX, None))
    },
];

const FIX: Scenario = Scenario { about: "one repair of a project, as it was shown", ..Scenario::TRANSACTION };

fn start(disk: MemoryDisk, mutation: Mutation) -> Vec<Start> {
    vec![Start::of(disk, |disk| mutate(disk, OWN, mutation))]
}

/// Looks, and makes what was shown.
fn fix(context: &Context<'_>, only: Option<&str>, how: Apply<'_>) -> Report {
    let wanted = FixRequest {
        workspace: true,
        today: Date::parse("2026-02-02").expect("a day of the calendar"),
        only: only.map(str::to_owned),
        keep: None,
    };
    let shown = ops::fix(context, &wanted, Apply::Preview);
    let OperationResult::Doctor(doctor) = &shown.result else { return shown };
    let preview_id = doctor.fix.as_ref().map(|fix| fix.mutation.preview_id.clone());
    match how {
        Apply::Preview => shown,
        Apply::Now { consent, mint, time, .. } => {
            ops::fix(context, &wanted, Apply::Now { preview_id, consent, mint, time })
        }
    }
}

/// Where there is no registry to be read, `recover` alone says that nothing is left to settle.
pub(super) fn settled(disk: &MemoryDisk, _: usize) -> Result<(), String> {
    let report = commands::recover(disk);
    if report.exit() == 0 { Ok(()) } else { Err(told(&report)) }
}

fn registry(from: &str, to: &str) -> MemoryDisk {
    replaced(INDEX, from, to)
}

/// The first `from` in a file becomes `to`.
fn replaced(path: &str, from: &str, to: &str) -> MemoryDisk {
    let disk = project::current();
    let text = text(&disk, path);
    assert!(text.contains(from), "no {from} in {path}");
    project::edited(&disk, path, Some(text.replacen(from, to, 1).into_bytes()))
}

/// Everything below the folder `from` lies below `to`.
fn moved(from: &str, to: &str, disk: MemoryDisk) -> MemoryDisk {
    let found = disk.snapshot().into_iter().filter(|(_, bytes)| bytes.is_some());
    let place = |path: String| path.strip_prefix(from).map(|rest| format!("{to}{rest}")).unwrap_or(path);
    project::on_medium(&found.map(|(path, bytes)| (place(path), bytes)).collect())
}

/// A root inside another one.
fn nested() -> MemoryDisk {
    moved("assets/sfx/", "assets/ui/sfx/", registry("\"sfx\"", "\"ui/sfx\""))
}

/// An input that its declaration names as no system but one does, and that lies at `path`.
fn named(name: &str, path: &str) -> MemoryDisk {
    moved("assets/ui/a.png", path, replaced(project::DECLARATION, "a.png", name))
}

/// A finding that nobody finds is allowed until that day.
fn allowing(until: &str) -> MemoryDisk {
    let entry = "[[allow]]\ncode = \"hygiene/link\"\npath = \"nowhere\"\nreason = \"none\"\n";
    let text = format!("schema_version = 1\n\n{entry}until = {until}\n");
    project::edited(&project::current(), "assets/.prometeu/doctor.toml", Some(text.into_bytes()))
}

/// A declaration without palettes, with a name that is not legal and spaces that nobody writes; and a cache of nobody.
fn untidy() -> MemoryDisk {
    let disk = project::current();
    let text = text(&disk, project::DECLARATION);
    let text = text.replace("\"palettes\": [\"b.gpl\"]", "").replace("[\"a.png\"], ", "[\"a.png\"]   ");
    let disk = project::edited(&disk, project::DECLARATION, Some(text.replace("\"ui\"", "\"UI\"").into_bytes()));
    project::edited(&disk, "assets/.prometeu/cache.json", Some(b"no cache".to_vec()))
}

/// A folder that was copied with everything in it.
fn copied() -> MemoryDisk {
    let found = project::current().snapshot();
    let copies: Vec<_> = found
        .iter()
        .filter_map(|(path, bytes)| Some((path.strip_prefix("assets/ui/")?.to_owned(), bytes.clone())))
        .collect();
    copies.into_iter().fold(project::current(), |disk, (name, bytes)| {
        project::edited(&disk, &format!("assets/ui copy/{name}"), bytes)
    })
}

fn text(disk: &MemoryDisk, path: &str) -> String {
    let bytes = disk.snapshot().remove(path).flatten().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}
