//! What a folder would become: the declaration, the palettes that it lacks, and what there is to say about the bank.

use super::Registration;
use super::found::Found;
use super::would_be::{WouldBe, WouldBeInput};
use crate::bank::{
    GlyphOptions, Recipe, SoundOptions, derive_palettes, derived_palette_path, fitting_tile_size, layout,
};
use crate::diagnostic::{Code, Diagnostic, escape};
use crate::digest::Digest;
use crate::ops::Context;
use crate::path::PortablePath;
use crate::schema::declaration::TILE_SIZES;
use crate::schema::{BankType, DeclarationDraft, Role};

/// The threshold that is proposed where pictures have partial alpha: it cuts in the middle.
const ALPHA_THRESHOLD: u8 = 128;

/// A palette file that is to be written.
pub(super) struct PlannedPalette {
    /// Relative to the root.
    pub(super) below: String,
    /// Colours that pixels can use.
    pub(super) colours: usize,
    pub(super) text: String,
}

/// A declaration that was made up, and what goes with it.
pub(super) struct Proposal {
    pub(super) draft: DeclarationDraft,
    /// Palettes to be written; the draft lists them already.
    pub(super) palettes: Vec<PlannedPalette>,
    /// A folder to be made for them, relative to the root.
    pub(super) new_folder: Option<String>,
    /// Why the declaration says what it says, sentence by sentence.
    pub(super) remarks: Vec<String>,
    /// The inputs that were looked at.
    pub(super) depends: Vec<(PortablePath, Option<Digest>)>,
    pub(super) findings: Vec<Diagnostic>,
}

impl Proposal {
    /// Inputs as they were given, and for each role without any as they were found; nothing else is settled yet.
    pub(super) fn of(
        bank: BankType,
        name: String,
        tile_size: Option<i64>,
        found: &Found,
        given: Vec<(Role, String)>,
    ) -> Proposal {
        let is_raw = given.iter().any(|(role, _)| *role == Role::Payload);
        let roles: &[Role] = match bank {
            _ if is_raw => &[],
            BankType::Glyph => &[Role::Sprites, Role::Palettes],
            BankType::Sound => &[Role::Sources],
        };
        let looked_for = |role: &&Role| !given.iter().any(|row| row.0 == **role);
        let looked_for: Vec<Role> = roles.iter().filter(looked_for).copied().collect();
        let all_of = |role: Role| {
            let given = given.iter().filter(|row| row.0 == role).map(|row| row.1.clone());
            let found = if looked_for.contains(&role) { found.of(role) } else { &[] };
            (role, given.chain(found.iter().cloned()).collect())
        };
        let draft = DeclarationDraft {
            name,
            bank,
            inputs: Role::ALL.map(all_of).into(),
            // A place for what the pictures will tell; of finished bytes nobody can.
            tile_size: tile_size.or_else(|| (bank == BankType::Glyph && !is_raw).then_some(TILE_SIZES[0])),
            preload: false,
            alpha_threshold: None,
            average_channels: false,
        };
        let findings = if looked_for.is_empty() { Vec::new() } else { found.findings_about(&looked_for).collect() };
        Proposal { draft, palettes: Vec::new(), new_folder: None, remarks: Vec::new(), depends: Vec::new(), findings }
    }

    pub(super) fn is_blocked(&self) -> bool {
        self.findings.iter().any(|finding| finding.blocking)
    }

    /// Settles how bytes are made, and notes what the bank stage has to say about it, as warnings.
    pub(super) fn settle(
        &mut self,
        context: &Context<'_>,
        folder: &PortablePath,
        found: &Found,
        wanted: &Registration,
    ) {
        let first = self.findings.len();
        match self.draft.bank {
            bank if !self.paths(Role::Payload).is_empty() => {
                let (_, findings) = self.would_be(context, folder).examine(&Recipe::Raw(bank));
                self.findings.extend(findings);
            }
            BankType::Glyph => self.settle_glyph(context, folder, found, wanted),
            BankType::Sound => self.settle_sound(context, folder),
        }
        let about_the_bank = self.findings[first..].iter_mut().filter(|finding| !is_obstacle(finding));
        about_the_bank.for_each(|finding| finding.blocking = false);
        self.depends = self.would_be(context, folder).digests();
    }

