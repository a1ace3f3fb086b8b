//! What the last build learned about an asset, and whether it still holds. Whoever asks has read the cache; nothing here
//! looks at the disk, except that digests are compared anew where a stamp alone proves nothing.

use super::glyph::Fragile;
use super::source::Source;
use super::{Bank, Facts, InputDigest, Layout, Recipe, Role};
use crate::diagnostic::Diagnostic;
use crate::digest::{Digest, Hasher};
use crate::schema::cache::{CachedAsset, CachedInput};
use std::borrow::Cow;

/// To be raised whenever the same inputs and options could give another payload, other metadata or other findings.
const MATERIALISER: u32 = 2;
/// How much older than the moment of its reading a file's times must be for its stamp to tell every later change: no
/// file system that is in use keeps coarser times.
const DISTANCE_NS: i64 = 2_000_000_000;

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
    /// Behind each other, because three lists take half as much memory again: the digest of each input, the palette of
    /// each tile, and the metadata that the format adds, as JSON.
    block: Box<[u8]>,
    inputs: u32,
    tiles: u32,
    fragile: Option<Box<Fragile>>,
}

/// What decides what the payload of an asset is, its inputs' bytes left out: materialiser and limits, place, format, codec,
/// metadata, options, and names of the inputs.
#[must_use]
pub(super) fn key(bank: &Bank<'_>) -> Digest {
    let mut key = Key::default();
    let declaration = bank.declaration();
    key.part(&MATERIALISER.to_le_bytes());
    key.part(env!("CARGO_PKG_VERSION").as_bytes());
    bank.limits().rows().for_each(|(_, value, _)| key.part(&value.to_le_bytes()));
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
    key.0.finish()
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
    /// What `cached` says of `bank`, whose key is `key`; `None` when it is about something else.
    #[must_use]
    pub fn of(bank: &Bank<'_>, key: Digest, cached: CachedAsset<'_>) -> Option<Known> {
        let stamps = &bank.asset.input_stamps;
        if cached.key != key || cached.inputs.len() != stamps.len() {
            return None;
        }
        let mut is_fresh = true;
        for ((at, _, path), input) in bank.inputs().zip(&cached.inputs) {
            if *path != *input.path || stamps[at].bytes != input.stamp.bytes {
                return None;
            }
            is_fresh &= stamps[at] == input.stamp && input.stamp.tells_changes_since(cached.hashed_ns, DISTANCE_NS);
        }
        let added = serde_json::to_string(&cached.added).ok()?;
        let digests = cached.inputs.iter().flat_map(|input| *input.digest.as_bytes());
        let mut block = Vec::with_capacity(cached.inputs.len() * 32 + cached.palette_per_tile.len() + added.len());
        block.extend(digests.chain(cached.palette_per_tile.iter().copied()).chain(added.bytes()));
        Some(Known {
            is_fresh,
            is_told: cached.is_told,
            offset: cached.offset,
            hashed_ns: cached.hashed_ns,
            bytes: cached.bytes,
            block: block.into(),
            inputs: u32::try_from(cached.inputs.len()).ok()?,
            tiles: u32::try_from(cached.palette_per_tile.len()).ok()?,
            fragile: match cached.fragile {
                Some([count, sprite, tile, used, other]) => {
                    let (_, path) = bank.declaration().inputs.nth(Role::Sprites, sprite)?;
                    let path = format!("{}/{path}", bank.asset.folder.as_ref()?);
                    Some(Box::new(Fragile { count, path, sprite, tile, palettes: [used, other] }))
                }
                None => None,
            },
        })
    }

    /// Size in bytes and complete metadata of the payload.
    #[must_use]
    pub fn layout(&self, bank: &Bank<'_>) -> Layout {
        bank.with_declared(self.added())
    }

    /// Length of the payload.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The digests of the inputs, the palettes of the tiles, and the added metadata.
    fn parts(&self) -> (&[[u8; 32]], &[u8], &[u8]) {
        let (digests, rest) = self.block.split_at(self.inputs as usize * 32);
        let (palette_per_tile, added) = rest.split_at(self.tiles as usize);
        (digests.as_chunks().0, palette_per_tile, added)
    }

    fn added(&self) -> Layout {
        Layout { bytes: self.bytes, metadata: serde_json::from_slice(self.parts().2).unwrap_or_default() }
    }

    /// Whether every input still has the bytes that it had; reads them unless that is known.
    ///
    /// # Errors
    /// What keeps an input from being read.
    pub fn holds(&self, bank: &Bank<'_>) -> Result<bool, Diagnostic> {
        if self.is_fresh {
            return Ok(true);
        }
        let mut counts = [0; 4];
        for ((_, role, _), known) in bank.inputs().zip(self.parts().0) {
            let index = counts[role as usize];
            counts[role as usize] += 1;
            if Source::open(bank, role, index)?.finish()?.digest != Digest::from(*known) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What making the payload would tell.
    #[must_use]
    pub fn facts(&self, bank: &Bank<'_>) -> Facts {
        let folder = bank.asset.folder.as_ref().expect("an asset with a declaration has a folder");
        let (digests, palette_per_tile, _) = self.parts();
        let input = |((at, role, path), digest): ((usize, _, &str), &[u8; 32])| InputDigest {
            role,
            path: format!("{folder}/{path}").into(),
            bytes: bank.asset.input_stamps[at].bytes,
            digest: Digest::from(*digest),
        };
        Facts {
            layout: self.added(),
            inputs: bank.inputs().zip(digests).map(input).collect(),
            palette_per_tile: palette_per_tile.to_vec(),
            fragile: self.fragile.as_deref().cloned(),
        }
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
pub fn remembered<'a>(
    bank: &Bank<'a>,
    key: Digest,
    facts: &Facts,
    is_told: bool,
    hashed_ns: i64,
    offset: u64,
) -> Option<CachedAsset<'a>> {
    let inputs: Vec<_> = bank.inputs().collect();
    let is_complete = inputs.len() == facts.inputs.len() && inputs.len() == bank.asset.input_stamps.len();
    if !is_complete || inputs.iter().zip(&facts.inputs).any(|((_, role, _), input)| *role != input.role) {
        return None;
    }
    let input = |((at, _, path), input): ((usize, _, &'a str), &InputDigest)| CachedInput {
        path: Cow::Borrowed(path),
        stamp: bank.asset.input_stamps[at],
        digest: input.digest,
    };
    Some(CachedAsset {
        asset_id: bank.asset.asset_id()?,
        key,
        hashed_ns,
        is_told,
        offset,
        bytes: facts.layout.bytes,
        added: facts.layout.metadata.clone(),
        inputs: inputs.into_iter().zip(&facts.inputs).map(input).collect(),
        palette_per_tile: facts.palette_per_tile.clone(),
        fragile: facts.fragile.as_ref().map(|of| [of.count, of.sprite, of.tile, of.palettes[0], of.palettes[1]]),
    })
}
