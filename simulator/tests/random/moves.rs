//! What may happen to a project: mutations, some of them cut short, and edits by hand. All of it is made up at random and
//! carried out on a disk in memory.

use super::world::{Snapshot, World, is_inside};
use crash_simulator::project::on_medium;
use fixtures::png::Picture;
use prometeu_packer::disk::memory::MemoryDisk;
use prometeu_packer::envelope::Windows;
use prometeu_packer::event::Silent;
use prometeu_packer::ops::{self, Apply, Context, Registration, Scope};
use prometeu_packer::report::Report;
use prometeu_packer::trust::Limits;
use proptest::prelude::*;
use std::time::Duration;

/// Few, so that they meet; one lies inside another.
const ROOTS: [&str; 6] = ["a", "b", "a/in", "c/d", "c/e", "new"];
const NAMES: [&str; 6] = ["one", "two", "three", "four", "five", "six"];

/// A mutation; roots are those of assets, and a number counts from the first in quarantine or the latest transaction.
#[derive(Clone, Debug)]
pub(crate) enum Mutation {
    Register(String, String),
    Adopt(String, bool),
    Forget(String),
    Remove(String),
    Quarantine(String),
    Restore(usize),
    Relocate(String, String),
    Rename(String, String),
    Include(String, bool),
    Undo(usize),
}

/// Something that somebody does to the files without the packer.
#[derive(Clone, Debug)]
pub(crate) enum Edit {
    Write(String, u32),
    DropRow(String),
    /// Another root in the registry, and nothing moved: a merge that went wrong.
    MoveRow(String, String),
    Copy(String, String),
    Delete(String),
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Whole(Mutation),
    /// Cut short so many thousandths before its last operation; with a seed the power goes, too.
    Cut(Mutation, usize, Option<u64>),
    Hand(Edit),
}

pub(crate) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => mutation().prop_map(Step::Whole),
        3 => (mutation(), 0..1000_usize, prop::option::of(any::<u64>()))
            .prop_map(|(mutation, at, seed)| Step::Cut(mutation, at, seed)),
        3 => edit().prop_map(Step::Hand),
    ];
    // What a transaction keeps goes with the tenth newer one.
    prop::collection::vec(step, 4..=10)
}

fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        3 => (prop_oneof![Just("new".to_owned()), root()], name())
            .prop_map(|(root, name)| Mutation::Register(root, name)),
        3 => (root(), any::<bool>()).prop_map(|(root, fresh)| Mutation::Adopt(root, fresh)),
        2 => root().prop_map(Mutation::Forget),
        3 => root().prop_map(Mutation::Remove),
        3 => root().prop_map(Mutation::Quarantine),
        5 => (0..2_usize).prop_map(Mutation::Restore),
        3 => (root(), root()).prop_map(|(root, to)| Mutation::Relocate(root, to)),
        2 => (root(), name()).prop_map(|(root, name)| Mutation::Rename(root, name)),
        2 => (root(), any::<bool>()).prop_map(|(root, included)| Mutation::Include(root, included)),
        6 => (0..3_usize).prop_map(Mutation::Undo),
    ]
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        (root(), any::<u32>()).prop_map(|(root, text)| Edit::Write(root, text)),
        root().prop_map(Edit::DropRow),
        (root(), root()).prop_map(|(root, to)| Edit::MoveRow(root, to)),
        (root(), root()).prop_map(|(root, to)| Edit::Copy(root, to)),
        root().prop_map(Edit::Delete),
    ]
}

fn root() -> impl Strategy<Value = String> {
    prop::sample::select(&ROOTS[..]).prop_map(str::to_owned)
}

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(&NAMES[..]).prop_map(str::to_owned)
}

