//! The JSON of a root's line.

use super::line::{Hex, written};
use super::{CachedRoot, RootLine};
use crate::digest::Digest;
use crate::schema::declaration::{TILE_SIZES, is_name};
use crate::schema::{BankType, Declaration, Inputs, Role};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;
use uuid::Uuid;

/// Stands between the paths of inputs: no portable name holds it, as little as quotes and backslashes.
const SEPARATOR: char = '|';

/// The text of a root's line, without its end; `None` of a declaration that is not complete.
pub(super) fn root_text(asset_id: u32, seen: Digest, of: &Declaration) -> Option<String> {
    let threshold = of.alpha_threshold.map_or("null".to_owned(), |threshold| threshold.to_string());
    let mut text = format!(
        r#"{{"asset_id":{asset_id},"seen":"{seen}","asset_uuid":"{}","name":"{}","type":"{}","preload":{},"#,
        of.asset_uuid?,
        of.name.as_deref()?,
        of.bank?.name(),
        of.preload?,
    );
    let _ = write!(
        text,
        r#""alpha_threshold":{threshold},"average_channels":{},"metadata":{},"inputs":["#,
        of.average_channels,
        written(serde_json::to_string(&of.metadata)),
    );
    let mut last = None;
    for (role, path) in of.inputs.iter() {
        let _ = match last.replace(role) {
            Some(before) if before == role => write!(text, "{SEPARATOR}{path}"),
            Some(_) => write!(text, r#""],["{}","{path}"#, role.name()),
            None => write!(text, r#"["{}","{path}"#, role.name()),
        };
    }
    text.push_str(if last.is_some() { "\"]]}" } else { "]}" });
    Some(text)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    #[serde(rename = "asset_id")]
    _asset_id: u32,
    seen: Hex,
    asset_uuid: &'a str,
    name: &'a str,
    #[serde(rename = "type")]
    bank: &'a str,
    preload: bool,
    alpha_threshold: Option<u8>,
    average_channels: bool,
    metadata: Map<String, Value>,
    #[serde(borrow)]
    inputs: Vec<Group<'a>>,
}

/// A role, and the inputs of it that follow each other.
#[derive(Deserialize)]
struct Group<'a>(&'a str, &'a str);

/// What a root's line begins with, before its id.
const START: &[u8] = b"{\"asset_id\":";

impl RootLine {
    /// The line at `place` in `text`; `None` where it is none.
    pub(super) fn of(text: &Arc<Vec<u8>>, place: Range<usize>) -> Option<RootLine> {
        let digits = text.get(place.clone())?.strip_prefix(START)?.split(|&byte| byte == b',').next()?;
        let asset_id = str::from_utf8(digits).ok()?.parse().ok()?;
        let (start, end) = (u32::try_from(place.start).ok()?, u32::try_from(place.end).ok()?);
        Some(RootLine { asset_id, text: Arc::clone(text), start, end })
    }

    /// Reads it; `None` where no declaration could say so.
    #[must_use]
    pub fn read(&self) -> Option<CachedRoot> {
        let line: Line<'_> = serde_json::from_slice(self.text.get(self.start as usize..self.end as usize)?).ok()?;
        line.root()
    }
}

impl Line<'_> {
    fn root(self) -> Option<CachedRoot> {
        let bank = [BankType::Glyph, BankType::Sound].into_iter().find(|bank| bank.name() == self.bank)?;
        let tile_size = match bank {
            BankType::Glyph => Some(self.metadata.get("tile_size")?.as_i64().filter(|size| TILE_SIZES.contains(size))?),
            BankType::Sound => None,
        };
        let role = |group: &Group<'_>| Role::ALL.into_iter().find(|role| role.name() == group.0);
        let roles: Vec<Role> = self.inputs.iter().map(role).collect::<Option<_>>()?;
        let paths = self.inputs.iter().zip(roles);
        let paths = paths.flat_map(|(Group(_, paths), role)| paths.split(SEPARATOR).map(move |path| (role, path)));
        let (mut count, mut bytes) = (0, 0);
        for Group(_, paths) in &self.inputs {
            let more = paths.matches(SEPARATOR).count();
            count += 1 + more;
            bytes += paths.len() - more;
        }
        let inputs = Inputs::sized(paths, count, bytes);
        let declaration = Declaration {
            asset_uuid: Some(Uuid::parse_str(self.asset_uuid).ok()?),
            name: Some(Some(self.name).filter(|name| is_name(name))?.into()),
            bank: Some(bank),
            inputs,
            tile_size: tile_size.and_then(|size| u32::try_from(size).ok()),
            metadata: self.metadata,
            preload: Some(self.preload),
            alpha_threshold: self.alpha_threshold,
            average_channels: self.average_channels,
        };
        Some(CachedRoot { seen: self.seen.0, declaration })
    }
}
