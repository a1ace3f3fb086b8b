//! Merges two registries that began as one, entry by entry and member by member. Which entry is which is told by its
//! uuid. What both sides changed in different ways stays, between the marks that git puts around such a place; nothing is
//! ever dropped that not one side dropped and the other left alone.

use super::registry::{ENTRY, TOP};
use super::registry_draft::{ordered, written};
use crate::envelope::shape::Object;
use crate::envelope::{Node, NodeKind, Tree};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Two registries as one.
#[derive(Debug)]
pub struct Merged {
    /// The text of the file, in the form in which the packer writes it.
    pub text: String,
    /// What both sides changed in different ways, in words; while there is any, the text holds marks.
    pub conflicts: Vec<String>,
    /// Ids, uuids and roots that more than one entry claims now: what is claimed, and by which roots.
    pub contested: Vec<(Claim, String, Vec<String>)>,
}

/// What an entry has to itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claim {
    /// Its `asset_id`.
    Id,
    /// Its `asset_uuid`.
    Uuid,
    /// Its `root`.
    Root,
}

/// The members of an object by name, each with its name and value as written.
type Members = BTreeMap<String, (String, String)>;

/// A registry taken apart.
struct Side {
    members: Members,
    /// Names of the members, in the order in which they are written.
    order: Vec<String>,
    entries: Vec<(String, Entry)>,
}

#[derive(Clone, PartialEq, Eq)]
struct Entry {
    members: Members,
    order: Vec<String>,
}

/// What becomes of one member or entry.
enum Both<T> {
    Is(Option<T>),
    Differs(Option<T>, Option<T>),
}

/// Merges `ours` and `theirs`, which both come from `base`; without one, each side made a registry of its own. All are of
/// one version.
///
/// # Errors
/// Which side has no list of assets.
pub fn merge_registries(base: Option<&Tree>, ours: &Tree, theirs: &Tree) -> Result<Merged, &'static str> {
    let shared = ambiguous(base.into_iter().chain([ours, theirs]));
    let base = base.map(|tree| Side::of(tree, &shared).ok_or("the common ancestor")).transpose()?;
    let ours = Side::of(ours, &shared).ok_or("this branch")?;
    let theirs = Side::of(theirs, &shared).ok_or("the other branch")?;
    let mut merged = Merged { text: String::new(), conflicts: Vec::new(), contested: Vec::new() };
    let entries = entries(base.as_ref(), &ours, &theirs, &mut merged);
    let mut lines: Vec<Line> = Vec::new();
    for name in order(&ours.order, &theirs.order, &TOP) {
        if name == "assets" {
            lines.push(Line::Plain(format!("  \"assets\": {}", list(entries.as_slice()))));
            continue;
        }
        let of = |side: &Side| side.members.get(&name).cloned();
        let line = |(key, value): &(String, String)| format!("  {key}: {value}");
        let sides = [base.as_ref().and_then(of), of(&ours), of(&theirs)];
        let number = |member: &(String, String)| member.1.parse::<u64>().ok();
        let highest = sides.iter().flatten().max_by_key(|member| number(member));
        match (both(sides[0].clone(), sides[1].clone(), sides[2].clone()), highest) {
            // An id that was handed out on any side is used.
            (_, Some(next)) if name == "next_asset_id" && number(next).is_some() => lines.push(Line::Plain(line(next))),
            (Both::Is(None), _) => {}
            (Both::Is(Some(member)), _) => lines.push(Line::Plain(line(&member))),
            (Both::Differs(ours, theirs), _) => {
                merged.conflicts.push(format!("the member `{name}`"));
                lines.push(Line::Marked(ours.as_ref().map(line), theirs.as_ref().map(line)));
            }
        }
    }
    merged.text = format!("{{\n{}\n}}\n", joined(lines));
    Ok(merged)
}

/// Uuids that stand twice in one of the files: their entries are told apart by all of their text.
fn ambiguous<'t>(trees: impl Iterator<Item = &'t Tree>) -> BTreeSet<String> {
    let mut shared = BTreeSet::new();
    for tree in trees {
        let mut seen = BTreeSet::new();
        let entries = tree.root().member("assets").into_iter().flat_map(Node::items);
        shared.extend(entries.filter_map(uuid_of).filter(|uuid| !seen.insert(uuid.clone())));
    }
    shared
}

