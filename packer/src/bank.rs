//! How the bytes of a bank are made from its inputs: pictures and palettes, sounds, or bytes that are ready
//! as they are. It knows neither the disk nor declarations; both are handed in, inputs already admitted.

pub mod glyph;
pub mod raw;
pub mod sound;
mod asset;
mod colour;
mod known;
mod palette;
mod png;
mod recall;
mod sniff;
mod source;

use crate::diagnostic::{Code, Diagnostic};
use crate::digest::Digest;
use crate::schema::declaration::TILE_SIZES;
use crate::schema::{BankType, Role};
use crate::trust::{self, Limits};
pub use asset::{Bank, LaidOut, palettes_for};
pub use glyph::{DerivedPalette, GlyphOptions, derived_palette_path};
pub use known::{Key, Known, circumstances, remembered};
pub use recall::{Recalled, learn, recall};
use serde_json::{Map, Value};
pub use sound::SoundOptions;
use std::cell::RefCell;
use std::io::{self, Read, Seek, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// The content of an input: bytes that can be read from any place.
pub trait Content: Read + Seek + Send {
    /// Asked after the last read: is it still what was admitted?
    ///
    /// # Errors
    /// `trust/changed-while-reading`, and what stands in the way of looking.
    fn check_unchanged(&self) -> Result<(), Diagnostic>;
}

impl Content for trust::Stream {
    fn check_unchanged(&self) -> Result<(), Diagnostic> {
        trust::Stream::check_unchanged(self)
    }
}

/// One admitted input, opened at its start.
pub struct Input {
    /// Relative to the project, for diagnostics.
    pub path: Arc<str>,
    /// The file's size when it was admitted.
    pub bytes: u64,
    /// Its content.
    pub content: Box<dyn Content>,
}

/// What inputs are decoded for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// For the payload and its facts.
    Make,
    /// For the findings alone: every input is opened, what can be wrong with it is read and checked, and neither digests nor
    /// payload mean anything. Samples that can be any bytes, and those of a raw payload, are not read.
    Examine,
}

/// The inputs of one asset.
pub trait Inputs {
    /// What they are decoded for.
    fn purpose(&self) -> Purpose {
        Purpose::Make
    }

    /// How many inputs there are for a role.
    fn count(&self, role: Role) -> usize;

    /// Opens input `index` of a role, counted from 0 in the order of the declaration.
    ///
    /// # Errors
    /// What is to be reported when it cannot be opened or is no longer what was admitted.
    fn open(&self, role: Role, index: usize) -> Result<Input, Diagnostic>;
}

/// How the payload of one bank is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recipe {
    /// From pictures and palettes.
    Glyph(GlyphOptions),
    /// From WAV files.
    Sound(SoundOptions),
    /// Taken as it is.
    Raw(BankType),
}

/// What is known before any byte of a payload is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Size of the payload.
    pub bytes: u64,
    /// The members that the format adds to the declared metadata.
    pub metadata: Map<String, Value>,
}

/// An input as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputDigest {
    /// What it was for.
    pub role: Role,
    /// Relative to the project.
    pub path: Arc<str>,
    /// Its size.
    pub bytes: u64,
    /// Of all its bytes, also of those that no decoder needs.
    pub digest: Digest,
}

/// What is known once a payload is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Size and added metadata, from the bytes that were read this time.
    pub layout: Layout,
    /// Every input: by role, then in the order of the declaration.
    pub inputs: Vec<InputDigest>,
    /// Glyph banks made from pictures: the palette of each tile, by tile id.
    pub palette_per_tile: Vec<u8>,
    /// Glyph banks made from pictures: what `glyph/fragile-index` says.
    pub fragile: Option<glyph::Fragile>,
}

/// Works out size and metadata of a payload from as little of its inputs as possible.
///
/// `None` when a blocking finding stands in the way. Findings are added only then; what else there is
/// to say, [`materialise`] says.
pub fn layout(recipe: &Recipe, inputs: &dyn Inputs, findings: &mut Vec<Diagnostic>) -> Option<Layout> {
    contained(inputs, findings, |inputs, findings| match recipe {
        Recipe::Glyph(_) => glyph::layout(inputs.count(Role::Palettes), findings),
        Recipe::Sound(options) => sound::layout(options, inputs, findings),
        Recipe::Raw(bank) => raw::layout(*bank, inputs, findings),
    })
    .flatten()
}