/// Three registered roots, one that nobody registered, and a folder of pictures.
pub(crate) fn project() -> MemoryDisk {
    let colours = [[255, 0, 255], [240, 240, 240]];
    let picture = Picture::indexed(1, (8, 8), colours.to_vec(), |x, y| u8::from((x + y) % 3 == 0)).encode();
    let mut disk = Snapshot::new();
    let mut rows = Vec::new();
    for (at, (root, name)) in
        [("a", "one"), ("b", "two"), ("c/d", "three"), ("c/e", "four"), ("new", "")].iter().enumerate()
    {
        let mut put = |file: &str, bytes: Vec<u8>| drop(disk.insert(format!("assets/{root}/{file}"), Some(bytes)));
        put("a.png", picture.clone());
        put("b.gpl", fixtures::palette::gpl("p", &colours).into_bytes());
        put("notes.txt", format!("notes of {root}").into_bytes());
        let uuid = format!("6f0f7f0e-5b0c-4b54-9c1f-{at:012x}");
        if !name.is_empty() {
            put("asset.json", declaration(&uuid, name).into_bytes());
        }
        let id = at + 1;
        rows.push(format!(r#"    {{"asset_id":{id},"asset_uuid":"{uuid}","included_in_build":true,"root":"{root}"}}"#));
    }
    let rows = rows[..3].join(",\n");
    let index = format!("{{\n  \"schema_version\": 2,\n  \"next_asset_id\": 4,\n  \"assets\": [\n{rows}\n  ]\n}}\n");
    disk.insert("assets/.prometeu/index.json".to_owned(), Some(index.into_bytes()));
    on_medium(&disk)
}

fn declaration(uuid: &str, name: &str) -> String {
    format!(
        "{{\n  \"schema_version\": 3,\n  \"asset_uuid\": \"{uuid}\",\n  \"name\": \"{name}\",\n  \"type\": \"glyph_bank\",\n  \
         \"inputs\": {{ \"sprites\": [\"a.png\"], \"palettes\": [\"b.gpl\"] }},\n  \"output\": {{ \"format\": \
         \"GLYPH/indexed_v1\", \"codec\": \"NONE\", \"metadata\": {{ \"tile_size\": 8 }} }},\n  \"preload\": {{ \"enabled\": \
         false }}\n}}\n"
    )
}

/// Gives the command; to be carried out as the transaction `id`, with `uuid` minted, if a preview's id is given.
pub(crate) fn command(
    disk: &MemoryDisk,
    mutation: &Mutation,
    world: &World,
    last: &[String],
    id: &str,
    uuid: &str,
    agreed: Option<Option<String>>,
) -> Report {
    let context = context(disk, id);
    let mint = || uuid.to_owned();
    let consent = match mutation {
        Mutation::Remove(root) => Some(world.declared(root).map_or(root.clone(), |(_, name)| name.to_owned())),
        _ => None,
    };
    let how = match agreed {
        None => Apply::Preview,
        Some(preview_id) => Apply::Now { preview_id, consent, mint: &mint, time: "2026-03-01T00:00:00Z".to_owned() },
    };
    let unknown = "20260101T000000Z-00000000".to_owned();
    match mutation {
        Mutation::Register(root, name) => {
            let wanted = Registration { root: root.clone(), name: Some(name.clone()), ..Registration::default() };
            ops::register(&context, &wanted, how)
        }
        Mutation::Adopt(root, fresh) => ops::adopt(&context, root, *fresh, how),
        Mutation::Forget(root) => ops::forget_asset(&context, root, how),
        Mutation::Remove(root) => ops::remove(&context, root, how),
        Mutation::Quarantine(root) => ops::quarantine(&context, root, how),
        Mutation::Restore(nth) => ops::restore(&context, world.quarantined.keys().nth(*nth).unwrap_or(&unknown), how),
        Mutation::Relocate(root, to) => ops::relocate(&context, root, to, how),
        Mutation::Rename(root, name) => ops::rename(&context, root, name, how),
        Mutation::Include(root, included) => ops::set_included(&context, root, *included, how),
        Mutation::Undo(nth) => ops::undo(&context, last.iter().rev().nth(*nth).unwrap_or(&unknown), how),
    }
}

pub(crate) fn list(disk: &MemoryDisk) -> Report {
    ops::list(&context(disk, "20260401T000000Z-00000000"))
}

pub(crate) fn doctor(disk: &MemoryDisk) -> Report {
    ops::doctor(&context(disk, "20260401T000000Z-00000000"), Scope::Registered)
}

fn context<'a>(disk: &'a MemoryDisk, id: &str) -> Context<'a> {
    Context {
        disk,
        limits: Limits::default(),
        windows: Windows::default(),
        events: &Silent,
        operation_id: id.to_owned(),
        wait: Duration::ZERO,
        program: "pack".to_owned(),
    }
}

/// The disk after somebody did this to it; as it was where it cannot be done.
pub(crate) fn by_hand(disk: &MemoryDisk, edit: &Edit) -> MemoryDisk {
    let mut found = disk.snapshot();
    let below = |root: &str| {
        let folder = format!("assets/{root}");
        move |path: &String| is_inside(path, &folder) || *path == folder
    };
    match edit {
        Edit::Write(root, text) => {
            if let Some(bytes) = found.get_mut(&format!("assets/{root}/notes.txt")) {
                *bytes = Some(format!("edited {text}").into_bytes());
            }
        }
        Edit::DropRow(root) => {
            let index = found.get_mut("assets/.prometeu/index.json").and_then(Option::as_mut).expect("a registry");
            let text = String::from_utf8(index.clone()).expect("text");
            let ending = format!("\"root\":\"{root}\"}}");
            let kept: Vec<&str> = text.lines().filter(|line| !line.trim_end_matches(',').ends_with(&ending)).collect();
            *index = (kept.join("\n").replace("},\n  ]", "}\n  ]") + "\n").into_bytes();
        }
        Edit::MoveRow(root, to) => {
            let index = found.get_mut("assets/.prometeu/index.json").and_then(Option::as_mut).expect("a registry");
            let text = String::from_utf8(index.clone()).expect("text");
            let [from, to] = [root, to].map(|root| format!("\"root\":\"{root}\"}}"));
            if !text.contains(&to) {
                *index = text.replace(&from, &to).into_bytes();
            }
        }
        Edit::Copy(root, to) => {
            if !is_inside(to, root) && !found.contains_key(&format!("assets/{to}")) {
                let copies: Vec<_> = found.iter().filter(|(path, _)| below(root)(path)).collect();
                let start = format!("assets/{root}").len();
                let copies: Snapshot = copies
                    .into_iter()
                    .map(|(path, bytes)| (format!("assets/{to}{}", &path[start..]), bytes.clone()))
                    .collect();
                found.extend(copies);
            }
        }
        Edit::Delete(root) => found.retain(|path, _| !below(root)(path)),
    }
    on_medium(&found)
}
