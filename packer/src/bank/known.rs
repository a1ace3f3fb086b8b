//! What the last build learned about an asset, and whether it still holds. Whoever asks has read the cache; nothing here
//! looks at the disk, except that digests are compared anew where a stamp alone proves nothing.

use super::glyph::Fragile;
use super::source::Source;
use super::{Bank, Facts, InputDigest, Layout, Recipe, Role};
use crate::diagnostic::Diagnostic;
use crate::digest::{Digest, Hasher};
use crate::disk::{DISTANCE_NS, Stamp};
use crate::envelope::{Artifact, Windows};
use crate::schema::archive::MetadataBytes;
use crate::schema::cache::{CachedAsset, CachedFacts};
use crate::trust::Limits;
use serde_json::{Map, Value};

/// To be raised whenever the same declaration could be understood in another way, or the same inputs and options give
/// another payload, other metadata or other findings.
const MATERIALISER: u32 = 2;

/// What is known of one asset whose declaration still says what it said.
#[derive(Clone, Debug)]
pub struct Known {
    /// Whether no input can have changed; otherwise their digests have to be compared.
    pub is_fresh: bool,
    /// Whether decoding its inputs gives findings, none of them blocking, that are not known.
    pub is_told: bool,
    /// Where its payload begins in the payload region of the archive that was published last.
    pub offset: u64,
    hashed_ns: i64,
    bytes: u64,
    /// Length of the metadata that the format adds, as JSON.
    added_bytes: u32,
    fragile: Option<Box<Fragile>>,
    /// Absent where nobody [asked for it](Known::learn).
    facts: Option<Block>,
}

/// The digest of each input, the palette of each tile, and the metadata that the format adds, as JSON: behind each other,
/// because three lists take half as much memory again.
#[derive(Clone, Debug)]
struct Block {
    bytes: Box<[u8]>,
    inputs: u32,
    tiles: u32,
}

impl Block {
    fn of(facts: &CachedFacts) -> Option<Block> {
        let CachedFacts { inputs, palette_per_tile, .. } = facts;
        let added = serde_json::to_vec(&facts.added).ok()?;
        let mut bytes = Vec::with_capacity(inputs.len() * 32 + palette_per_tile.len() + added.len());
        inputs.iter().for_each(|(_, digest)| bytes.extend(digest.as_bytes()));
        bytes.extend(palette_per_tile.iter().chain(&added));
        let (inputs, tiles) = (u32::try_from(inputs.len()).ok()?, u32::try_from(palette_per_tile.len()).ok()?);
        Some(Block { bytes: bytes.into(), inputs, tiles })
    }

    /// The digests, the palettes, and the metadata.
    fn parts(&self) -> (&[[u8; 32]], &[u8], &[u8]) {
        let (digests, rest) = self.bytes.split_at(self.inputs as usize * 32);
        let (palette_per_tile, added) = rest.split_at(self.tiles as usize);
        (digests.as_chunks().0, palette_per_tile, added)
    }

    fn added(&self) -> Map<String, Value> {
        serde_json::from_slice(self.parts().2).unwrap_or_default()
    }
}

/// What decides, besides the project, whatever is known of it: the packer, and what declarations and inputs are held to.
#[must_use]
pub fn circumstances(limits: &Limits, windows: &Windows) -> Digest {
    let mut key = Key::default();
    key.part(&MATERIALISER.to_le_bytes());
    key.part(env!("CARGO_PKG_VERSION").as_bytes());
    key.part(windows.read(Artifact::Declaration).to_string().as_bytes());
    limits.rows().for_each(|(_, value, _)| key.part(&value.to_le_bytes()));
    key.finish()
}

/// What decides what the payload of an asset is, its inputs' bytes and the [`circumstances`] left out: place, format,
/// codec, metadata, options, and names of the inputs.
#[must_use]
pub(super) fn key(bank: &Bank<'_>) -> Digest {
    let mut key = Key::default();
    let declaration = bank.declaration();
    key.part(bank.asset.folder.as_ref().map_or("", |folder| folder.as_str()).as_bytes());
    key.part(declaration.bank.map_or("", |bank| bank.format()).as_bytes());
    key.part(crate::schema::archive::CODEC.as_bytes());
    key.part(serde_json::to_string(&declaration.metadata).expect("a plain value can be written").as_bytes());
    match bank.recipe() {
        Recipe::Glyph(options) => {
            key.part(&options.tile_size.to_le_bytes());
            key.part(&options.alpha_threshold.map_or([0, 0], |threshold| [1, threshold]));
        }
        Recipe::Sound(options) => key.part(&[u8::from(options.average_channels)]),
        Recipe::Raw(_) => key.part(b"raw"),
    }
    for (_, role, path) in bank.inputs() {
        key.part(role.name().as_bytes());
        key.part(path.as_bytes());
    }
    key.finish()
}

/// A digest of parts, none of which can run into the next.
#[derive(Default)]
pub struct Key(Hasher);

impl Key {
    /// Takes the next part.
    pub fn part(&mut self, bytes: &[u8]) {
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    /// The digest of all parts.
    #[must_use]
    pub fn finish(self) -> Digest {
        self.0.finish()
    }
}

impl Known {
    /// What `cached` says of `bank`, whose key it has; `None` when it is about something else.
    #[must_use]
    pub fn of(bank: &Bank<'_>, cached: &CachedAsset) -> Option<Known> {
        let stamps = &bank.asset.input_stamps;
        let is_fresh = !stamps.is_empty()
            && digest_of(stamps) == cached.stamps
            && stamps.iter().all(|stamp| stamp.tells_changes_since(cached.hashed_ns, DISTANCE_NS));
        Some(Known {
            is_fresh,
            is_told: cached.is_told,
            offset: cached.offset,
            hashed_ns: cached.hashed_ns,
            bytes: cached.bytes,
            added_bytes: cached.added_bytes,
            fragile: match cached.fragile.as_deref() {
                Some(&[count, sprite, tile, used, other]) => {
                    let (_, path) = bank.declaration().inputs.nth(Role::Sprites, sprite)?;
                    let path = format!("{}/{path}", bank.asset.folder.as_ref()?);
                    Some(Box::new(Fragile { count, path, sprite, tile, palettes: [used, other] }))
                }
                None => None,
            },
            facts: None,
        })
    }

