//! What may be long in an answer: rows that are made one at a time while they are written, so that a hundred thousand of
//! them are never in memory at once.

use serde::{Serialize, Serializer};
use serde_json::Value;
use std::collections::BTreeMap;

/// A list of rows that are not made yet.
pub struct Rows<'a, T>(Box<dyn Fn() -> Box<dyn Iterator<Item = T> + 'a> + 'a>);

impl<'a, T: 'a> Rows<'a, T> {
    /// The rows that each call of `make` gives: the same ones every time.
    pub fn of<I: Iterator<Item = T> + 'a>(make: impl Fn() -> I + 'a) -> Rows<'a, T> {
        Rows(Box::new(move || Box::new(make())))
    }

    /// Makes them.
    pub fn iter(&self) -> impl Iterator<Item = T> + 'a {
        (self.0)()
    }
}

impl<'a, T: Serialize + 'a> Serialize for Rows<'a, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// A JSON object, some of whose members are rows. Members are written in the order of their names.
#[derive(Default, Serialize)]
pub struct Object<'a>(BTreeMap<String, Member<'a>>);

#[derive(Serialize)]
#[serde(untagged)]
enum Member<'a> {
    Value(Value),
    Rows(Rows<'a, Value>),
}

impl<'a> Object<'a> {
    /// The same object with a member of rows.
    #[must_use]
    pub fn rows<I: Iterator<Item = Value> + 'a>(mut self, name: &str, make: impl Fn() -> I + 'a) -> Object<'a> {
        self.0.insert(name.to_owned(), Member::Rows(Rows::of(make)));
        self
    }

    /// The same object with a plain member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Object<'a> {
        self.0.insert(name.to_owned(), Member::Value(value.into()));
        self
    }
}

impl From<Value> for Object<'_> {
    /// The members of an object; a value that is none has none.
    fn from(value: Value) -> Self {
        let Value::Object(members) = value else { return Object::default() };
        Object(members.into_iter().map(|(name, value)| (name, Member::Value(value))).collect())
    }
}
