//! Says why a file that is not laid out as the packer writes it is no cache that could be read.

use crate::envelope::{Artifact, Windows};
use serde::Deserializer as _;
use serde::de::{Error as _, IgnoredAny, MapAccess, Visitor};
use std::fmt;
use std::io::Read;

/// How much of an unreadable file's trouble is told.
const EXCERPT_CHARS: usize = 120;

/// Why not, as a fragment of a sentence. The file goes by in pieces and is not kept.
pub(super) fn why(file: impl Read, windows: &Windows) -> String {
    let mut reader = serde_json::Deserializer::from_reader(file);
    let version = reader.deserialize_map(Version).and_then(|version| reader.end().map(|()| version));
    let range = windows.read(Artifact::Cache);
    match version {
        Ok(Some(version)) if (range.min..=range.max).contains(&version) => {
            "it is not laid out as this packer writes it".to_owned()
        }
        Ok(Some(version)) => format!("it has version {version}, and this packer reads {range}"),
        Ok(None) => "it has no `schema_version`".to_owned(),
        Err(error) => excerpt(&error),
    }
}

/// The message may quote a text of any length.
pub(super) fn excerpt(error: &serde_json::Error) -> String {
    error.to_string().chars().take(EXCERPT_CHARS).collect()
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