fn uuid_of(entry: Node<'_>) -> Option<String> {
    Some(entry.member("asset_uuid")?.text()?.to_ascii_lowercase())
}

impl Side {
    fn of(tree: &Tree, shared: &BTreeSet<String>) -> Option<Side> {
        let list = tree.root().member("assets").filter(|list| list.kind() == NodeKind::List)?;
        let (members, order) = members(tree.root(), &TOP);
        let entry = |node| {
            let (members, order) = members_of_entry(node);
            let uuid = uuid_of(node).filter(|uuid| !shared.contains(uuid));
            (uuid.unwrap_or_else(|| node.raw().to_owned()), Entry { members, order })
        };
        Some(Side { members, order, entries: list.items().map(entry).collect() })
    }
}

fn members_of_entry(node: Node<'_>) -> (Members, Vec<String>) {
    match node.kind() {
        NodeKind::Object => members(node, &ENTRY),
        // What is no entry is kept as it is.
        _ => (Members::from([(String::new(), (String::new(), node.raw().to_owned()))]), vec![String::new()]),
    }
}

fn members(object: Node<'_>, known: &Object) -> (Members, Vec<String>) {
    let (mut found, mut order) = (Members::new(), Vec::new());
    for (key, value) in ordered(object, known) {
        let name = key.text().unwrap_or_default().into_owned();
        let (key, value) = written(key, value, known);
        order.push(name.clone());
        found.insert(name, (key.into_owned(), value.into_owned()));
    }
    (found, order)
}

/// The names of both: the known ones in their order, then those of ours, then those that only the other side has.
fn order(ours: &[String], theirs: &[String], known: &Object) -> Vec<String> {
    let mut names = ours.to_vec();
    names.extend(theirs.iter().filter(|name| !ours.contains(name)).cloned());
    names.sort_by_key(|name| known.position(name));
    names
}

/// What became of a thing that was `base`: who left it alone follows the other.
fn both<T: PartialEq>(base: Option<T>, ours: Option<T>, theirs: Option<T>) -> Both<T> {
    if ours == theirs || theirs == base {
        Both::Is(ours)
    } else if ours == base {
        Both::Is(theirs)
    } else {
        Both::Differs(ours, theirs)
    }
}

/// Every entry that stays, with its id, for the order.
fn entries(base: Option<&Side>, ours: &Side, theirs: &Side, merged: &mut Merged) -> Vec<(Option<u64>, Line)> {
    let index = |side: &Side| -> HashMap<String, Entry> { side.entries.iter().cloned().collect() };
    let (base, by_key) = (base.map(index).unwrap_or_default(), index(theirs));
    let own: HashMap<String, Entry> = index(ours);
    let theirs_alone = theirs.entries.iter().filter(|(key, _)| !own.contains_key(key));
    let (mut rows, mut kept): (Vec<(Option<u64>, Line)>, Vec<Entry>) = Default::default();
    let mut keep = |entry: Entry, rows: &mut Vec<(Option<u64>, Line)>| {
        rows.push((entry.id(), Line::Plain(format!("    {}", entry.line()))));
        kept.push(entry);
    };
    for (key, _) in ours.entries.iter().chain(theirs_alone) {
        let (ours, theirs) = (own.get(key), by_key.get(key));
        match both(base.get(key), ours, theirs) {
            Both::Is(None) => {}
            Both::Is(Some(entry)) => keep(entry.clone(), &mut rows),
            Both::Differs(Some(ours), Some(theirs)) if base.contains_key(key) => match ours.with(&base[key], theirs) {
                Some(entry) => keep(entry, &mut rows),
                None => rows.push(conflict(Some(ours), Some(theirs), merged)),
            },
            Both::Differs(ours, theirs) => rows.push(conflict(ours, theirs, merged)),
        }
    }
    // Entries with one id keep their order: which one stands second decides who gives way.
    rows.sort_by_key(|row| row.0);
    merged.contested = contested(&kept);
    rows
}

