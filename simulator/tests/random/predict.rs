//! What a mutation is to do, told from the rules that the docs give, and nothing of the packer asked: the changes that it
//! makes, or that it is refused.

use super::moves::Mutation;
use super::world::{File, Row, Snapshot, World, is_inside};

/// One change of a transaction.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Row { before: Option<Row>, after: Option<Row> },
    Folder { from: String, to: String },
    File { path: String, before: Option<File>, after: Option<File> },
    Quarantined { id: String, row: Row, is_new: bool },
}

/// A transaction that was carried out.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    pub(crate) id: String,
    pub(crate) changes: Vec<Change>,
}

/// What is known before a mutation.
pub(crate) struct Known<'a> {
    pub(crate) world: &'a World,
    /// For folders, which the model does not hold.
    pub(crate) disk: &'a Snapshot,
    pub(crate) history: &'a [Done],
    /// Of the transaction to be.
    pub(crate) id: &'a str,
    /// What would be minted.
    pub(crate) uuid: &'a str,
}

/// The changes; none when it is refused, an empty list when there is nothing to change.
pub(crate) fn predict(known: &Known<'_>, mutation: &Mutation) -> Option<Vec<Change>> {
    let world = known.world;
    match mutation {
        Mutation::Forget(root) => {
            let row = world.row(root)?.clone();
            Some(vec![Change::Row { before: Some(row), after: None }])
        }
        Mutation::Include(root, included) => {
            let row = world.row(root)?.clone();
            let after = Row { included: *included, ..row.clone() };
            Some(if row == after { vec![] } else { vec![Change::Row { before: Some(row), after: Some(after) }] })
        }
        Mutation::Remove(root) => {
            let row = known.seen(root)?;
            let mut changes = Vec::new();
            if known.is_there(root) {
                let takes_another = world
                    .files
                    .keys()
                    .any(|path| path.strip_suffix("/asset.json").is_some_and(|inner| is_inside(inner, root)));
                known.may_leave(root, false).filter(|()| !takes_another)?;
                changes.push(Change::Folder { from: root.clone(), to: format!("T/{}", known.id) });
            }
            changes.extend(row.map(|row| Change::Row { before: Some(row), after: None }));
            Some(changes)
        }
        Mutation::Quarantine(root) => {
            let row = world.row(root)?.clone();
            Some(()).filter(|()| known.is_there(root))?;
            known.may_leave(root, false)?;
            Some(vec![
                Change::Folder { from: root.clone(), to: format!("Q/{}", known.id) },
                Change::Quarantined { id: known.id.to_owned(), row: row.clone(), is_new: true },
                Change::Row { before: Some(row), after: None },
            ])
        }
        Mutation::Restore(nth) => {
            let (id, row) = world.quarantined.iter().nth(*nth)?;
            known.may_arrive(&row.root, None)?;
            let is_claimed = world.rows.iter().any(|other| other.id == row.id || other.uuid == row.uuid);
            let (_, name) = world.declared(&format!("Q/{id}"))?;
            Some(()).filter(|()| !is_claimed && !world.is_named(name, &row.root))?;
            Some(vec![
                Change::Folder { from: format!("Q/{id}"), to: row.root.clone() },
                Change::Quarantined { id: id.clone(), row: row.clone(), is_new: false },
                Change::Row { before: None, after: Some(row.clone()) },
            ])
        }
        Mutation::Relocate(root, to) => {
            let row = known.seen(root)?;
            if root == to {
                return Some(vec![]);
            }
            Some(()).filter(|()| !is_inside(to, root) && known.is_there(root))?;
            known.may_arrive(to, Some(root))?;
            known.may_leave(root, true)?;
            let mut changes = vec![Change::Folder { from: root.clone(), to: to.clone() }];
            changes.extend(row.map(|row| {
                let after = Row { root: to.clone(), ..row.clone() };
                Change::Row { before: Some(row), after: Some(after) }
            }));
            Some(changes)
        }
        Mutation::Rename(root, name) => {
            known.seen(root)?;
            let (uuid, old) = world.declared(root)?;
            Some(()).filter(|()| !world.is_named(name, root))?;
            Some(if old == name { vec![] } else { vec![known.declare(root, uuid, name)] })
        }
        Mutation::Adopt(root, fresh) => {
            known.is_apart(root, None)?;
            let unregistered = world.unregistered();
            let is_alone = !unregistered.iter().any(|other| is_inside(other, root));
            Some(()).filter(|()| unregistered.contains(root) && is_alone)?;
            let (uuid, name) = world.declared(root)?;
            let is_taken = world.is_named(name, root);
            if !fresh {
                let is_claimed = world.rows.iter().any(|row| row.uuid == uuid);
                Some(()).filter(|()| !is_claimed && !is_taken)?;
                return Some(vec![known.register(root, uuid)]);
            }
            let numbered = (2..).map(|number| format!("{name}_{number}")).find(|name| !world.is_named(name, ""))?;
            let name = if is_taken { &numbered } else { name };
            Some(vec![known.declare(root, known.uuid, name), known.register(root, known.uuid)])
        }
        Mutation::Register(root, name) => {
            known.is_apart(root, None)?;
            let unregistered = world.unregistered();
            let is_alone = !unregistered.iter().any(|other| is_inside(other, root) || is_inside(root, other));
            let has_pictures = world.files.keys().any(|path| is_inside(path, root) && path.ends_with(".png"));
            let is_free = world.declared(root).is_none() && !world.is_named(name, "");
            Some(()).filter(|()| is_alone && has_pictures && is_free)?;
            Some(vec![known.declare(root, known.uuid, name), known.register(root, known.uuid)])
        }
        Mutation::Undo(nth) => known.undo(known.history.iter().rev().nth(*nth)?),
    }
}

