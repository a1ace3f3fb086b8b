//! A JSON object with the place of everything in it, untyped: strict RFC 8259, plus no duplicate members and
//! limits on depth, strings and members. Nodes lie in one list, so that a large registry stays small in memory.
//! It knows no format; numbers keep their spelling.

mod parse;

use crate::span::{LineIndex, Place};
pub(super) use parse::{parse, parse_to};
use std::borrow::Cow;
use std::sync::OnceLock;

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A number in its original spelling.
    Number,
    /// A string.
    String,
    /// A list.
    List,
    /// An object.
    Object,
}

/// A parsed text; its root is an object.
#[derive(Debug)]
pub struct Tree {
    text: String,
    /// Made again from the text where it was given up.
    slots: OnceLock<Vec<Slot>>,
    /// The deepest level whose values are made again.
    levels: usize,
    origin: Option<Origin>,
    /// Of the text on disk; made when the first place is asked for.
    lines: OnceLock<LineIndex>,
}

/// One value: where it stands in the text, and the slot behind its last descendant. The children of an object
/// are its keys and values in turn.
#[derive(Clone, Copy, Debug)]
struct Slot {
    kind: NodeKind,
    escaped: bool,
    start: u32,
    end: u32,
    next: u32,
}

/// The text as it stood on disk before it was upgraded in memory, and how places map back to it.
#[derive(Debug)]
struct Origin {
    text: String,
    /// Where each edit stands in the upgraded text, and what it replaced in the original: (new range, old range).
    edits: Vec<(std::ops::Range<usize>, std::ops::Range<usize>)>,
}

/// A value of a tree.
#[derive(Clone, Copy, Debug)]
pub struct Node<'t> {
    tree: &'t Tree,
    at: usize,
}

impl Tree {
    /// The outermost object.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        Node { tree: self, at: 0 }
    }

    /// A text that was parsed before, as a whole and within its limits.
    pub(crate) fn known_to_parse(text: String) -> Tree {
        Tree { text, slots: OnceLock::new(), levels: usize::MAX, origin: None, lines: OnceLock::new() }
    }

    /// Gives up what is known of the structure, which takes as much memory as the text. It is parsed once more when it is
    /// asked for, down to level `levels`, the outermost being level 0; objects and lists on that one seem empty.
    pub(crate) fn keep_outline(&mut self, levels: usize) {
        self.levels = levels;
        self.slots = OnceLock::new();
    }

    /// The text that was parsed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// The text that lies on disk, where this tree is an upgrade of it in memory.
    #[must_use]
    pub fn text_on_disk(&self) -> &str {
        self.origin.as_ref().map_or(&self.text, |origin| &origin.text)
    }

    /// This tree after `edits`, each a byte range of the text and what replaces it, ascending and apart from each
    /// other. The new text must be an object that could have been read; places go on pointing into the text on disk.
    pub(crate) fn edited(self, edits: &[(std::ops::Range<usize>, String)]) -> Tree {
        let (mut text, mut moved, mut at) = (String::with_capacity(self.text.len()), Vec::new(), 0);
        for (range, new) in edits {
            text.push_str(&self.text[at..range.start]);
            let start = text.len();
            text.push_str(new);
            moved.push((start..text.len(), self.on_disk(range.start)..self.on_disk(range.end)));
            at = range.end;
        }
        text.push_str(&self.text[at..]);
        if let Some(origin) = &self.origin {
            // Earlier edits that these leave alone keep their place, moved along.
            for (new, old) in &origin.edits {
                let touched = edits.iter().any(|(range, _)| range.start < new.end && new.start < range.end);
                if !touched {
                    let by = |at: usize| {
                        let before = edits.iter().filter(|(range, _)| range.end <= at);
                        before.fold(at, |at, (range, text)| at + text.len() - range.len())
                    };
                    moved.push((by(new.start)..by(new.start) + new.len(), old.clone()));
                }
            }
            moved.sort_by_key(|(new, _)| (new.start, new.end));
        }
        let on_disk = self.origin.map_or(self.text, |origin| origin.text);
        Tree { origin: Some(Origin { text: on_disk, edits: moved }), ..Tree::known_to_parse(text) }
    }

    /// Where a byte of this text stands in the text on disk; the start of what was replaced, for new text.
    fn on_disk(&self, at: usize) -> usize {
        let Some(origin) = &self.origin else { return at };
        let Some((new, old)) = origin.edits[..origin.edits.partition_point(|(new, _)| new.start <= at)].last() else {
            return at;
        };
        if at < new.end { old.start } else { old.end + (at - new.end) }
    }

    /// The place of bytes of the text on disk.
    pub(crate) fn place_on_disk(&self, start: usize, end: usize) -> Place {
        let text = self.text_on_disk().as_bytes();
        self.lines.get_or_init(|| LineIndex::new(text)).locate(text, start, end)
    }

    fn place(&self, start: usize, end: usize) -> Place {
        let (from, to) = (self.on_disk(start), self.on_disk(end));
        self.place_on_disk(from, to.max(from))
    }
}

