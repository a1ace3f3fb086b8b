//! The strict parser (RFC 8259). It keeps its own stack, so that no text can exhaust the thread's.

use super::{NodeKind, Slot, Tree};
use crate::diagnostic::{Code, Diagnostic};
use crate::span::locate;
use crate::trust::{Limit, Limits};
use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::OnceLock;

/// Parses a text whose outermost value must be an object.
pub(in crate::envelope) fn parse(text: String, limits: &Limits) -> Result<Tree, Diagnostic> {
    parse_to(text, usize::MAX, limits.size(Limit::JsonValues), limits)
}

/// Parses a text and keeps the values down to level `levels` alone, the outermost being level 0: at most `values` of them.
/// What lies deeper is held to the same rules and forgotten.
pub(in crate::envelope) fn parse_to(
    text: String,
    levels: usize,
    values: usize,
    limits: &Limits,
) -> Result<Tree, Diagnostic> {
    let bounds = Bounds {
        depth: limits.size(Limit::JsonDepth),
        string_bytes: limits.size(Limit::JsonStringBytes),
        members: limits.size(Limit::ObjectMembers),
        levels,
        values,
    };
    let slots = Parser::new(&text, bounds).document().map_err(|fault| fault.diagnostic(&text))?;
    Ok(Tree { text, slots: slots.into(), levels, origin: None, lines: OnceLock::new() })
}

/// Parses a text that was parsed before, or that the packer made of one by edits, down to level `levels`.
pub(super) fn reparse(text: &str, levels: usize) -> Vec<Slot> {
    let most = usize::MAX;
    let bounds = Bounds { depth: most, string_bytes: most, members: most, levels, values: most };
    Parser::new(text, bounds)
        .document()
        .ok()
        .expect("edits replace whole values and members, so the text stays an object")
}

/// Resolves the escapes of a string that was parsed before.
pub(super) fn unescape(inner: &str) -> String {
    serde_json::from_str(&format!("\"{inner}\"")).expect("the parser accepted the string, and is as strict")
}

struct Bounds {
    depth: usize,
    string_bytes: usize,
    members: usize,
    /// The deepest level whose values are kept.
    levels: usize,
    /// How many values are kept at most.
    values: usize,
}

struct Fault {
    code: Code,
    start: usize,
    end: usize,
    message: String,
}

impl Fault {
    fn diagnostic(self, text: &str) -> Diagnostic {
        let help = match self.code {
            Code::JsonDuplicateKey => "keep one of the two members",
            Code::JsonTooDeep | Code::JsonTooLong => "simplify the file, or raise the limit on the command line",
            Code::JsonNotAnObject => "restore the file, or write it anew",
            _ => "correct the text at this place",
        };
        Diagnostic::new(self.code, self.message).on(locate(text.as_bytes(), self.start, self.end)).help(help)
    }
}

struct Parser<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    bounds: Bounds,
    /// How many lists and objects are open.
    level: usize,
    slots: Vec<Slot>,
}

/// An object or list that is not closed yet.
struct Open<'t> {
    /// Where it is kept, if it is.
    slot: Option<usize>,
    is_object: bool,
    is_empty: bool,
    keys: Keys<'t>,
}

/// Enough for a declaration, so that its values are not moved while they are read; a registry has more.
const SLOTS_EXPECTED_MAX: usize = 256;
/// Bytes of text that a value takes at least where somebody writes one by hand.
const BYTES_PER_SLOT: usize = 8;

