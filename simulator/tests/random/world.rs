//! What the model knows of a project: the registry's rows, and every file by path, of declarations only who they say
//! that they are. The same is read from a disk, to be compared.

use prometeu_packer::digest::Digest;
use serde_json::Value;
use std::collections::BTreeMap;

/// An entry of the registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) id: u64,
    pub(crate) uuid: String,
    pub(crate) included: bool,
    pub(crate) root: String,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum File {
    Declaration {
        uuid: String,
        name: String,
    },
    /// The text, or the digest of what is none.
    Bytes(String),
}

/// A project. Paths begin with the root below `assets/`, with `Q/ID` in the quarantine, or with `T/ID` where a transaction
/// keeps what was removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct World {
    pub(crate) next: u64,
    /// By id.
    pub(crate) rows: Vec<Row>,
    pub(crate) quarantined: BTreeMap<String, Row>,
    pub(crate) files: BTreeMap<String, File>,
}

/// Everything on a disk, as the simulator shows it.
pub(crate) type Snapshot = BTreeMap<String, Option<Vec<u8>>>;

pub(crate) fn is_inside(inner: &str, outer: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
}

impl World {
    pub(crate) fn read(snapshot: &Snapshot) -> World {
        let mut world = World::default();
        for (path, bytes) in snapshot {
            let (Some(bytes), Some(below)) = (bytes, path.strip_prefix("assets/")) else { continue };
            match below.strip_prefix(".prometeu/") {
                None => drop(world.files.insert(below.to_owned(), file(below, bytes))),
                Some("index.json") => (world.next, world.rows) = registry(bytes),
                Some(control) => world.read_control(control, bytes),
            }
        }
        world
    }

    fn read_control(&mut self, below: &str, bytes: &[u8]) {
        let parts: Vec<&str> = below.splitn(4, '/').collect();
        match parts[..] {
            ["quarantine", id, "index.json"] => {
                self.quarantined.extend(registry(bytes).1.pop().map(|row| (id.to_owned(), row)));
            }
            ["quarantine", id, "root", path] => drop(self.files.insert(format!("Q/{id}/{path}"), file(path, bytes))),
            ["txn", id, folder, path] if folder.starts_with("root-") => {
                drop(self.files.insert(format!("T/{id}/{path}"), file(path, bytes)));
            }
            _ => {}
        }
    }

    /// What stands in one of two and not in the other, a line each.
    pub(crate) fn difference(&self, other: &World) -> String {
        let lines = |world: &World| -> Vec<String> {
            let files = world.files.iter().map(|file| format!("{file:?}"));
            let rows = world.rows.iter().map(|row| format!("{row:?}"));
            let quarantined = world.quarantined.iter().map(|row| format!("quarantined {row:?}"));
            files.chain(rows).chain(quarantined).chain([format!("next {}", world.next)]).collect()
        };
        let (own, others) = (lines(self), lines(other));
        let only = |mark: &str, these: &[String], those: &[String]| -> String {
            these.iter().filter(|line| !those.contains(line)).map(|line| format!("\n{mark} {line}")).collect()
        };
        only("-", &own, &others) + &only("+", &others, &own)
    }

    pub(crate) fn row(&self, root: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.root == root)
    }

    pub(crate) fn holds(&self, folder: &str) -> bool {
        self.files.keys().any(|path| is_inside(path, folder))
    }

    pub(crate) fn declared(&self, root: &str) -> Option<(&str, &str)> {
        match self.files.get(&format!("{root}/asset.json")) {
            Some(File::Declaration { uuid, name }) => Some((uuid, name)),
            _ => None,
        }
    }

    /// Roots with a declaration that no registered root holds and the registry does not know.
    pub(crate) fn unregistered(&self) -> Vec<String> {
        let roots = self.files.keys().filter_map(|path| path.strip_suffix("/asset.json"));
        let is_kept = |root: &&str| root.starts_with("Q/") || root.starts_with("T/");
        let is_known = |root: &&str| self.rows.iter().any(|row| row.root == *root || is_inside(root, &row.root));
        roots.filter(|root| !is_kept(root) && !is_known(root)).map(str::to_owned).collect()
    }

    /// Whether a registered asset elsewhere has this name.
    pub(crate) fn is_named(&self, name: &str, own: &str) -> bool {
        let named = |row: &Row| self.declared(&row.root).is_some_and(|(_, other)| other == name);
        self.rows.iter().any(|row| row.root != own && named(row))
    }

    pub(crate) fn rename(&mut self, from: &str, to: &str) {
        let moved: Vec<String> = self.files.keys().filter(|path| is_inside(path, from)).cloned().collect();
        for path in moved {
            let file = self.files.remove(&path).expect("it was found");
            self.files.insert(format!("{to}{}", &path[from.len()..]), file);
        }
    }

    pub(crate) fn put_row(&mut self, row: Row) {
        self.rows.push(row);
        self.rows.sort_by_key(|row| row.id);
    }

    /// Whether a build could be made of it: what is registered is there, under its identity and a name of its own.
    pub(crate) fn is_consistent(&self) -> bool {
        let all = || self.rows.iter();
        let unique = |of: &dyn Fn(&Row) -> String| {
            all().map(of).collect::<std::collections::BTreeSet<_>>().len() == self.rows.len()
        };
        let is_apart = |row: &Row| !all().any(|other| is_inside(&row.root, &other.root));
        let is_whole = |row: &Row| match self.declared(&row.root) {
            Some((uuid, name)) => uuid == row.uuid && !self.is_named(name, &row.root),
            None => !row.included,
        };
        unique(&|row| row.id.to_string())
            && unique(&|row| row.uuid.clone())
            && unique(&|row| row.root.clone())
            && all().all(|row| is_apart(row) && is_whole(row) && row.id < self.next)
    }
}

fn file(path: &str, bytes: &[u8]) -> File {
    if path != "asset.json" && !path.ends_with("/asset.json") {
        let digest = || Digest::of(bytes).to_string();
        return File::Bytes(String::from_utf8(bytes.to_vec()).unwrap_or_else(|_| digest()));
    }
    let value: Value = serde_json::from_slice(bytes).expect("declarations are whole");
    let text = |member: &str| value[member].as_str().expect("declarations are whole").to_owned();
    File::Declaration { uuid: text("asset_uuid"), name: text("name") }
}

fn registry(bytes: &[u8]) -> (u64, Vec<Row>) {
    let value: Value = serde_json::from_slice(bytes).expect("the registry is whole");
    let row = |entry: &Value| Row {
        id: entry["asset_id"].as_u64().expect("an id"),
        uuid: entry["asset_uuid"].as_str().expect("a uuid").to_owned(),
        included: entry["included_in_build"].as_bool().expect("true or false"),
        root: entry["root"].as_str().expect("a root").to_owned(),
    };
    let rows = value["assets"].as_array().expect("a list").iter().map(row).collect();
    (value["next_asset_id"].as_u64().expect("a number"), rows)
}