impl<'t> Node<'t> {
    fn slot(self) -> Slot {
        self.tree.slots.get_or_init(|| parse::reparse(&self.tree.text, self.tree.levels))[self.at]
    }

    /// What it is.
    #[must_use]
    pub fn kind(self) -> NodeKind {
        self.slot().kind
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(self) -> bool {
        self.kind() == NodeKind::Null
    }

    /// Its bytes in the text.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.slot().start as usize..self.slot().end as usize
    }

    /// Where its bytes stand in the text on disk.
    pub(crate) fn range_on_disk(self) -> std::ops::Range<usize> {
        let range = self.range();
        self.tree.on_disk(range.start)..self.tree.on_disk(range.end)
    }

    /// Its text as it was written.
    #[must_use]
    pub fn raw(self) -> &'t str {
        &self.tree.text[self.range()]
    }

    /// Its text for a message, cut after 40 characters.
    #[must_use]
    pub fn excerpt(self) -> String {
        let mut text: String = self.raw().chars().take(40).collect();
        if text.len() < self.raw().len() {
            text.push('…');
        }
        format!("`{text}`")
    }

    /// Where it stands in the file.
    #[must_use]
    pub fn place(self) -> Place {
        let range = self.range();
        self.tree.place(range.start, range.end)
    }

    /// Where it begins in the file; for what is missing inside it.
    #[must_use]
    pub fn place_of_start(self) -> Place {
        let start = self.range().start;
        self.tree.place(start, start + 1)
    }

    /// The value of a string, escapes resolved.
    #[must_use]
    pub fn text(self) -> Option<Cow<'t, str>> {
        let slot = self.slot();
        if slot.kind != NodeKind::String {
            return None;
        }
        let inner = &self.tree.text[slot.start as usize + 1..slot.end as usize - 1];
        Some(if slot.escaped { Cow::Owned(parse::unescape(inner)) } else { Cow::Borrowed(inner) })
    }

    /// The value of `true` or `false`.
    #[must_use]
    pub fn bool(self) -> Option<bool> {
        (self.kind() == NodeKind::Bool).then(|| self.raw() == "true")
    }

    /// The items of a list; none for anything else.
    pub fn items(self) -> impl Iterator<Item = Node<'t>> {
        let at = if self.kind() == NodeKind::List { self.at + 1 } else { self.slot().next as usize };
        Children { tree: self.tree, at, end: self.slot().next as usize }
    }

    /// The members of an object, key and value, in the order of the text; none for anything else.
    pub fn members(self) -> impl Iterator<Item = (Node<'t>, Node<'t>)> {
        let at = if self.kind() == NodeKind::Object { self.at + 1 } else { self.slot().next as usize };
        let mut children = Children { tree: self.tree, at, end: self.slot().next as usize };
        std::iter::from_fn(move || Some((children.next()?, children.next()?)))
    }

    /// The value of a member.
    #[must_use]
    pub fn member(self, name: &str) -> Option<Node<'t>> {
        self.members().find(|(key, _)| key.text().as_deref() == Some(name)).map(|(_, value)| value)
    }
}

struct Children<'t> {
    tree: &'t Tree,
    at: usize,
    end: usize,
}

impl<'t> Iterator for Children<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        if self.at >= self.end {
            return None;
        }
        let node = Node { tree: self.tree, at: self.at };
        self.at = node.slot().next as usize;
        Some(node)
    }
}