    fn settle_sound(&mut self, context: &Context<'_>, folder: &PortablePath) {
        let bank = self.would_be(context, folder);
        let recipe = |average_channels| Recipe::Sound(SoundOptions { average_channels });
        let mut heard = Vec::new();
        // The headers tell; what else they tell is told again below.
        layout(&recipe(false), &bank, &mut heard);
        self.findings.extend(heard.iter().filter(|finding| is_obstacle(finding)).cloned());
        heard.retain(|finding| finding.code == Code::SoundNotMono);
        self.draft.average_channels = !heard.is_empty();
        self.findings.extend(bank.examine(&recipe(self.draft.average_channels)).1);
        if let Some(first) = heard.first() {
            let remark = "`build.channel_mix` is \"average\", which mixes several channels into one";
            self.remarks.push(format!("{remark}: {}", whose(first, heard.len(), "sound")));
        }
    }

    fn settle_glyph(&mut self, context: &Context<'_>, folder: &PortablePath, found: &Found, wanted: &Registration) {
        if wanted.tile_size.is_none() {
            let mut findings = Vec::new();
            let size = fitting_tile_size(&self.would_be(context, folder), &context.limits, &mut findings);
            self.findings.extend(findings.into_iter().filter(is_obstacle));
            self.remarks.push(format!("`tile_size` is {size}, the largest of 32, 16 and 8 that fits the pictures"));
            self.draft.tile_size = Some(size);
        }
        let tile_size = self.draft.tile_size.and_then(|size| u32::try_from(size).ok());
        let mut options = GlyphOptions { tile_size: tile_size.expect("it was checked"), alpha_threshold: None };
        if !wanted.inputs.iter().any(|(role, _)| role == Role::Palettes.name()) {
            self.leave_out_bad_palettes(context, folder, &options);
        }
        let mut findings = self.examine_glyph(context, folder, found, &options);
        let partial: Vec<&Diagnostic> =
            findings.iter().filter(|finding| finding.code == Code::GlyphPartialAlpha).collect();
        if let Some(first) = partial.first() {
            let remark = format!(
                "`build.alpha_threshold` is {ALPHA_THRESHOLD}, so that pixels with less alpha become transparent and \
                 all others opaque"
            );
            self.remarks.push(format!("{remark}: {}", whose(first, partial.len(), "picture")));
            options.alpha_threshold = Some(ALPHA_THRESHOLD);
            self.draft.alpha_threshold = options.alpha_threshold;
            findings = self.examine_glyph(context, folder, found, &options);
        }
        if wanted.tile_size.is_none() {
            self.advise_smaller_tiles(context, folder, &options, &mut findings);
        }
        self.findings.append(&mut findings);
        let is_said = |finding: &Diagnostic| matches!(finding.code, Code::GlyphNoPalette | Code::GlyphTooManyPalettes);
        if self.paths(Role::Palettes).is_empty() && !self.findings.iter().any(is_said) {
            let message = "no palettes could be made from the sprites, because of what else was found";
            let finding = Diagnostic::new(Code::GlyphNoPalette, message).at(folder.as_str());
            self.findings.push(finding.help_to_run(
                "repair the pictures first and register then, or let `{program} doctor --fix` make the palettes later",
            ));
        }
    }

    /// Palette files that were found, and that no bank can use, are not listed.
    fn leave_out_bad_palettes(&mut self, context: &Context<'_>, folder: &PortablePath, options: &GlyphOptions) {
        let (_, findings) = self.would_be(context, folder).examine(&Recipe::Glyph(*options));
        self.findings.extend(findings.iter().filter(|finding| is_obstacle(finding)).cloned());
        for bad in findings.iter().filter(|finding| finding.code == Code::GlyphPaletteMalformed) {
            let is_it = |below: &String| bad.path.as_deref() == Some(&escape(folder.own(below).as_str()));
            let Some(at) = self.paths(Role::Palettes).iter().position(is_it) else { continue };
            let below = self.paths_mut(Role::Palettes).remove(at);
            self.remarks.push(format!("the palette `{below}` is left out: {}", bad.message));
        }
    }

