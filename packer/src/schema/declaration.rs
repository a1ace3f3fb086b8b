//! `asset.json`, version 3: what one asset is, and from what it is made.

mod shape;

pub(super) use shape::{SHAPE, TOP};

use super::reader::Reader;
use super::{Inputs, Role, metadata};
use crate::diagnostic::{AssetRef, Code, Diagnostic};
use crate::envelope::Node;
use crate::migrate::Migrated;
use crate::path::{PortablePath, fold};
use crate::trust::{Limit, Limits, refuse_path};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::sync::Arc;
use uuid::Uuid;

/// What kind of bank an asset becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BankType {
    /// Tiles and palettes.
    Glyph,
    /// Sound samples.
    Sound,
}

impl BankType {
    /// The word in a declaration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            BankType::Glyph => shape::GLYPH,
            BankType::Sound => shape::SOUND,
        }
    }

    /// The word for its format in a declaration.
    #[must_use]
    pub fn format(self) -> &'static str {
        match self {
            BankType::Glyph => shape::GLYPH_FORMAT,
            BankType::Sound => shape::SOUND_FORMAT,
        }
    }
}

/// A declaration, as far as it could be understood. What is `None` has a finding; one without blocking findings is complete.
#[derive(Clone, Debug, Default)]
pub struct Declaration {
    /// `asset_uuid`; also absent where an old unregistered declaration has none yet.
    pub asset_uuid: Option<Uuid>,
    /// `name`.
    pub name: Option<Arc<str>>,
    /// `type`.
    pub bank: Option<BankType>,
    /// `inputs`.
    pub inputs: Inputs,
    /// `output.metadata`.
    pub metadata: Map<String, Value>,
    /// `output.metadata.tile_size` in pixels, for glyph banks.
    pub tile_size: Option<u32>,
    /// `preload.enabled`.
    pub preload: Option<bool>,
    /// `build.alpha_threshold`: alpha below it counts as 0, the rest as 255.
    pub alpha_threshold: Option<u8>,
    /// `build.channel_mix` is `"average"`.
    pub average_channels: bool,
}

/// Tile sizes in pixels.
pub const TILE_SIZES: [i64; 3] = shape::TILE_SIZES;

/// Reads a current declaration of the asset whose folder is `root`.
pub fn parse(
    migrated: &Migrated,
    root: &PortablePath,
    asset: &Arc<AssetRef>,
    limits: &Limits,
    findings: &mut Vec<Diagnostic>,
) -> Declaration {
    let reader = &mut Reader { path: migrated.path(), asset: Some(asset), invalid: Code::DeclarationInvalid, findings };
    let top = migrated.tree().root();
    reader.unknown_members(top, "", &shape::TOP);
    let mut declaration = Declaration::default();
    if top.member("asset_uuid").is_some() || migrated.from() >= 2 {
        declaration.asset_uuid = reader.required(top, "asset_uuid").and_then(|node| read_uuid(reader, node));
    }
    declaration.name = reader.required(top, "name").and_then(|node| read_name(reader, node)).map(Into::into);
    declaration.bank = reader.required(top, "type").and_then(|node| read_type(reader, node));
    declaration.inputs = reader
        .required(top, "inputs")
        .map(|node| read_inputs(reader, node, declaration.bank, root, limits))
        .unwrap_or_default();
    if let Some(output) = reader.required(top, "output").and_then(|node| reader.object(node, "output")) {
        read_output(reader, output, &mut declaration, limits);
    }
    if let Some(preload) = reader.required(top, "preload").and_then(|node| reader.object(node, "preload")) {
        reader.unknown_members(preload, "preload.", &shape::PRELOAD);
        declaration.preload = reader.required(preload, "enabled").and_then(|node| reader.bool(node, "preload.enabled"));
    }
    if let Some(build) = top.member("build").and_then(|node| reader.object(node, "build")) {
        read_build(reader, build, &mut declaration);
    }
    declaration
}

/// Reads the uuid of RFC 9562 in its one written form: lower case with hyphens, not nil.
pub(super) fn read_uuid(reader: &mut Reader<'_>, node: Node<'_>) -> Option<Uuid> {
    let text = reader.text(node, "asset_uuid")?;
    let uuid = uuid_of(&text);
    if uuid.is_none() {
        let message = format!("`asset_uuid` is {}, not a uuid in lower case with hyphens", node.excerpt());
        reader.say(
            reader.invalid,
            node,
            message,
            "restore the uuid that the asset had; the registry may still hold it",
        );
    }
    uuid
}