impl<'t> Parser<'t> {
    fn new(text: &'t str, bounds: Bounds) -> Parser<'t> {
        let slots = Vec::with_capacity((text.len() / BYTES_PER_SLOT).min(SLOTS_EXPECTED_MAX));
        Parser { text, bytes: text.as_bytes(), at: 0, bounds, level: 0, slots }
    }

    fn document(mut self) -> Result<Vec<Slot>, Fault> {
        self.space();
        let start = self.at;
        let mut stack: Vec<Open<'t>> = Vec::new();
        loop {
            self.value(&mut stack)?;
            if self.close_or_continue(&mut stack)? {
                break;
            }
        }
        self.space();
        if self.at < self.bytes.len() {
            return Err(self.fault(Code::JsonSyntax, "more text follows after the end of the value"));
        }
        if self.slots[0].kind != NodeKind::Object {
            let message = "the file holds no object; a control file starts with `{`".to_owned();
            return Err(Fault { code: Code::JsonNotAnObject, start, end: start + 1, message });
        }
        Ok(self.slots)
    }

    /// Reads one value, or opens a list or object.
    fn value(&mut self, stack: &mut Vec<Open<'t>>) -> Result<(), Fault> {
        let start = self.at;
        match self.peek() {
            Some(b'{' | b'[') => {
                let is_object = self.peek() == Some(b'{');
                if stack.len() >= self.bounds.depth {
                    return Err(
                        self.fault(Code::JsonTooDeep, format!("nested more than {} levels deep", self.bounds.depth))
                    );
                }
                self.at += 1;
                let kind = if is_object { NodeKind::Object } else { NodeKind::List };
                let slot = (self.level <= self.bounds.levels).then_some(self.slots.len());
                self.push(kind, start, false)?;
                stack.push(Open { slot, is_object, is_empty: true, keys: Keys::default() });
                self.level += 1;
                Ok(())
            }
            Some(b'"') => self.string().map(|_| ()),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", NodeKind::Bool),
            Some(b'f') => self.word("false", NodeKind::Bool),
            Some(b'n') => self.word("null", NodeKind::Null),
            _ => Err(self.unexpected("a value")),
        }
    }

    /// After a value or an opening bracket: closes what ends here and reads up to the next value.
    /// Says whether the outermost value ended.
    fn close_or_continue(&mut self, stack: &mut Vec<Open<'t>>) -> Result<bool, Fault> {
        loop {
            self.space();
            let Some(open) = stack.last_mut() else { return Ok(true) };
            let (is_object, is_empty, slot) = (open.is_object, open.is_empty, open.slot);
            open.is_empty = false;
            match self.peek() {
                Some(b'}') if is_object => {}
                Some(b']') if !is_object => {}
                Some(b',') if !is_empty => {
                    self.at += 1;
                    self.space();
                    return self.before_value(stack).map(|()| false);
                }
                Some(_) if is_empty => return self.before_value(stack).map(|()| false),
                _ if is_object => return Err(self.unexpected("`,` or `}`")),
                _ => return Err(self.unexpected("`,` or `]`")),
            }
            self.at += 1;
            let (end, next) = (self.at as u32, self.slots.len() as u32);
            if let Some(slot) = slot {
                (self.slots[slot].end, self.slots[slot].next) = (end, next);
            }
            self.level -= 1;
            stack.pop();
        }
    }

    /// In an object, reads the key and the colon.
    fn before_value(&mut self, stack: &mut [Open<'t>]) -> Result<(), Fault> {
        let Some(open) = stack.last_mut().filter(|open| open.is_object) else { return Ok(()) };
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a member name in quotes"));
        }
        let start = self.at;
        let escaped = self.string()?;
        let raw: &'t str = &self.text[start + 1..self.at - 1];
        let key = if escaped { Cow::Owned(unescape(raw)) } else { Cow::Borrowed(raw) };
        let fresh = open.keys.insert(key);
        let count = open.keys.len();
        if !fresh {
            let message = format!("the member `{raw}` stands twice in one object");
            return Err(Fault { code: Code::JsonDuplicateKey, start, end: self.at, message });
        }
        if count > self.bounds.members {
            let message = format!("more than {} members in one object", self.bounds.members);
            return Err(Fault { code: Code::JsonTooLong, start, end: self.at, message });
        }
        self.space();
        if self.peek() != Some(b':') {
            return Err(self.unexpected("`:`"));
        }
        self.at += 1;
        self.space();
        Ok(())
    }

    /// Reads a string and says whether it holds escapes.
    fn string(&mut self) -> Result<bool, Fault> {
        let start = self.at;
        self.at += 1;
        let (mut escaped, mut decoded_bytes) = (false, 0);
        loop {
            match self.peek() {
                None => {
                    return Err(Fault {
                        code: Code::JsonSyntax,
                        start,
                        end: self.at,
                        message: "the string does not end".into(),
                    });
                }
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    decoded_bytes += self.escape()?;
                }
                Some(byte) if byte < 0x20 => {
                    return Err(self.fault(Code::JsonSyntax, "a control character stands unescaped in a string"));
                }
                Some(_) => {
                    self.at += 1;
                    decoded_bytes += 1;
                }
            }
            if decoded_bytes > self.bounds.string_bytes {
                let message = format!("a string of more than {} bytes", self.bounds.string_bytes);
                return Err(Fault { code: Code::JsonTooLong, start, end: self.at, message });
            }
        }
        self.at += 1;
        self.push(NodeKind::String, start, escaped)?;
        Ok(escaped)
    }

