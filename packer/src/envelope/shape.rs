//! What a file of one format and version looks like, as data: its members, their values, what belongs together. The
//! JSON Schemas are made from it, and readers take names, words and bounds from it. It reads and judges no file.

/// What every file of one version of a format looks like.
#[derive(Debug)]
pub struct Shape {
    /// The format, as schema files are called.
    pub format: &'static str,
    /// The version. A file has it as `schema_version` where the value is an object with a member of that name.
    pub version: u16,
    /// What such a file is, in a few words.
    pub title: &'static str,
    /// What it is for, as sentences.
    pub about: &'static str,
    /// What it holds.
    pub value: Value,
}

/// The members of an object.
#[derive(Debug)]
pub struct Object {
    /// The members that are known, in the order in which they are written.
    pub members: &'static [Member],
    /// What becomes of others.
    pub others: Others,
    /// What must hold between members.
    pub rules: &'static [Rule],
}

impl Object {
    /// An object with these members, others tolerated.
    #[must_use]
    pub const fn open(members: &'static [Member]) -> Object {
        Object { members, others: Others::Kept, rules: &[] }
    }

    /// An object with these members and no others.
    #[must_use]
    pub const fn closed(members: &'static [Member]) -> Object {
        Object { members, others: Others::Refused, rules: &[] }
    }

    /// The same with rules.
    #[must_use]
    pub const fn with(self, rules: &'static [Rule]) -> Object {
        Object { members: self.members, others: self.others, rules }
    }

    /// Whether a member of this name is known.
    #[must_use]
    pub fn knows(&self, name: &str) -> bool {
        self.position(name) < self.members.len()
    }

    /// Where a member of this name is written; those that are not known come last.
    #[must_use]
    pub fn position(&self, name: &str) -> usize {
        self.members.iter().position(|member| member.name == name).unwrap_or(self.members.len())
    }
}

/// What becomes of members that an object does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    /// They may be there, and stay as they are.
    Kept,
    /// They must not be there.
    Refused,
}

/// One member of an object.
#[derive(Debug)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    /// Whether it must be there.
    pub needed: bool,
    /// What it means, as a sentence; empty in a rule.
    pub about: &'static str,
    /// Its value.
    pub value: Value,
}

/// A member that must be there.
#[must_use]
pub const fn needed(name: &'static str, about: &'static str, value: Value) -> Member {
    Member { name, needed: true, about, value }
}

/// A member that may be there.
#[must_use]
pub const fn optional(name: &'static str, about: &'static str, value: Value) -> Member {
    Member { name, needed: false, about, value }
}

/// Where the first holds, the second holds as well. Both say only what the rule is about.
#[derive(Debug)]
pub struct Rule(pub &'static Object, pub &'static Object);

/// What may stand at one place.
#[derive(Debug)]
pub enum Value {
    /// The file's version.
    Version,
    /// True or false.
    Bool,
    /// True.
    True,
    /// An integer from the first to the second, both included.
    Integer(i64, i64),
    /// An even integer from 0 to this one.
    Even(i64),
    /// One of these integers.
    OneOf(&'static [i64]),
    /// Any string.
    Text,
    /// A string that this regular expression of ECMA-262 describes.
    Pattern(&'static str),
    /// One of these strings.
    Word(&'static [&'static str]),
    /// A list of at least so many items.
    List(usize, &'static Value),
    /// A list of exactly one item.
    Single(&'static Value),
    /// An object.
    Object(Object),
    /// An object whose members have names of their own and values of one kind.
    Map(&'static Value),
    /// The value, or null.
    OrNull(&'static Value),
    /// What a runtime may be told: integers within ±(2^53 - 1), strings, booleans, lists and objects of such.
    Plain,
    /// Anything.
    Any,
    /// Nothing: the member must not be there.
    Never,
}

/// The largest integer that every JSON reader holds exactly: 2^53 - 1 (RFC 8259, section 6).
pub const SAFE_INTEGER_MAX: i64 = (1 << 53) - 1;
/// A uuid in its one written form: lower case with hyphens, not nil (RFC 9562, section 4).
pub const UUID: Value = Value::Pattern(
    "^(?!00000000-0000-0000-0000-000000000000$)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
);
/// A SHA-256 in lower-case hexadecimal.
pub const SHA256: Value = Value::Pattern("^[0-9a-f]{64}$");
/// A name of an asset.
pub const NAME: Value = Value::Pattern("^[a-z][a-z0-9_-]{0,63}$");