/// The uuid that a text spells as it has to be spelled: in lower case, with hyphens, and not nil.
#[must_use]
pub fn uuid_of(text: &str) -> Option<Uuid> {
    let is_spelled_so = |uuid: &Uuid| uuid.as_hyphenated().encode_lower(&mut Uuid::encode_buffer()) == text;
    Uuid::parse_str(text).ok().filter(|uuid| !uuid.is_nil() && is_spelled_so(uuid))
}

/// Whether a text is a legal asset name: 1 to 64 of `a-z 0-9 _ -`, starting with a letter.
#[must_use]
pub fn is_name(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
}

fn read_name(reader: &mut Reader<'_>, node: Node<'_>) -> Option<Box<str>> {
    let text = reader.text(node, "name")?;
    if !is_name(&text) {
        let message =
            format!("the name {} is not 1 to 64 of `a-z`, `0-9`, `_` and `-`, starting with a letter", node.excerpt());
        reader.say(Code::DeclarationNameInvalid, node, message, "choose a name of these characters");
    }
    Some(text.into())
}

fn read_type(reader: &mut Reader<'_>, node: Node<'_>) -> Option<BankType> {
    let text = reader.text(node, "type")?;
    let bank = [BankType::Glyph, BankType::Sound].into_iter().find(|bank| bank.name() == text);
    if bank.is_none() {
        let message = format!("no such type: {}", node.excerpt());
        reader.say(Code::DeclarationUnknownType, node, message, "write `glyph_bank` or `sound_bank`");
    }
    bank
}

fn read_inputs(
    reader: &mut Reader<'_>,
    node: Node<'_>,
    bank: Option<BankType>,
    root: &PortablePath,
    limits: &Limits,
) -> Inputs {
    let Some(object) = reader.object(node, "inputs") else { return Inputs::default() };
    let known: &[Role] = match bank {
        Some(BankType::Glyph) => &[Role::Sprites, Role::Palettes, Role::Payload],
        Some(BankType::Sound) => &[Role::Sources, Role::Payload],
        None => &Role::ALL,
    };
    let mut declared = Vec::new();
    for (key, value) in object.members() {
        let name = key.text().unwrap_or_default();
        let Some(&role) = known.iter().find(|role| role.name() == name) else {
            let names: Vec<_> = known.iter().map(|role| role.name()).collect();
            let message = format!("`inputs.{name}` is no role of this type of asset");
            reader.say(Code::DeclarationUnknownRole, key, message, &format!("the roles are {}", names.join(", ")));
            continue;
        };
        let place = format!("inputs.{name}");
        let Some(list) = reader.list(value, &place) else { continue };
        if list.items().next().is_none() {
            reader.say(
                reader.invalid,
                value,
                format!("`{place}` is empty"),
                "name at least one file, or drop the role",
            );
        }
        for item in list.items() {
            let Some(text) = reader.text(item, &place) else { continue };
            if let Some(text) = read_input(reader, item, text, root) {
                declared.push((role, text));
            }
        }
    }
    let most = limits.size(Limit::AssetInputs);
    if declared.len() > most {
        let message = format!("{} inputs are over the limit of {most} for one asset", declared.len());
        reader.say(Code::TrustTooMany, object, message, "split the asset into several");
        return Inputs::default();
    }
    let count = |role| declared.iter().filter(|row| row.0 == role).count();
    let missing = match bank {
        Some(_) if count(Role::Payload) > 0 => {
            if declared.len() > 1 {
                let message = "`inputs.payload` names exactly one file and stands alone";
                reader.say(reader.invalid, object, message, "drop the other roles, or the payload");
            }
            None
        }
        Some(BankType::Glyph) if object.member("sprites").is_none() && object.member("payload").is_none() => {
            Some("sprites")
        }
        Some(BankType::Sound) if object.member("sources").is_none() && object.member("payload").is_none() => {
            Some("sources")
        }
        Some(BankType::Glyph) if object.member("palettes").is_none() && object.member("sprites").is_some() => {
            let message = "the bank has sprites and no palettes";
            reader.say(
                Code::GlyphNoPalette,
                object,
                message,
                "add `inputs.palettes` with at least one .gpl, .pal or .hex file",
            );
            None
        }
        _ => None,
    };
    if let Some(role) = missing {
        reader.say(
            reader.invalid,
            object,
            format!("`inputs.{role}` is missing"),
            "name the files that the bank is made from",
        );
    }
    Inputs::new(declared.iter().map(|(role, text)| (*role, &**text)))
}