    /// Reads one escape and gives the bytes of its character.
    fn escape(&mut self) -> Result<usize, Fault> {
        let start = self.at;
        self.at += 2;
        match self.bytes.get(start + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(1),
            Some(b'u') => {
                let first = self.hex(start)?;
                let unit = match first {
                    0xD800..=0xDBFF if self.bytes[self.at..].starts_with(b"\\u") => {
                        self.at += 2;
                        match self.hex(start)? {
                            low @ 0xDC00..=0xDFFF => 0x10000 + ((first - 0xD800) << 10) + (low - 0xDC00),
                            _ => first,
                        }
                    }
                    unit => unit,
                };
                char::from_u32(unit).map(char::len_utf8).ok_or_else(|| Fault {
                    code: Code::JsonEncoding,
                    start,
                    end: self.at,
                    message: "half of a surrogate pair stands alone, which is no character".into(),
                })
            }
            _ => {
                self.at = start;
                Err(self.fault(Code::JsonSyntax, "no such escape in JSON"))
            }
        }
    }

    fn hex(&mut self, start: usize) -> Result<u32, Fault> {
        let digits = self.bytes.get(self.at..self.at + 4).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let Some(digits) = digits else {
            self.at = start;
            return Err(self.fault(Code::JsonSyntax, "`\\u` needs four hexadecimal digits"));
        };
        self.at += 4;
        let digit = |&b: &u8| char::from(b).to_digit(16).unwrap_or(0);
        Ok(digits.iter().fold(0, |value, b| value * 16 + digit(b)))
    }

    fn number(&mut self) -> Result<(), Fault> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        match self.digits() {
            0 => return Err(self.unexpected("a digit")),
            count if count > 1 && self.bytes[self.at - count] == b'0' => {
                self.at -= count;
                return Err(self.fault(Code::JsonSyntax, "a number with a leading zero"));
            }
            _ => {}
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            if self.digits() == 0 {
                return Err(self.unexpected("a digit"));
            }
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            if self.digits() == 0 {
                return Err(self.unexpected("a digit"));
            }
        }
        self.push(NodeKind::Number, start, false)
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
        self.at - start
    }

    fn word(&mut self, word: &str, kind: NodeKind) -> Result<(), Fault> {
        if !self.bytes[self.at..].starts_with(word.as_bytes()) {
            return Err(self.unexpected("a value"));
        }
        let start = self.at;
        self.at += word.len();
        self.push(kind, start, false)
    }

    fn push(&mut self, kind: NodeKind, start: usize, escaped: bool) -> Result<(), Fault> {
        if self.level > self.bounds.levels {
            return Ok(());
        }
        if self.slots.len() >= self.bounds.values {
            let message = format!("more than {} values in one file", self.bounds.values);
            return Err(Fault { code: Code::JsonTooLong, start, end: self.at, message });
        }
        let next = self.slots.len() as u32 + 1;
        self.slots.push(Slot { kind, escaped, start: start as u32, end: self.at as u32, next });
        Ok(())
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn unexpected(&self, wanted: &str) -> Fault {
        let found = match self.text[self.at.min(self.text.len())..].chars().next() {
            Some(c) => format!("`{c}`"),
            None => "the end of the file".to_owned(),
        };
        self.fault(Code::JsonSyntax, format!("expected {wanted}, found {found}"))
    }

    fn fault(&self, code: Code, message: impl Into<String>) -> Fault {
        let width = self.text.get(self.at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        Fault { code, start: self.at, end: self.at + width, message: message.into() }
    }
}

/// The keys of one object: few are compared in turn, many are hashed.
#[derive(Default)]
struct Keys<'t> {
    few: Vec<Cow<'t, str>>,
    many: HashSet<Cow<'t, str>>,
}

const FEW: usize = 16;

impl<'t> Keys<'t> {
    fn insert(&mut self, key: Cow<'t, str>) -> bool {
        if self.few.contains(&key) || self.many.contains(&key) {
            return false;
        }
        if self.few.len() < FEW {
            self.few.push(key);
            true
        } else {
            self.many.insert(key)
        }
    }

    fn len(&self) -> usize {
        self.few.len() + self.many.len()
    }
}