/// Reads every input once and writes the payload to `sink`; adds all there is to say to `findings`.
///
/// With `expected`, a payload that came out otherwise (an input changed in between) is a blocking finding.
/// `None` when there is a blocking finding; what was written by then is worthless. A panic inside a decoder
/// ends here, as `payload/decoder-fault`.
///
/// # Errors
/// Only what `sink` answered.
pub fn materialise(
    recipe: &Recipe,
    expected: Option<&Layout>,
    inputs: &dyn Inputs,
    limits: &Limits,
    sink: &mut dyn Write,
    findings: &mut Vec<Diagnostic>,
) -> io::Result<Option<Facts>> {
    let made = contained(inputs, findings, |inputs, findings| match recipe {
        Recipe::Glyph(options) => glyph::materialise(options, inputs, limits, sink, findings),
        Recipe::Sound(options) => sound::materialise(options, inputs, sink, findings),
        Recipe::Raw(bank) => raw::materialise(*bank, inputs, sink, findings),
    });
    let Some(facts) = made.transpose()?.flatten() else { return Ok(None) };
    if expected.is_some_and(|expected| *expected != facts.layout) {
        let found = Diagnostic::new(
            Code::TrustChangedWhileReading,
            "an input changed between the moment it was measured and the moment it was read",
        );
        findings.push(found.help("run the command again when nothing else writes to these files"));
        return Ok(None);
    }
    Ok(Some(facts))
}

/// Makes palettes for a glyph bank out of its sprites, the inputs of role [`Role::Sprites`]; palettes among the inputs are
/// not looked at.
///
/// A bank with these palettes, written as [`DerivedPalette::gpl`] and listed in this order, has no
/// `glyph/colour-not-in-palette`. There are 1 to 64 of them, the same ones for the same pictures in the same order, and
/// few; each colour stands in them as it was first met in a picture. `None` when there is a blocking finding: a picture that
/// cannot be read or has no room, partial alpha without a threshold, a tile of more than 15 colours
/// (`glyph/no-palette`), or more than 64 palettes (`glyph/too-many-palettes`).
pub fn derive_palettes(
    options: &GlyphOptions,
    inputs: &dyn Inputs,
    limits: &Limits,
    findings: &mut Vec<Diagnostic>,
) -> Option<Vec<DerivedPalette>> {
    contained(inputs, findings, |inputs, findings| glyph::derive(options, inputs, limits, findings)).flatten()
}

/// The tile size in pixels that the sprites of a bank were most likely made for: the largest of 32, 16 and 8 that divides
/// both sides of all of them, or of as many as possible. What keeps a sprite's size from being known is added to
/// `findings`.
pub fn fitting_tile_size(inputs: &dyn Inputs, limits: &Limits, findings: &mut Vec<Diagnostic>) -> i64 {
    let size = contained(inputs, findings, |inputs, findings| glyph::fitting_tile_size(inputs, limits, findings));
    size.unwrap_or(TILE_SIZES[0])
}

/// Runs a decoder. The one place where a panic is stopped: decoders meet bytes that nobody vouches for, and
/// one broken file must not take the examination of the others with it. Nothing that the decoder was
/// working on is used afterwards, which is why its state need not be unwind safe.
fn contained<T>(
    inputs: &dyn Inputs,
    findings: &mut Vec<Diagnostic>,
    decode: impl FnOnce(&dyn Inputs, &mut Vec<Diagnostic>) -> T,
) -> Option<T> {
    let noted = Noted { inputs, path: RefCell::new(None) };
    let result = catch_unwind(AssertUnwindSafe(|| decode(&noted, findings)));
    if result.is_err() {
        let fault =
            Diagnostic::new(Code::PayloadDecoderFault, "a decoder failed on this input in a way it should never").help(
                "this is a fault of the packer: please report it with the file; saving the file anew may avoid it",
            );
        findings.push(match noted.path.into_inner() {
            Some(path) => fault.at(&*path),
            None => fault,
        });
    }
    result.ok()
}

/// Remembers which input was opened last, so that a contained panic can name it.
struct Noted<'a> {
    inputs: &'a dyn Inputs,
    path: RefCell<Option<Arc<str>>>,
}

impl Inputs for Noted<'_> {
    fn purpose(&self) -> Purpose {
        self.inputs.purpose()
    }

    fn count(&self, role: Role) -> usize {
        self.inputs.count(role)
    }

    fn open(&self, role: Role, index: usize) -> Result<Input, Diagnostic> {
        let input = self.inputs.open(role, index)?;
        self.path.replace(Some(Arc::clone(&input.path)));
        Ok(input)
    }
}

/// Whether one of these findings blocks.
fn blocked(findings: &[Diagnostic]) -> bool {
    findings.iter().any(|finding| finding.blocking)
}

#[cfg(test)]
mod tests;
