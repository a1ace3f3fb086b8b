//! `cache.json`, as far as whether it is of a version that could be read. Nothing in it is used, and nothing that is
//! wrong with it is a finding: a cache is used or it is not.

use crate::envelope::{Artifact, Windows};
use crate::trust::Stream;
use serde::Deserializer as _;
use serde::de::{Error as _, IgnoredAny, MapAccess, Visitor};
use std::fmt;
use std::io::BufReader;

/// How much of an unreadable file's trouble is told.
const EXCERPT_CHARS: usize = 120;

/// Whether this is a cache of a version that is read. The file goes by in pieces and is not kept.
///
/// # Errors
/// Why not, as a fragment of a sentence.
pub fn check(stream: Stream, windows: &Windows) -> Result<(), String> {
    let mut reader = serde_json::Deserializer::from_reader(BufReader::new(stream));
    let version = reader.deserialize_map(Version).and_then(|version| reader.end().map(|()| version));
    let range = windows.read(Artifact::Cache);
    match version {
        Ok(Some(version)) if (range.min..=range.max).contains(&version) => Ok(()),
        Ok(Some(version)) => Err(format!("it has version {version}, and this packer reads {range}")),
        Ok(None) => Err("it has no `schema_version`".to_owned()),
        // The message may quote a text of any length.
        Err(error) => Err(error.to_string().chars().take(EXCERPT_CHARS).collect()),
    }
}

/// Takes the version out of an object and passes over everything else.
struct Version;

impl<'de> Visitor<'de> for Version {
    type Value = Option<u16>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Option<u16>, A::Error> {
        let mut found = None;
        while let Some(name) = members.next_key::<String>()? {
            if name != "schema_version" {
                members.next_value::<IgnoredAny>()?;
            } else if found.replace(members.next_value()?).is_some() {
                return Err(A::Error::duplicate_field("schema_version"));
            }
        }
        Ok(found)
    }
}