    /// What there is to say about the bank, with palettes made from its sprites where it has none.
    fn examine_glyph(
        &mut self,
        context: &Context<'_>,
        folder: &PortablePath,
        found: &Found,
        options: &GlyphOptions,
    ) -> Vec<Diagnostic> {
        if self.paths(Role::Palettes).is_empty() {
            let mut findings = Vec::new();
            let bank = self.would_be(context, folder);
            let Some(derived) = derive_palettes(options, &bank, &context.limits, &mut findings) else {
                return findings;
            };
            let place = palette_folder(found);
            for (at, palette) in derived.iter().enumerate() {
                let below = derived_palette_path(at).replacen("palettes", &place, 1);
                let text = palette.gpl(&format!("{} {at:02}", self.draft.name));
                self.paths_mut(Role::Palettes).push(below.clone());
                self.palettes.push(PlannedPalette { below, colours: palette.colours().len(), text });
            }
            self.new_folder = Some(place);
        }
        self.would_be(context, folder).examine(&Recipe::Glyph(*options)).1
    }

    /// Where tiles have too many colours and smaller ones would not, that is worth knowing.
    fn advise_smaller_tiles(
        &self,
        context: &Context<'_>,
        folder: &PortablePath,
        options: &GlyphOptions,
        findings: &mut [Diagnostic],
    ) {
        if !findings.iter().any(|finding| finding.code == Code::GlyphNoPalette) {
            return;
        }
        let bank = self.would_be(context, folder);
        let smaller = TILE_SIZES.into_iter().rev().filter_map(|size| u32::try_from(size).ok());
        let serves = |tile_size: &u32| {
            let options = GlyphOptions { tile_size: *tile_size, ..*options };
            derive_palettes(&options, &bank, &context.limits, &mut Vec::new()).is_some()
        };
        let Some(size) = smaller.filter(|size| *size < options.tile_size).find(serves) else { return };
        let help = format!("tiles of {size} pixels have few enough colours: register with `--tile-size {size}`");
        for finding in findings.iter_mut().filter(|finding| finding.code == Code::GlyphNoPalette) {
            finding.help = Some(help.as_str().into());
        }
    }

    fn would_be<'a>(&self, context: &'a Context<'_>, folder: &'a PortablePath) -> WouldBe<'a> {
        let listed = self.draft.inputs.iter().flat_map(|(role, paths)| paths.iter().map(|path| (*role, path.as_str())));
        let input = |path: &str| match self.palettes.iter().find(|palette| palette.below == path) {
            Some(palette) => WouldBeInput::Planned(palette.below.clone(), palette.text.clone()),
            None => WouldBeInput::File(path.to_owned()),
        };
        let inputs = listed.map(|(role, path)| (role, input(path))).collect();
        WouldBe { disk: context.disk, limits: &context.limits, folder, inputs }
    }

    fn paths(&self, role: Role) -> &[String] {
        self.draft.inputs.iter().find(|row| row.0 == role).map_or(&[], |row| &row.1)
    }

    fn paths_mut(&mut self, role: Role) -> &mut Vec<String> {
        let row = self.draft.inputs.iter_mut().find(|row| row.0 == role);
        &mut row.expect("a draft has every role").1
    }
}

/// Whether a finding keeps the bank from being looked at: then nothing can be proposed, and that is no matter of the bank.
fn is_obstacle(finding: &Diagnostic) -> bool {
    matches!(finding.code.family(), "trust" | "disk" | "usage")
}

/// Which inputs a remark is about: the first one, and how many there are.
fn whose(first: &Diagnostic, count: usize, what: &str) -> String {
    let path = first.path.as_deref().unwrap_or_default();
    match count {
        1 => format!("{path} needs it"),
        _ => format!("{count} {what}s need it, {path} first"),
    }
}

/// A folder for palettes in which no file is in the way.
fn palette_folder(found: &Found) -> String {
    let numbered = (2_u32..).map(|number| format!("palettes_{number}"));
    let mut candidates = std::iter::once("palettes".to_owned()).chain(numbered);
    candidates.find(|folder| !found.has(folder)).expect("there are more numbers than folders")
}
