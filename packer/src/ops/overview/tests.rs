//! A project and its archive on a disk in memory: what differs, and that a refused archive gives nothing away.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use super::{Altered, ChangeKind, Overview, Published, overview};
use crate::disk::memory::MemoryDisk;
use crate::event::{Event, Events, Silent};
use crate::ops::trial::context;
use crate::ops::{BuildMode, Context, build};
use fixtures::broken::both;
use std::collections::BTreeMap;
use std::io::Read as _;

const ARCHIVE: &str = "build/assets.pa";
const UI: &str = "assets/ui/asset.json";
const SFX: &str = "assets/sfx/asset.json";

type Tree = BTreeMap<String, Vec<u8>>;

fn with<T>(tree: &Tree, events: &dyn Events, work: impl FnOnce(&Context<'_>) -> T) -> (T, Tree) {
    let disk = MemoryDisk::new(tree.iter().map(|(path, bytes)| (path.as_str(), bytes.clone())));
    let done = work(&Context { events, ..context(&disk, "20261101T120000.000Z-00000001") });
    let after = disk.snapshot().into_iter().filter_map(|(path, bytes)| Some((path, bytes?))).collect();
    (done, after)
}

fn project() -> Tree {
    both().iter().map(|(path, bytes)| (path.to_owned(), bytes.to_vec())).collect()
}

/// A project with its archive, without what the build noted.
fn built() -> Tree {
    let (report, mut tree) = with(&project(), &Silent, |context| build(context, BuildMode::Publish));
    assert_eq!(report.exit(), 0, "{report:?}");
    tree.remove("assets/.prometeu/cache.json");
    tree
}

fn look(tree: &Tree) -> Overview {
    with(tree, &Silent, overview).0
}

fn edit(tree: &mut Tree, path: &str, from: &str, to: &str) {
    let text = String::from_utf8(tree[path].clone()).unwrap();
    assert!(text.contains(from), "{from} is not in {text}");
    tree.insert(path.to_owned(), text.replacen(from, to, 1).into_bytes());
}

/// Id, name, root and kind of each change.
fn changes(tree: &Tree) -> Vec<(u32, String, Option<String>, ChangeKind)> {
    let changes = look(tree).changes.unwrap();
    changes.into_iter().map(|change| (change.asset_id, change.name, change.root, change.kind)).collect()
}

fn only(tree: &Tree) -> ChangeKind {
    let [(_, _, _, kind)] = changes(tree).try_into().unwrap();
    kind
}

#[test]
fn what_was_just_built_is_not_changed() {
    let tree = built();
    let mut seen = look(&tree);
    assert!(seen.is_readable && seen.doctor.findings.is_empty());
    assert_eq!(seen.changes, Some(Vec::new()));
    let Published::Whole(archive) = &mut seen.archive else { panic!("it was built a moment ago") };
    let names: Vec<String> = archive.entries().iter().map(|entry| entry.asset_name.to_string()).collect();
    assert_eq!((names.join(" "), archive.has_metadata()), ("ui sfx".to_owned(), true));
    assert_eq!((archive.bytes(), archive.preload()), (tree[ARCHIVE].len() as u64, &[][..]));
    let mut payload = Vec::new();
    archive.payload(1).unwrap().read_to_end(&mut payload).unwrap();
    assert_eq!(payload, tree[ARCHIVE][tree[ARCHIVE].len() - 8..], "the sound is the last and has four samples");
    assert_eq!(archive.payload(2).unwrap().read_to_end(&mut payload).unwrap(), 0, "there are two");
    assert!(archive.is_unchanged());
}

#[test]
fn each_way_of_being_another_is_told_apart() {
    let mut tree = built();
    edit(&mut tree, SFX, "\"name\": \"sfx\"", "\"name\": \"noise\"");
    let renamed = Altered { was_named: Some("sfx".to_owned()), ..Altered::default() };
    assert_eq!(only(&tree), ChangeKind::Altered(renamed));

    let mut tree = built();
    edit(&mut tree, UI, "\"tile_size\": 8", "\"tile_size\": 8, \"speed\": 3");
    assert_eq!(only(&tree), ChangeKind::Altered(Altered { metadata: true, ..Altered::default() }));

    let mut tree = built();
    edit(&mut tree, UI, "\"enabled\": false", "\"enabled\": true");
    assert_eq!(only(&tree), ChangeKind::Altered(Altered { preload: true, ..Altered::default() }));

    let mut tree = built();
    let sound = tree.keys().find(|path| path.ends_with(".wav")).unwrap().clone();
    *tree.get_mut(&sound).unwrap().last_mut().unwrap() ^= 1;
    let ChangeKind::Altered(altered) = only(&tree) else { panic!("it is in both") };
    assert!(altered.payload && !altered.metadata && altered.was_named.is_none());
    assert_eq!(altered.inputs.iter().map(|input| &*input.path).collect::<Vec<_>>(), [sound.as_str()]);

    let mut tree = built();
    edit(&mut tree, "assets/.prometeu/index.json", "\"included_in_build\":true", "\"included_in_build\":false");
    assert_eq!(changes(&tree), [(1, "ui".to_owned(), Some("ui".to_owned()), ChangeKind::Removed)]);

    let mut tree = built();
    edit(&mut tree, UI, "\"tile_size\": 8", "\"tile_size\": 9");
    assert_eq!(only(&tree), ChangeKind::Unknown);

    let mut tree = built();
    let registry = String::from_utf8(tree["assets/.prometeu/index.json"].clone()).unwrap();
    let renumbered =
        registry.replace("\"asset_id\":2", "\"asset_id\":7").replace("\"next_asset_id\": 3", "\"next_asset_id\": 8");
    tree.insert("assets/.prometeu/index.json".to_owned(), renumbered.into_bytes());
    assert_eq!(
        changes(&tree),
        [
            (2, "sfx".to_owned(), None, ChangeKind::Removed),
            (7, "sfx".to_owned(), Some("sfx".to_owned()), ChangeKind::Added),
        ]
    );
}

#[test]
fn an_archive_that_is_refused_gives_nothing_away() {
    let mut tree = built();
    tree.get_mut(ARCHIVE).unwrap().push(0);
    let seen = look(&tree);
    let Published::Refused(findings) = &seen.archive else { panic!("a byte too many") };
    assert_eq!((findings[0].code.as_str(), seen.changes), ("archive/trailing-bytes", None));
    assert!(matches!(look(&project()).archive, Published::Missing));
    let mut tree = built();
    tree.remove("assets/.prometeu/index.json");
    let seen = look(&tree);
    assert!(matches!(seen.archive, Published::Whole(_)) && seen.changes.is_none() && !seen.is_readable);
}

struct Stopped;

impl Events for Stopped {
    fn emit(&self, _event: Event) {}

    fn cancelled(&self) -> bool {
        true
    }
}

#[test]
fn whoever_asks_to_stop_is_told_so() {
    let (seen, _) = with(&built(), &Stopped, overview);
    assert_eq!(seen.doctor.exit(), 130);
}