fn read_input<'t>(
    reader: &mut Reader<'_>,
    node: Node<'_>,
    text: Cow<'t, str>,
    root: &PortablePath,
) -> Option<Cow<'t, str>> {
    match root.check_below(&text) {
        Ok(()) if text.rsplit('/').next().is_some_and(|name| fold(name) == "asset.json") => {
            let message = format!("the input `{text}` is a declaration, which cannot be an input");
            reader.say(Code::TrustReservedName, node, message, "name another file");
            None
        }
        Ok(()) => Some(text),
        Err(fault) => {
            reader.note(refuse_path("input", &text, &fault), node.place());
            None
        }
    }
}

fn read_output(reader: &mut Reader<'_>, output: Node<'_>, declaration: &mut Declaration, limits: &Limits) {
    reader.unknown_members(output, "output.", &shape::OUTPUT);
    if let Some(node) = reader.required(output, "format")
        && let Some(text) = reader.text(node, "output.format")
    {
        let wanted = declaration.bank.map(BankType::format);
        let known = [BankType::Glyph.format(), BankType::Sound.format()].contains(&&*text);
        if !known || wanted.is_some_and(|wanted| wanted != text) {
            let message = format!("no such format for this type of asset: {}", node.excerpt());
            let help = format!("write `{}`", wanted.unwrap_or("GLYPH/indexed_v1` or `SOUNDS/pcm16le_v1"));
            reader.say(Code::DeclarationUnknownFormat, node, message, &help);
        }
    }
    if let Some(node) = reader.required(output, "codec")
        && let Some(text) = reader.text(node, "output.codec")
        && text != shape::CODEC
    {
        reader.say(Code::DeclarationUnknownCodec, node, format!("no such codec: {}", node.excerpt()), "write `NONE`");
    }
    let Some(node) = reader.required(output, "metadata").and_then(|node| reader.object(node, "output.metadata")) else {
        return;
    };
    check_collisions(reader, node, declaration);
    let read = metadata::read(reader, node, limits);
    if declaration.bank == Some(BankType::Glyph) && read.is_some() {
        declaration.tile_size = read_tile_size(reader, node);
    }
    declaration.metadata = read.unwrap_or_default();
}

fn read_tile_size(reader: &mut Reader<'_>, metadata: Node<'_>) -> Option<u32> {
    let help = "write 8, 16 or 32";
    let Some(node) = metadata.member("tile_size") else {
        reader.say(Code::GlyphTileSize, metadata, "`output.metadata.tile_size` is missing", help);
        return None;
    };
    let size = super::reader::exact_integer(node.raw()).filter(|size| TILE_SIZES.contains(size));
    if size.is_none() {
        reader.say(Code::GlyphTileSize, node, format!("`tile_size` is {}, not 8, 16 or 32", node.excerpt()), help);
    }
    size.and_then(|size| u32::try_from(size).ok())
}

/// Keys that the format adds itself must not be declared.
fn check_collisions(reader: &mut Reader<'_>, metadata: Node<'_>, declaration: &Declaration) {
    let raw = declaration.inputs.count(Role::Payload) > 0;
    let added: &[&str] = match (declaration.bank, raw) {
        (Some(BankType::Glyph), false) => &["width", "height", "palette_count", "palette_authored"],
        (Some(BankType::Glyph), true) => &["width", "height", "palette_count"],
        (Some(BankType::Sound), false) => &["sample_rate", "channels", "samples"],
        _ => &[],
    };
    for (key, _) in metadata.members() {
        let name = key.text().unwrap_or_default();
        if added.contains(&&*name) {
            let message = format!("`output.metadata.{name}` is declared, and the format sets it too");
            reader.say(Code::DeclarationMetadataCollision, key, message, "drop it; the packer fills it in");
        }
    }
}

fn read_build(reader: &mut Reader<'_>, build: Node<'_>, declaration: &mut Declaration) {
    reader.unknown_members(build, "build.", &shape::BUILD);
    if let Some(node) = build.member("alpha_threshold") {
        let (low, high) = shape::ALPHA_THRESHOLD;
        let value = reader.integer(node, "build.alpha_threshold", low, high);
        declaration.alpha_threshold = value.and_then(|value| u8::try_from(value).ok());
    }
    if let Some(node) = build.member("channel_mix")
        && let Some(text) = reader.text(node, "build.channel_mix")
    {
        declaration.average_channels = text == shape::AVERAGE;
        if !declaration.average_channels {
            let message = format!("no such channel mix: {}", node.excerpt());
            reader.say(reader.invalid, node, message, "write `average`, or drop the member");
        }
    }
}
