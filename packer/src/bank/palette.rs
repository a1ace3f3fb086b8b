//! Palette files: GIMP `.gpl`, JASC `.pal` and plain `.hex`, read as bytes, because colour names may be in any
//! encoding. The extension alone decides which of the three a file has to be.

mod formats;

use super::sniff::{describe, has_extension};
use super::source::Source;
use crate::diagnostic::{Code, Diagnostic, escape_bytes};
use crate::span::{Place, locate};
use std::ops::Range;
use std::sync::Arc;

/// Colours of a palette, entry 0 included.
pub(super) const COLOURS_MAX: usize = 16;

/// One palette file.
#[derive(Debug)]
pub(super) struct Palette {
    /// Relative to the project.
    pub(super) path: Arc<str>,
    /// 1..=16 entries; entry 0 is written but never matched.
    pub(super) entries: Vec<Entry>,
    text: Vec<u8>,
}

impl Palette {
    /// Where an entry stands, for messages.
    pub(super) fn place(&self, entry: usize) -> Place {
        let at = &self.entries[entry].at;
        locate(&self.text, at.start, at.end)
    }
}

/// One colour and where it stands.
#[derive(Debug)]
pub(super) struct Entry {
    /// Red, green, blue.
    pub(super) colour: [u8; 3],
    at: Range<usize>,
}

/// A refusal: what is wrong at which bytes of the file.
#[derive(Debug)]
struct Refusal {
    at: Range<usize>,
    message: String,
}

/// Reads the whole of `source` as a palette.
pub(super) fn read(source: &mut Source) -> Result<Palette, Diagnostic> {
    let path = source.shared_path();
    let format = [("gpl", formats::gimp as Format), ("pal", formats::jasc), ("hex", formats::hex)]
        .into_iter()
        .find(|(extension, _)| has_extension(&path, extension));
    let Some((_, parse)) = format else {
        let kind = describe(source.peek(64)?);
        let found = malformed(source, &format!("the file is {kind}, and its name is not that of a palette"));
        return Err(found.help("palettes are .gpl, .pal or .hex files; the extension says which"));
    };
    // Admitted palettes are small; whoever raises their limit has the memory.
    let mut text = vec![0; usize::try_from(source.bytes()).unwrap_or(usize::MAX)];
    source.fill(&mut text)?;
    let colours = formats::refuse_bare_returns(&text)
        .and_then(|()| parse(&text))
        .and_then(|colours| counted(&text, colours))
        .map_err(|refusal| {
            let place = locate(&text, refusal.at.start, refusal.at.end);
            malformed(source, &refusal.message).on(place)
        })?;
    let entries = colours.into_iter().map(|(colour, at)| Entry { colour, at }).collect();
    Ok(Palette { path, entries, text })
}

/// Reads a file's text into colours, each with its bytes.
type Format = fn(&[u8]) -> Result<Vec<(Colour, Range<usize>)>, Refusal>;

type Colour = [u8; 3];

fn counted(text: &[u8], colours: Vec<(Colour, Range<usize>)>) -> Result<Vec<(Colour, Range<usize>)>, Refusal> {
    if colours.is_empty() {
        return Err(Refusal { at: text.len()..text.len(), message: "the palette has no colours".to_owned() });
    }
    if let Some((_, at)) = colours.get(COLOURS_MAX) {
        let message = format!("the palette has {} colours; a bank's palette has at most {COLOURS_MAX}", colours.len());
        return Err(Refusal { at: at.clone(), message });
    }
    Ok(colours)
}

fn malformed(source: &Source, message: &str) -> Diagnostic {
    let help = "correct this line, or save the palette anew with the program that made it";
    source.finding(Code::GlyphPaletteMalformed, message).help(help)
}

/// A piece of the file for a message, short and printable.
fn quote(bytes: &[u8]) -> String {
    const SHOWN_BYTES_MAX: usize = 40;
    let shown = escape_bytes(&bytes[..bytes.len().min(SHOWN_BYTES_MAX)]);
    if bytes.len() > SHOWN_BYTES_MAX { format!("`{shown}…`") } else { format!("`{shown}`") }
}

#[cfg(test)]
mod tests;