fn conflict(ours: Option<&Entry>, theirs: Option<&Entry>, merged: &mut Merged) -> (Option<u64>, Line) {
    let any = ours.or(theirs);
    let what = match (ours, theirs) {
        (Some(_), Some(_)) => "changed in two ways",
        _ => "removed on one side and changed on the other",
    };
    merged.conflicts.push(format!("the entry {}, {what}", any.map(Entry::told).unwrap_or_default()));
    let line = |entry: &Entry| format!("    {}", entry.line());
    (any.and_then(Entry::id), Line::Marked(ours.map(line), theirs.map(line)))
}

fn contested(entries: &[Entry]) -> Vec<(Claim, String, Vec<String>)> {
    let mut claims: BTreeMap<(Claim, String), Vec<String>> = BTreeMap::new();
    for entry in entries {
        for (claim, name) in [(Claim::Id, "asset_id"), (Claim::Uuid, "asset_uuid"), (Claim::Root, "root")] {
            let Some((_, value)) = entry.members.get(name) else { continue };
            claims.entry((claim, value.trim_matches('"').to_owned())).or_default().push(entry.told());
        }
    }
    let shared = claims.into_iter().filter(|(_, claimants)| claimants.len() > 1);
    shared.map(|((claim, value), claimants)| (claim, value, claimants)).collect()
}

impl Entry {
    fn id(&self) -> Option<u64> {
        self.members.get("asset_id")?.1.parse().ok()
    }

    /// Its root, or all of it where there is none.
    fn told(&self) -> String {
        match self.members.get("root") {
            Some((_, root)) => format!("at `{}`", root.trim_matches('"')),
            None => self.line(),
        }
    }

    fn line(&self) -> String {
        let members = |name: &String| {
            let (key, value) = &self.members[name];
            if key.is_empty() { value.clone() } else { format!("{key}:{value}") }
        };
        let text = self.order.iter().map(members).collect::<Vec<_>>().join(",");
        if self.members.contains_key("") && self.members.len() == 1 && self.members[""].0.is_empty() {
            text
        } else {
            format!("{{{text}}}")
        }
    }

    /// The entry with the changes of both sides; none where they changed one member in two ways.
    fn with(&self, base: &Entry, theirs: &Entry) -> Option<Entry> {
        let mut members = Members::new();
        let mut names = order(&self.order, &theirs.order, &ENTRY);
        for name in &names {
            let of = |entry: &Entry| entry.members.get(name).cloned();
            match both(of(base), of(self), of(theirs)) {
                Both::Is(found) => members.extend(found.map(|found| (name.clone(), found))),
                Both::Differs(..) => return None,
            }
        }
        names.retain(|name| members.contains_key(name));
        Some(Entry { members, order: names })
    }
}

/// What stands in a list or object of the merged text.
#[derive(Clone)]
enum Line {
    Plain(String),
    /// What each side has, to be chosen from.
    Marked(Option<String>, Option<String>),
}

fn list(entries: &[(Option<u64>, Line)]) -> String {
    match entries {
        [] => "[]".to_owned(),
        _ => format!("[\n{}\n  ]", joined(entries.iter().map(|entry| entry.1.clone()).collect())),
    }
}

/// The lines with commas between them, and git's marks around those to be chosen from. Whichever side is chosen, the
/// commas are right.
fn joined(mut lines: Vec<Line>) -> String {
    if let [.., Line::Plain(before), Line::Marked(ours, theirs)] = lines.as_slice()
        && (ours.is_none() || theirs.is_none())
    {
        // The last line may go, so the comma before it is a part of the choice.
        let with = |text: &Option<String>| match text {
            Some(text) => format!("{before},\n{text}"),
            None => before.clone(),
        };
        let both = Line::Marked(Some(with(ours)), Some(with(theirs)));
        lines.truncate(lines.len() - 2);
        lines.push(both);
    }
    let last = lines.len().saturating_sub(1);
    let text = |(at, line): (usize, Line)| {
        let comma = if at < last { "," } else { "" };
        let side = |text: Option<String>| text.map(|text| format!("{text}{comma}\n")).unwrap_or_default();
        match line {
            Line::Plain(text) => format!("{text}{comma}"),
            Line::Marked(ours, theirs) => {
                format!("<<<<<<< ours\n{}=======\n{}>>>>>>> theirs", side(ours), side(theirs))
            }
        }
    };
    lines.into_iter().enumerate().map(text).collect::<Vec<_>>().join("\n")
}
