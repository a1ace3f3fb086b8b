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

const SAFE: Mutation = |context, how| fix(context, None, how);
const DUPLICATE_ID: Mutation = |context, how| fix(context, Some("registry/duplicate-id"), how);
const COPY: Mutation = |context, how| fix(context, Some("hygiene/copied-identity"), how);
const EMPTY: Mutation = |context, how| fix(context, Some("file/empty"), how);
const MISSING: Mutation = |context, how| fix(context, Some("registry/missing"), how);

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario { name: "fix", starts: || start(untidy(), SAFE), act: |disk| mutate(disk, OWN, SAFE), ..FIX },
    Scenario {
        name: "fix-duplicate-id",
        starts: || start(registry("\"asset_id\":2", "\"asset_id\":1"), DUPLICATE_ID),
        act: |disk| mutate(disk, OWN, DUPLICATE_ID),
        ..FIX
    },
    Scenario { name: "fix-copy", starts: || start(copied(), COPY), act: |disk| mutate(disk, OWN, COPY), ..FIX },
];

/// Where the registry is lost, so that no other command finds a project until it is made anew.
pub(super) const LOST: &[Scenario] = &[
    Scenario {
        name: "fix-empty-registry",
        starts: || start(project::edited(&project::current(), INDEX, Some(Vec::new())), EMPTY),
        act: |disk| mutate(disk, OWN, EMPTY),
        next: settled,
        ..FIX
    },
    Scenario {
        name: "fix-missing-registry",
        starts: || start(project::edited(&project::current(), INDEX, None), MISSING),
        act: |disk| mutate(disk, OWN, MISSING),
        next: settled,
        ..FIX
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
    let disk = project::current();
    let text = text(&disk, INDEX).replacen(from, to, 1);
    project::edited(&disk, INDEX, Some(text.into_bytes()))
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
