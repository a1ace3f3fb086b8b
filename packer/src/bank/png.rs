//! PNG pictures (W3C PNG, third edition), their pixels as they are stored: judged from the header first, then every chunk is
//! checked, then decoded. Nothing about colour spaces, text or animation is interpreted.

mod chunks;
mod pixels;

use super::sniff;
use super::source::Source;
use crate::diagnostic::{Code, Diagnostic};
use crate::trust::{Limit, Limits};
use pixels::Buffers;
use std::cell::Cell;

const SIGNATURE: &[u8; 8] = b"\x89PNG\r\n\x1a\n";
/// Signature, length and name of the first chunk, and its 13 bytes.
const HEAD_BYTES: usize = 8 + 8 + 13;

/// What the first chunk says. Only `width` and `height` are meaningful before [`Decoder::read`] has checked the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// Pixels.
    pub(super) width: u32,
    /// Pixels.
    pub(super) height: u32,
    depth: u8,
    colour: u8,
    compression: u8,
    filter: u8,
    interlace: u8,
}

/// Decodes pictures one after the other, all in the same memory.
pub(super) struct Decoder {
    /// The compressed data of a picture.
    data: Vec<u8>,
    buffers: Buffers,
}

/// A decoded picture.
pub(super) struct Picture<'d> {
    /// Pixels.
    pub(super) width: usize,
    /// Pixels.
    pub(super) height: usize,
    /// All of them.
    pub(super) pixels: Pixels<'d>,
}

/// The pixels of a picture, in the form that is nearest to how the file has them.
pub(super) enum Pixels<'d> {
    /// Grey or indexed of at most 8 bits: a number for each pixel, and the colour that each number stands for.
    Numbers {
        /// Each of them has a meaning.
        numbers: Rows<'d, 1>,
        /// Red, green, blue, alpha.
        meanings: Vec<[u8; 4]>,
    },
    /// Red, green, blue, alpha.
    Colours(Rows<'d, 4>),
}

/// Rows of pixels that have `N` bytes each.
pub(super) struct Rows<'d, const N: usize> {
    bytes: &'d [u8],
    /// What stands before each row.
    filter_bytes: usize,
    /// Pixels.
    width: usize,
}

impl<'d, const N: usize> Rows<'d, N> {
    /// The pixels of each row from the `y`-th on, counted from the top.
    pub(super) fn from(&self, y: usize) -> impl Iterator<Item = &'d [[u8; N]]> {
        let filter_bytes = self.filter_bytes;
        let stride = filter_bytes + self.width * N;
        self.bytes[y * stride..].chunks_exact(stride).map(move |row| row[filter_bytes..].as_chunks().0)
    }

    fn pixel(&self, x: usize, y: usize) -> [u8; N] {
        self.from(y).next().expect("the picture has that row")[x]
    }
}

impl Picture<'_> {
    /// Red, green, blue and alpha of a pixel, counted from the top left.
    pub(super) fn rgba(&self, x: usize, y: usize) -> [u8; 4] {
        match &self.pixels {
            Pixels::Numbers { numbers, meanings } => {
                let [number] = numbers.pixel(x, y);
                meanings[usize::from(number)]
            }
            Pixels::Colours(colours) => colours.pixel(x, y),
        }
    }
}

/// Looks at the first bytes alone: is this a PNG picture, and does it stay within the limits? Takes nothing from
/// `source`. A width or height of zero passes; [`Decoder::read`] refuses it.
pub(super) fn header(source: &mut Source, limits: &Limits) -> Result<Header, Diagnostic> {
    sniff::demand(source, "a PNG picture", "png", |head| {
        head.starts_with(SIGNATURE) || (!head.is_empty() && SIGNATURE.starts_with(head))
    })?;
    let head = source.peek(HEAD_BYTES)?;
    let Ok(head) = <[u8; HEAD_BYTES]>::try_from(head) else {
        return Err(malformed(source, "the file ends before its header is complete"));
    };
    if head[8..16] != *b"\0\0\0\x0dIHDR" {
        return Err(malformed(source, "the first chunk is not an IHDR of 13 bytes"));
    }
    let number = |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let [depth, colour, compression, filter, interlace] = [head[24], head[25], head[26], head[27], head[28]];
    let header = Header { width: number(16), height: number(20), depth, colour, compression, filter, interlace };
    match header.beyond(limits) {
        None => Ok(header),
        Some((limit, why)) => {
            let message = format!("a picture of {} × {} pixels is too large: {why}", header.width, header.height);
            let help = format!("cut the picture into smaller ones, or raise `--limit {}=N`", limit.name());
            let found = source.finding(Code::ImageTooLarge, message).help(help);
            Err(found.number("width", header.width).number("height", header.height).number("limit", limits.get(limit)))
        }
    }
}