impl Known<'_> {
    fn is_there(&self, root: &str) -> bool {
        self.world.holds(root) || self.disk.contains_key(&format!("assets/{root}"))
    }

    /// The row of a root that can be named, where it is registered.
    fn seen(&self, root: &str) -> Option<Option<Row>> {
        match self.world.row(root) {
            Some(row) => Some(Some(row.clone())),
            None => self.world.unregistered().contains(&root.to_owned()).then_some(None),
        }
    }

    /// No other registered root is this one, around it or inside it.
    fn is_apart(&self, root: &str, own: Option<&str>) -> Option<()> {
        let mut others = self.world.rows.iter().map(|row| row.root.as_str()).filter(|other| Some(*other) != own);
        let clashes = others.any(|other| other == root || is_inside(other, root) || is_inside(root, other));
        (!clashes).then_some(())
    }

    fn may_arrive(&self, root: &str, own: Option<&str>) -> Option<()> {
        self.is_apart(root, own)?;
        (!self.is_there(root)).then_some(())
    }

    fn may_leave(&self, root: &str, stays_a_root: bool) -> Option<()> {
        let rows = || self.world.rows.iter();
        let takes_along = rows().any(|row| is_inside(&row.root, root));
        let mut around = rows().filter(|row| is_inside(root, &row.root));
        // Inputs lie beside their declaration here, so a root that can be read never needs what lies in another.
        let is_held = around.any(|row| !stays_a_root || self.world.declared(&row.root).is_none());
        (!takes_along && !is_held).then_some(())
    }

    fn declare(&self, root: &str, uuid: &str, name: &str) -> Change {
        let path = format!("{root}/asset.json");
        let after = Some(File::Declaration { uuid: uuid.to_owned(), name: name.to_owned() });
        Change::File { before: self.world.files.get(&path).cloned(), path, after }
    }

    fn register(&self, root: &str, uuid: &str) -> Change {
        let row = Row { id: self.world.next, uuid: uuid.to_owned(), included: true, root: root.to_owned() };
        Change::Row { before: None, after: Some(row) }
    }

    /// The inverse, unless a later change is in its way.
    fn undo(&self, done: &Done) -> Option<Vec<Change>> {
        done.changes.iter().rev().map(|change| self.inverse(change)).collect()
    }

    fn inverse(&self, change: &Change) -> Option<Change> {
        let world = self.world;
        match change.clone() {
            Change::Row { before, after } => {
                let stands = after.as_ref().is_none_or(|row| world.rows.contains(row));
                let own = after.as_ref().map(|row| row.id);
                let is_taken = |row: &Row| {
                    let mut others = world.rows.iter().filter(|other| Some(other.id) != own);
                    others.any(|other| other.id == row.id || other.uuid == row.uuid || other.root == row.root)
                };
                let is_free = !before.as_ref().is_some_and(is_taken);
                (stands && is_free).then_some(Change::Row { before: after, after: before })
            }
            Change::Folder { from, to } => {
                Some(()).filter(|()| world.holds(&to))?;
                let is_root = |path: &str| !path.starts_with("T/") && !path.starts_with("Q/");
                if is_root(&from) {
                    self.may_arrive(&from, is_root(&to).then_some(&*to))?;
                }
                if is_root(&to) {
                    self.may_leave(&to, is_root(&from))?;
                }
                let takes_another = world
                    .files
                    .keys()
                    .any(|path| path.strip_suffix("/asset.json").is_some_and(|inner| is_inside(inner, &to)));
                // What a transaction kept is kept by this one now.
                match from.starts_with("T/") {
                    true => (!takes_another).then(|| Change::Folder { from: to, to: format!("T/{}", self.id) }),
                    false => Some(Change::Folder { from: to, to: from }),
                }
            }
            Change::File { path, before, after } => {
                let stands = world.files.get(&path) == after.as_ref();
                stands.then_some(Change::File { path, before: after, after: before })
            }
            Change::Quarantined { id, row, is_new } => {
                let stands = world.quarantined.contains_key(&id) == is_new;
                stands.then_some(Change::Quarantined { id, row, is_new: !is_new })
            }
        }
    }
}

/// The project after these changes.
pub(crate) fn after(world: &World, changes: &[Change]) -> World {
    let mut world = world.clone();
    for change in changes.iter().cloned() {
        match change {
            Change::Row { before, after } => {
                world.rows.retain(|row| Some(row) != before.as_ref());
                if let Some(row) = after {
                    world.next = world.next.max(row.id + 1);
                    world.put_row(row);
                }
            }
            Change::Folder { from, to } => world.rename(&from, &to),
            Change::File { path, after: Some(file), .. } => drop(world.files.insert(path, file)),
            Change::File { path, after: None, .. } => drop(world.files.remove(&path)),
            Change::Quarantined { id, row, is_new: true } => drop(world.quarantined.insert(id, row)),
            Change::Quarantined { id, is_new: false, .. } => drop(world.quarantined.remove(&id)),
        }
    }
    world
}
