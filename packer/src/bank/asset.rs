//! Meets a loaded asset and the bank that it becomes: its recipe, its metadata, and its inputs opened through the
//! stages that every file passes.

use super::raw::check_metadata;
use super::{
    DerivedPalette, Facts, GlyphOptions, Input, Inputs, Layout, Purpose, Recipe, SoundOptions, derive_palettes, layout,
    materialise,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::Disk;
use crate::schema::archive::{CanonicalMetadata, MetadataBytes};
use crate::schema::{BankType, Declaration, Role};
use crate::trust::{self, Limits, refusal};
use crate::workspace::{Asset, check_sizes, limit_of};
use serde_json::{Map, Value};
use std::io::{self, Write};

/// An asset that can be made: nothing blocking is known about it yet.
pub struct Bank<'a> {
    disk: &'a dyn Disk,
    limits: &'a Limits,
    /// The asset.
    pub asset: &'a Asset,
    declaration: &'a Declaration,
    recipe: Recipe,
    purpose: Purpose,
}

/// An asset with the layout of its payload.
#[derive(Debug)]
pub struct LaidOut<M = CanonicalMetadata> {
    /// Its index in the workspace.
    pub index: usize,
    /// Length of its payload.
    pub bytes: u64,
    /// The complete metadata of its payload.
    pub metadata: M,
}

impl LaidOut<MetadataBytes> {
    /// The same, of which nobody makes an archive.
    #[must_use]
    pub fn measured(index: usize, layout: &Layout) -> LaidOut<MetadataBytes> {
        LaidOut { index, bytes: layout.bytes, metadata: MetadataBytes::of(&layout.metadata) }
    }
}

impl LaidOut {
    /// The asset of that index with what is known of its payload.
    #[must_use]
    pub fn new(index: usize, layout: &Layout) -> LaidOut {
        LaidOut { index, bytes: layout.bytes, metadata: CanonicalMetadata::of(&layout.metadata) }
    }
}

impl<'a> Bank<'a> {
    /// `None` when the declaration is not complete; then it has findings that say so.
    #[must_use]
    pub fn of(asset: &'a Asset, disk: &'a dyn Disk, limits: &'a Limits) -> Option<Bank<'a>> {
        let declaration = asset.declaration.as_ref()?;
        if declaration.inputs.iter().next().is_none() || !asset.has_inputs {
            return None;
        }
        let raw = declaration.inputs.count(Role::Payload) > 0;
        if raw && declaration.inputs.iter().count() != 1 {
            return None;
        }
        if declaration.bank == Some(BankType::Glyph) && !raw && declaration.inputs.count(Role::Palettes) == 0 {
            return None;
        }
        let recipe = match (declaration.bank?, raw) {
            (bank, true) => Recipe::Raw(bank),
            (BankType::Glyph, false) => Recipe::Glyph(glyph_options(declaration)?),
            (BankType::Sound, false) => Recipe::Sound(SoundOptions { average_channels: declaration.average_channels }),
        };
        Some(Bank { disk, limits, asset, declaration, recipe, purpose: Purpose::Make })
    }

    /// Size in bytes and complete metadata of the payload, from as little of the inputs as possible.
    pub fn layout(&self, findings: &mut Vec<Diagnostic>) -> Option<Layout> {
        let mut found = Vec::new();
        let made = layout(&self.recipe, self, &mut found);
        let made = made.filter(|layout| self.check_raw(layout, &mut found));
        findings.extend(found.into_iter().map(|finding| self.own(finding)));
        made.map(|added| self.with_declared(added))
    }

    /// A layout with the declared metadata beside what the format adds.
    #[must_use]
    pub fn with_declared(&self, added: Layout) -> Layout {
        let mut metadata: Map<String, Value> = self.declaration.metadata.clone();
        metadata.extend(added.metadata);
        Layout { bytes: added.bytes, metadata }
    }

    /// Every input: its place in the declaration, role and path relative to the root; by role, then in the declared order.
    pub(crate) fn inputs(&self) -> impl Iterator<Item = (usize, Role, &'a str)> {
        let declared = &self.declaration.inputs;
        Role::ALL.into_iter().flat_map(|role| {
            declared.iter().enumerate().filter(move |(_, row)| row.0 == role).map(|(at, (role, path))| (at, role, path))
        })
    }

    pub(super) fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    pub(super) fn declaration(&self) -> &'a Declaration {
        self.declaration
    }