/// A decoder that is left for the next bank holds at most this; memory counts for more than time beyond it.
const LEFT_BYTES_MAX: usize = 1 << 20;

thread_local! {
    /// What the bank before decoded in. Most pictures are so small that fresh memory takes as long as they do.
    static LEFT: Cell<Option<Decoder>> = const { Cell::new(None) };
}

impl Decoder {
    /// The one that an earlier bank on this thread left, or a new one.
    pub(super) fn take() -> Decoder {
        LEFT.take().unwrap_or_else(Decoder::new)
    }

    /// Leaves it for the next bank on this thread.
    pub(super) fn leave(self) {
        if self.data.capacity() + self.buffers.bytes() <= LEFT_BYTES_MAX {
            LEFT.set(Some(self));
        }
    }

    fn new() -> Decoder {
        Decoder { data: Vec::new(), buffers: Buffers::new() }
    }

    /// Reads the picture whose header was just looked at, and all else there is in the file.
    pub(super) fn read(
        &mut self,
        source: &mut Source,
        header: &Header,
        limits: &Limits,
        findings: &mut Vec<Diagnostic>,
    ) -> Result<Picture<'_>, Diagnostic> {
        if let Err(why) = header.check() {
            return Err(malformed(source, why));
        }
        source.skip(SIGNATURE.len() as u64)?;
        let parts = chunks::read(source, header, limits, &mut self.data)?;
        let picture = pixels::decode(header, &parts, &self.data, &mut self.buffers);
        let picture = picture.map_err(|why| malformed(source, why))?;
        if parts.is_animated {
            let note = source.finding(Code::ImageAnimated, "the picture is animated; only its still picture is used");
            findings.push(note.help("put the frames into a sheet, or list each as a picture of its own"));
        }
        if source.left() > 0 {
            let message = format!("{} bytes stand behind the end of the picture and are not used", source.left());
            let warning = source.finding(Code::ImageTrailingBytes, message).number("bytes", source.left());
            findings.push(warning.help("export the picture again if they are not meant to be there"));
        }
        Ok(picture)
    }
}

fn malformed(source: &Source, why: impl AsRef<str>) -> Diagnostic {
    let found = source.finding(Code::ImageMalformed, format!("the PNG is damaged: {}", why.as_ref()));
    found.help("export the picture again, or restore the file from version control")
}

impl Header {
    /// Which limit the picture breaks, and how.
    fn beyond(&self, limits: &Limits) -> Option<(Limit, String)> {
        let (width, height) = (u64::from(self.width), u64::from(self.height));
        let most = limits.get(Limit::ImageSide);
        if width.max(height) > most {
            return Some((Limit::ImageSide, format!("a side may have {most} pixels")));
        }
        let (area, most) = (width * height, limits.get(Limit::ImageArea));
        if area > most {
            return Some((Limit::ImageArea, format!("it has {area} pixels and may have {most}")));
        }
        let row = width.saturating_mul(self.pixel_bits()).div_ceil(8);
        let (rows, most) = (row.saturating_mul(height), limits.get(Limit::DecoderBytes));
        (rows > most).then(|| (Limit::DecoderBytes, format!("its decoded rows take {rows} bytes and may take {most}")))
    }

    fn channels(&self) -> u8 {
        match self.colour {
            2 => 3,
            4 => 2,
            6 => 4,
            _ => 1,
        }
    }

    /// Bits of a pixel as it is stored, 1..=64.
    fn pixel_bits(&self) -> u64 {
        u64::from(self.depth) * u64::from(self.channels())
    }

    /// Everything the header may not say, apart from sizes.
    fn check(&self) -> Result<(), String> {
        if self.width == 0 || self.height == 0 {
            return Err(format!("it is {} × {} pixels large", self.width, self.height));
        }
        let depths: &[u8] = match self.colour {
            0 => &[1, 2, 4, 8, 16],
            3 => &[1, 2, 4, 8],
            2 | 4 | 6 => &[8, 16],
            other => return Err(format!("there is no colour type {other}")),
        };
        if !depths.contains(&self.depth) {
            return Err(format!("colour type {} has no bit depth {}", self.colour, self.depth));
        }
        if self.compression != 0 {
            return Err(format!("there is no compression method {}", self.compression));
        }
        if self.filter != 0 {
            return Err(format!("there is no filter method {}", self.filter));
        }
        if self.interlace > 1 {
            return Err(format!("there is no interlace method {}", self.interlace));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
