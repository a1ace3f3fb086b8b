//! Reads the members of one file, noting each finding with its place.

use crate::diagnostic::{AssetRef, Code, Diagnostic};
use crate::envelope::shape::Object;
use crate::envelope::{Node, NodeKind};
use crate::schema::SAFE_INTEGER_MAX;
use crate::span::Place;
use std::borrow::Cow;
use std::sync::Arc;

/// Collects findings about one file.
pub(super) struct Reader<'a> {
    pub(super) path: &'a str,
    pub(super) asset: Option<&'a Arc<AssetRef>>,
    pub(super) invalid: Code,
    pub(super) findings: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    pub(super) fn note(&mut self, finding: Diagnostic, place: Place) {
        let finding = finding.at(self.path).on(place);
        self.findings.push(match self.asset {
            Some(asset) => finding.of(asset),
            None => finding,
        });
    }

    pub(super) fn say(&mut self, code: Code, node: Node<'_>, message: impl AsRef<str>, help: &str) {
        self.note(Diagnostic::new(code, message).help(help), node.place());
    }

    fn wrong(&mut self, node: Node<'_>, name: &str, wanted: &str) {
        let message = format!("`{name}` is {}, not {wanted}", node.excerpt());
        self.say(self.invalid, node, message, &format!("write {wanted} here"));
    }

    /// A member that must be there.
    pub(super) fn required<'t>(&mut self, object: Node<'t>, name: &str) -> Option<Node<'t>> {
        let found = object.member(name);
        if found.is_none() {
            let finding = Diagnostic::new(self.invalid, format!("the member `{name}` is missing")).help("add it");
            self.note(finding, object.place_of_start());
        }
        found
    }

    pub(super) fn object<'t>(&mut self, node: Node<'t>, name: &str) -> Option<Node<'t>> {
        let fits = node.kind() == NodeKind::Object;
        if !fits {
            self.wrong(node, name, "an object");
        }
        fits.then_some(node)
    }

    pub(super) fn list<'t>(&mut self, node: Node<'t>, name: &str) -> Option<Node<'t>> {
        let fits = node.kind() == NodeKind::List;
        if !fits {
            self.wrong(node, name, "a list");
        }
        fits.then_some(node)
    }

    pub(super) fn text<'t>(&mut self, node: Node<'t>, name: &str) -> Option<Cow<'t, str>> {
        let text = node.text();
        if text.is_none() {
            self.wrong(node, name, "a string");
        }
        text
    }

    pub(super) fn bool(&mut self, node: Node<'_>, name: &str) -> Option<bool> {
        let value = node.bool();
        if value.is_none() {
            self.wrong(node, name, "true or false");
        }
        value
    }

    /// An integer of `low..=high`; a number that JSON readers would not agree on is `json/number`.
    pub(super) fn integer(&mut self, node: Node<'_>, name: &str, low: i64, high: i64) -> Option<i64> {
        let wanted = || format!("an integer from {low} to {high}");
        if node.kind() != NodeKind::Number {
            self.wrong(node, name, &wanted());
            return None;
        }
        match exact_integer(node.raw()) {
            None => {
                let message = format!("`{name}` is {}, which is no plain integer within ±(2^53 - 1)", node.excerpt());
                self.say(Code::JsonNumber, node, message, &format!("write {}, without fraction or exponent", wanted()));
                None
            }
            Some(value) if (low..=high).contains(&value) => Some(value),
            Some(_) => {
                self.wrong(node, name, &wanted());
                None
            }
        }
    }

    /// Warns about every member that is not one of `known`.
    pub(super) fn unknown_members(&mut self, object: Node<'_>, inside: &str, known: &Object) {
        for (key, _) in object.members() {
            let name = key.text().unwrap_or_default();
            if !known.knows(&name) {
                let message = format!("`{inside}{name}` is no member that this packer knows; it is kept as it is");
                self.say(
                    Code::DeclarationUnknownField,
                    key,
                    message,
                    "correct its spelling, or leave it for the tool that knows it",
                );
            }
        }
    }
}

/// The value of an integer that is written plainly and that every JSON reader holds exactly.
pub(super) fn exact_integer(raw: &str) -> Option<i64> {
    let plain = raw.bytes().all(|b| b.is_ascii_digit() || b == b'-') && raw != "-0";
    let value = raw.parse::<i64>().ok().filter(|_| plain)?;
    (-SAFE_INTEGER_MAX..=SAFE_INTEGER_MAX).contains(&value).then_some(value)
}