    /// The same with what was made of its inputs; `None` when they cannot have the same bytes.
    #[must_use]
    pub fn learn(&self, bank: &Bank<'_>, facts: &CachedFacts) -> Option<Known> {
        let stamps = bank.inputs().filter_map(|(at, ..)| bank.asset.input_stamps.get(at));
        let has_their_sizes = stamps.map(|stamp| stamp.bytes).eq(facts.inputs.iter().map(|(bytes, _)| *bytes));
        has_their_sizes.then(|| Some(Known { facts: Some(Block::of(facts)?), ..self.clone() }))?
    }

    /// Size in bytes and complete metadata of the payload, if that was asked for.
    #[must_use]
    pub fn layout(&self, bank: &Bank<'_>) -> Option<Layout> {
        let metadata = self.facts.as_ref()?.added();
        Some(bank.with_declared(Layout { bytes: self.bytes, metadata }))
    }

    /// Size in bytes of the payload and of its complete metadata. No key is both declared and added.
    #[must_use]
    pub fn measured(&self, bank: &Bank<'_>) -> (u64, MetadataBytes) {
        (self.bytes, MetadataBytes::of(&bank.declaration().metadata).with(u64::from(self.added_bytes)))
    }

    /// Length of the payload.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether every input is known to have the bytes that it had; reads them unless nothing can have changed.
    ///
    /// # Errors
    /// What keeps an input from being read.
    pub fn holds(&self, bank: &Bank<'_>) -> Result<bool, Diagnostic> {
        if self.is_fresh {
            return Ok(true);
        }
        let Some(facts) = &self.facts else { return Ok(false) };
        let mut counts = [0; 4];
        for ((_, role, _), known) in bank.inputs().zip(facts.parts().0) {
            let index = counts[role as usize];
            counts[role as usize] += 1;
            if Source::open(bank, role, index)?.finish()?.digest != Digest::from(*known) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What making the payload would tell, if that was asked for.
    #[must_use]
    pub fn facts(&self, bank: &Bank<'_>) -> Option<Facts> {
        let (folder, facts) = (bank.asset.folder.as_ref()?, self.facts.as_ref()?);
        let (digests, palette_per_tile, _) = facts.parts();
        let input = |((at, role, path), digest): ((usize, _, &str), &[u8; 32])| InputDigest {
            role,
            path: format!("{folder}/{path}").into(),
            bytes: bank.asset.input_stamps[at].bytes,
            digest: Digest::from(*digest),
        };
        Some(Facts {
            layout: Layout { bytes: self.bytes, metadata: facts.added() },
            inputs: bank.inputs().zip(digests).map(input).collect(),
            palette_per_tile: palette_per_tile.to_vec(),
            fragile: self.fragile.as_deref().cloned(),
        })
    }

    /// Adds what decoding the inputs would add: from what is known, or, where that is not enough, by doing so.
    pub fn say(&self, bank: Bank<'_>, findings: &mut Vec<Diagnostic>) {
        if self.is_told {
            let _ = bank.examine(findings);
        } else {
            findings.extend(self.fragile.as_ref().map(|fragile| bank.own(fragile.finding())));
        }
    }

    /// When its inputs were read, if nothing was read since.
    #[must_use]
    pub fn hashed_ns(&self) -> Option<i64> {
        self.is_fresh.then_some(self.hashed_ns)
    }
}

/// What the next build is to know: `facts` came of inputs that were read after `hashed_ns`, by the file system's clock.
/// `None` when they are not about exactly the declared inputs.
#[must_use]
pub fn remembered(
    bank: &Bank<'_>,
    key: Digest,
    facts: &Facts,
    is_told: bool,
    hashed_ns: i64,
    offset: u64,
) -> Option<(CachedAsset, CachedFacts)> {
    let (inputs, stamps): (Vec<_>, _) = (bank.inputs().collect(), &bank.asset.input_stamps);
    let is_complete = inputs.len() == facts.inputs.len() && inputs.len() == stamps.len();
    if !is_complete || inputs.iter().zip(&facts.inputs).any(|((_, role, _), input)| *role != input.role) {
        return None;
    }
    let digests = inputs.iter().zip(&facts.inputs).map(|(&(at, ..), input)| (stamps[at].bytes, input.digest));
    let added = &facts.layout.metadata;
    let cached = CachedAsset {
        asset_id: bank.asset.asset_id()?,
        key,
        hashed_ns,
        stamps: digest_of(stamps),
        is_told,
        fragile: facts.fragile.as_ref().map(|of| [of.count, of.sprite, of.tile, of.palettes[0], of.palettes[1]].into()),
        offset,
        bytes: facts.layout.bytes,
        added_bytes: u32::try_from(serde_json::to_vec(added).ok()?.len()).ok()?,
    };
    let facts = CachedFacts {
        asset_id: cached.asset_id,
        added: added.clone(),
        inputs: digests.collect(),
        palette_per_tile: facts.palette_per_tile.clone(),
    };
    Some((cached, facts))
}

fn digest_of(stamps: &[Stamp]) -> Digest {
    let mut digest = Hasher::default();
    stamps.iter().for_each(|stamp| stamp.digest_into(&mut digest));
    digest.finish()
}