    /// Reads every input once and writes the payload to `sink`. `None` after a blocking finding.
    ///
    /// # Errors
    /// Only what `sink` answered.
    pub fn materialise(&self, sink: &mut dyn Write, findings: &mut Vec<Diagnostic>) -> io::Result<Option<Facts>> {
        let mut found = Vec::new();
        let made = materialise(&self.recipe, None, self, self.limits, sink, &mut found);
        let made = made.map(|facts| facts.filter(|facts| self.check_raw(&facts.layout, &mut found)));
        findings.extend(found.into_iter().map(|finding| self.own(finding)));
        made
    }

    /// Reads of every input what can be wrong with it and adds what is, or is worth saying: all that
    /// [`materialise`](Bank::materialise) would. Gives the layout of what could be made, as [`layout`](Bank::layout) does; `None` after a blocking finding.
    pub fn examine(mut self, findings: &mut Vec<Diagnostic>) -> Option<Layout> {
        self.purpose = Purpose::Examine;
        let mut found = Vec::new();
        let made = self.materialise(&mut io::sink(), &mut found);
        debug_assert!(made.is_ok(), "a sink never fails");
        if found.iter().any(|finding| finding.code == Code::TrustTooLarge) {
            let sizes = check_sizes(self.asset, self.disk, self.limits);
            found = if sizes.is_empty() { found } else { sizes };
        }
        findings.append(&mut found);
        made.ok().flatten().map(|facts| self.with_declared(facts.layout))
    }

    /// What a finished payload's declaration must say of it.
    fn check_raw(&self, layout: &Layout, findings: &mut Vec<Diagnostic>) -> bool {
        let Recipe::Raw(bank) = self.recipe else { return true };
        let wrong = check_metadata(bank, &self.declaration.metadata, layout.bytes);
        let fits = !wrong.iter().any(|finding| finding.blocking);
        let path = self.asset.declaration_path().map(|path| path.to_string()).unwrap_or_default();
        findings.extend(wrong.into_iter().map(|finding| match finding.path {
            None => finding.at(&path),
            Some(_) => finding,
        }));
        fits
    }

    /// Findings of an asset that takes no part in builds block none.
    pub(super) fn own(&self, finding: Diagnostic) -> Diagnostic {
        let mut finding = finding.of(&self.asset.reference);
        finding.blocking &= self.asset.included_in_build;
        if finding.path.is_none() {
            finding.path = self.asset.declaration_path().map(|path| path.to_string());
        }
        finding
    }
}

/// Palettes for a glyph bank that lists sprites and no palettes, made as [`derive_palettes`] says; `None` when they cannot
/// be made, with findings, or when this is no such bank or its inputs are not all there, without.
pub fn palettes_for(
    asset: &Asset,
    disk: &dyn Disk,
    limits: &Limits,
    findings: &mut Vec<Diagnostic>,
) -> Option<Vec<DerivedPalette>> {
    let declaration = asset.declaration.as_ref()?;
    let inputs = &declaration.inputs;
    let sprites_alone = inputs.count(Role::Sprites) > 0 && inputs.iter().all(|(role, _)| role == Role::Sprites);
    if declaration.bank != Some(BankType::Glyph) || !asset.has_inputs || !sprites_alone {
        return None;
    }
    let options = glyph_options(declaration)?;
    let recipe = Recipe::Glyph(options);
    let bank = Bank { disk, limits, asset, declaration, recipe, purpose: Purpose::Examine };
    let mut found = Vec::new();
    let derived = derive_palettes(&options, &bank, limits, &mut found);
    findings.extend(found.into_iter().map(|finding| bank.own(finding)));
    derived
}

fn glyph_options(declaration: &Declaration) -> Option<GlyphOptions> {
    Some(GlyphOptions { tile_size: declaration.tile_size?, alpha_threshold: declaration.alpha_threshold })
}

impl Inputs for Bank<'_> {
    fn purpose(&self) -> Purpose {
        self.purpose
    }

    fn count(&self, role: Role) -> usize {
        self.declaration.inputs.count(role)
    }

    fn open(&self, role: Role, index: usize) -> Result<Input, Diagnostic> {
        let (at, text) = self.declaration.inputs.nth(role, index).unwrap_or_default();
        let folder = self.asset.folder.as_ref().expect("an asset with a declaration has a folder");
        let file = self.disk.open(&folder.own(text)).map_err(|error| refusal(&error))?;
        let stream = trust::admit_stream(file, limit_of(role), self.limits)?;
        if self.asset.input_stamps.get(at).is_some_and(|stamp| stamp.bytes != stream.bytes()) {
            let message = "the file changed between the moment it was found and the moment it was read";
            let finding = Diagnostic::new(Code::TrustChangedWhileReading, message).at(stream.path());
            return Err(finding.help("let the other program finish and run the command again"));
        }
        Ok(Input { path: stream.shared_path(), bytes: stream.bytes(), content: Box::new(stream) })
    }
}
