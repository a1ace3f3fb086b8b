//! What stands in the place of a file, and where things stand in a text that was edited in memory.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use super::{Artifact, Windows, open, outline, recognise};
use crate::diagnostic::Code;
use crate::envelope::Tree;
use crate::trust::{Limits, admit_bytes};

/// Code, line and offset of what keeps bytes from being taken for a text, and how many of them are meant.
fn refused(bytes: &[u8]) -> Option<(Code, u32, u64, u64)> {
    let finding = recognise::text(bytes.to_vec()).err()?;
    let span = finding.place.unwrap().span;
    Some((finding.code, span.line, span.offset, span.length))
}

#[test]
fn the_marks_of_a_merge_are_found_where_they_stand() {
    let marks = |line, offset| Some((Code::FileConflictMarkers, line, offset, 7));
    assert_eq!(refused(b"{\n<<<<<<< ours\n}"), marks(2, 2));
    assert_eq!(refused(b"{\n \"a\": 1,\r\n=======\r\n}"), marks(3, 12));
    assert_eq!(refused(b"{\n\n>>>>>>>"), marks(3, 3));
    assert_eq!(refused(b"||||||| base\n{}"), marks(1, 0));
    // Inside a line they are text, and a longer row of them is none.
    for text in ["{\"a\": \"<<<<<<< b\"}", " =======\n{}", "========\n{}", "<<<<<<<x\n{}", "= ======\n{}"] {
        assert_eq!(refused(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn another_encoding_is_named_where_it_shows() {
    let at = |offset| Some((Code::JsonEncoding, 1, offset, 0));
    for bytes in [&b"\xef\xbb\xbf{}"[..], b"\xff\xfe{\0", b"\xfe\xff\0{", b"{\0}\0"] {
        assert_eq!(refused(bytes), at(0), "{bytes:?}");
    }
    assert_eq!(refused(b"{\"a\":\"\xff\"}"), at(6));
    assert_eq!(refused("{\"ä\":\"\u{0}\"}".as_bytes()), None);
}

const ON_DISK: &str = r#"{"a":111,"b":22,"c":333}"#;

fn places(tree: &Tree) -> Vec<(String, std::ops::Range<usize>)> {
    let place = |(_, value): (super::Node<'_>, super::Node<'_>)| (value.raw().to_owned(), value.range_on_disk());
    tree.root().members().map(place).collect()
}

/// The values of the text after these edits, each with the bytes of the text on disk that it is told of.
fn edited(rounds: &[&[(std::ops::Range<usize>, &str)]]) -> Vec<(String, std::ops::Range<usize>)> {
    let tree = rounds.iter().fold(Tree::known_to_parse(ON_DISK.to_owned()), |tree, edits| {
        tree.edited(&edits.iter().map(|(range, text)| (range.clone(), (*text).to_owned())).collect::<Vec<_>>())
    });
    assert_eq!(tree.text_on_disk(), ON_DISK);
    places(&tree)
}

fn told(values: &[(&str, std::ops::Range<usize>)]) -> Vec<(String, std::ops::Range<usize>)> {
    values.iter().map(|(value, place)| ((*value).to_owned(), place.clone())).collect()
}

#[test]
fn values_of_an_edited_text_are_told_of_where_they_stand_on_disk() {
    let (a, b, c) = (5..8, 13..15, 20..23);
    assert_eq!(edited(&[]), told(&[("111", a.clone()), ("22", b.clone()), ("333", c.clone())]));
    let longer: &[_] = &[(13..15, "4444")];
    assert_eq!(edited(&[longer]), told(&[("111", a.clone()), ("4444", b.clone()), ("333", c.clone())]));
    let both: &[_] = &[(5..8, "[]"), (13..15, "4444")];
    assert_eq!(edited(&[both]), told(&[("[]", a.clone()), ("4444", b.clone()), ("333", c.clone())]));
}

#[test]
fn later_edits_leave_earlier_ones_where_they_stand_on_disk() {
    let (a, b, c) = (5..8, 13..15, 20..23);
    // The text after it is {"a":111,"b":4444,"c":333}.
    let first: &[_] = &[(13..15, "4444")];
    let with = |second: &[(std::ops::Range<usize>, &str)]| edited(&[first, second]);
    let values = |one, two, three| told(&[(one, a.clone()), (two, b.clone()), (three, c.clone())]);
    // In front of it, shorter and longer; behind it; in its place; right before it.
    assert_eq!(with(&[(5..8, "9")]), values("9", "4444", "333"));
    assert_eq!(with(&[(5..8, "[1,2]")]), values("[1,2]", "4444", "333"));
    assert_eq!(with(&[(22..25, "7")]), values("111", "4444", "7"));
    assert_eq!(with(&[(13..17, "5")]), values("111", "5", "333"));
    assert_eq!(with(&[(13..13, "  ")]), values("111", "4444", "333"));
    assert_eq!(with(&[(5..8, "9"), (22..25, "77777")]), values("9", "4444", "77777"));
    // What is new stands where it was put, right behind the edit.
    let more = with(&[(17..17, r#","d":8"#)]);
    assert_eq!(more, told(&[("111", a), ("4444", b), ("8", 15..15), ("333", c)]));
}

#[test]
fn what_is_shown_of_a_value_is_short() {
    let text = format!(r#"{{"short": null, "exact": "{}", "long": "{}"}}"#, "x".repeat(38), "ä".repeat(60));
    let tree = Tree::known_to_parse(text);
    let shown = |name| tree.root().member(name).unwrap().excerpt();
    assert_eq!(shown("short"), "`null`");
    assert_eq!(shown("exact"), format!("`\"{}\"`", "x".repeat(38)));
    assert_eq!(shown("long"), format!("`\"{}…`", "ä".repeat(39)));
    assert!(tree.root().member("short").unwrap().is_null() && !tree.root().member("long").unwrap().is_null());
    let begin = tree.root().member("exact").unwrap().place_of_start().span;
    assert_eq!((begin.offset, begin.length), (25, 1));
}

#[test]
fn a_structure_that_was_given_up_is_the_same_when_it_is_asked_for() {
    let mut tree = outline(ON_DISK.to_owned(), 8, 100, &Limits::default()).unwrap();
    let before = places(&tree);
    tree.keep_outline(8);
    assert_eq!(places(&tree), before);
}

#[test]
fn a_version_is_read_from_the_oldest_to_the_newest_and_no_further() {
    let version = |version: u32| {
        let text = format!(r#"{{"schema_version":{version}}}"#);
        let admitted = admit_bytes("assets/a/asset.json", text.as_bytes(), &Limits::default());
        open(admitted, Artifact::Declaration, &Windows::default()).map(|envelope| envelope.version())
    };
    let range = Windows::default().read(Artifact::Declaration);
    for found in 0..=u32::from(range.max) + 1 {
        let is_read = version(found).is_ok();
        assert_eq!(is_read, (u32::from(range.min)..=u32::from(range.max)).contains(&found), "version {found}");
        assert_eq!(is_read, u16::try_from(found).is_ok_and(|found| range.contains(found)));
    }
}
