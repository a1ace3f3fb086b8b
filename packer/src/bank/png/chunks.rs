//! Walks all chunks of a PNG: lengths, checksums and order. Keeps what decoding needs; everything else is
//! streamed through the checksum and neither kept nor inflated.

use super::{Header, malformed};
use crate::bank::source::Source;
use crate::diagnostic::{Code, Diagnostic, escape_bytes};
use crate::trust::{Limit, Limits};

/// What decoding needs apart from the header.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// Red, green, blue of each palette entry.
    pub(super) palette: Vec<[u8; 3]>,
    /// The `tRNS` chunk.
    pub(super) transparency: Option<Vec<u8>>,
    /// Whether there is an `acTL` chunk.
    pub(super) is_animated: bool,
}

/// How far the walk has come; chunks of a later stage end an earlier one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Start,
    Header,
    Palette,
    Transparency,
    Data,
    AfterData,
}

struct Chunk {
    name: [u8; 4],
    length: u32,
    at: u64,
}

/// Reads from the first chunk to the end of `IEND`. In `data` stands the zlib stream then: all `IDAT` chunks in one.
pub(super) fn read(
    source: &mut Source,
    header: &Header,
    limits: &Limits,
    data: &mut Vec<u8>,
) -> Result<Parts, Diagnostic> {
    data.clear();
    let mut parts = Parts::default();
    let mut stage = Stage::Start;
    loop {
        let chunk = begin(source)?;
        if stage == Stage::Data && chunk.name != *b"IDAT" {
            stage = Stage::AfterData;
        }
        match &chunk.name {
            b"IHDR" if stage == Stage::Start => {
                pass_over(source, &chunk)?;
                stage = Stage::Header;
            }
            b"IHDR" => return Err(misplaced(source, &chunk, "there is a second header")),
            b"PLTE" => {
                check_palette(source, header, &chunk, stage)?;
                let bytes = keep(source, &chunk)?;
                parts.palette = bytes.chunks_exact(3).map(|entry| [entry[0], entry[1], entry[2]]).collect();
                stage = Stage::Palette;
            }
            b"tRNS" => {
                check_transparency(source, header, &chunk, stage, parts.palette.len())?;
                parts.transparency = Some(keep(source, &chunk)?);
                stage = Stage::Transparency;
            }
            b"IDAT" => {
                if stage == Stage::AfterData {
                    return Err(misplaced(source, &chunk, "the picture data is interrupted by another chunk"));
                }
                if header.colour == 3 && parts.palette.is_empty() {
                    return Err(misplaced(source, &chunk, "the picture is indexed and has no palette before its data"));
                }
                collect(source, &chunk, data, limits)?;
                stage = Stage::Data;
            }
            b"IEND" => {
                if stage < Stage::Data {
                    return Err(misplaced(source, &chunk, "the file has no picture data"));
                }
                if chunk.length != 0 {
                    return Err(misplaced(source, &chunk, "the end chunk is not empty"));
                }
                pass_over(source, &chunk)?;
                return Ok(parts);
            }
            name if name[0].is_ascii_uppercase() => {
                let why = format!("the chunk {} is needed to understand the picture, and is unknown", shown(&chunk));
                return Err(misplaced(source, &chunk, &why));
            }
            name => {
                parts.is_animated |= name == b"acTL";
                pass_over(source, &chunk)?;
            }
        }
    }
}

fn check_palette(source: &Source, header: &Header, chunk: &Chunk, stage: Stage) -> Result<(), Diagnostic> {
    let why = match stage {
        Stage::Palette => "there is a second palette",
        Stage::Transparency => "the palette comes after the transparency that belongs to it",
        Stage::Data | Stage::AfterData => "the palette comes after the picture data",
        _ if matches!(header.colour, 0 | 4) => "a grey picture has a palette",
        _ if chunk.length == 0 || !chunk.length.is_multiple_of(3) || chunk.length > 768 => {
            "a palette has 1 to 256 entries of 3 bytes, and this one has not"
        }
        _ => return Ok(()),
    };
    Err(misplaced(source, chunk, why))
}

fn check_transparency(
    source: &Source,
    header: &Header,
    chunk: &Chunk,
    stage: Stage,
    palette_entries: usize,
) -> Result<(), Diagnostic> {
    let why = match (stage, header.colour) {
        (Stage::Transparency, _) => "there is a second transparency chunk",
        (Stage::Data | Stage::AfterData, _) => "the transparency comes after the picture data",
        (_, 4 | 6) => "a picture with an alpha channel has a transparency chunk",
        (_, 3) if palette_entries == 0 => "the transparency comes before the palette",
        (_, 3) if chunk.length as usize > palette_entries => "there are more transparencies than palette entries",
        (_, 0) if chunk.length != 2 => "the transparency of a grey picture does not have 2 bytes",
        (_, 2) if chunk.length != 6 => "the transparency of a colour picture does not have 6 bytes",
        _ => return Ok(()),
    };
    Err(misplaced(source, chunk, why))
}

/// Reads length and name of a chunk and makes sure that all of it is there.
fn begin(source: &mut Source) -> Result<Chunk, Diagnostic> {
    let at = source.position();
    if source.left() < 8 {
        return Err(malformed(source, "the file ends without an end chunk"));
    }
    let mut head = [0; 8];
    source.fill(&mut head)?;
    let [a, b, c, d, name @ ..] = head;
    let chunk = Chunk { name, length: u32::from_be_bytes([a, b, c, d]), at };
    if !name.iter().all(u8::is_ascii_alphabetic) {
        return Err(misplaced(source, &chunk, "there is no chunk where one should begin"));
    }
    if chunk.length > i32::MAX as u32 || u64::from(chunk.length) + 4 > source.left() {
        let why = format!("the file ends inside the chunk {} of {} bytes", shown(&chunk), chunk.length);
        return Err(misplaced(source, &chunk, &why));
    }
    Ok(chunk)
}

/// Streams a chunk's data to `each` and checks its checksum.
fn stream(source: &mut Source, chunk: &Chunk, mut each: impl FnMut(&[u8])) -> Result<(), Diagnostic> {
    let mut sum = crc32fast::Hasher::new();
    sum.update(&chunk.name);
    let mut left = chunk.length as usize;
    while left > 0 {
        // `begin` has made sure that so much is left, so a run is never empty.
        let run = source.take(left)?;
        sum.update(run);
        each(run);
        left -= run.len();
    }
    let mut stored = [0; 4];
    source.fill(&mut stored)?;
    if u32::from_be_bytes(stored) != sum.finalize() {
        let why = format!("the checksum of the chunk {} is wrong", shown(chunk));
        return Err(misplaced(source, chunk, &why));
    }
    Ok(())
}

fn pass_over(source: &mut Source, chunk: &Chunk) -> Result<(), Diagnostic> {
    stream(source, chunk, |_| {})
}

/// A chunk's data; only for chunks whose length was found to be small.
fn keep(source: &mut Source, chunk: &Chunk) -> Result<Vec<u8>, Diagnostic> {
    let mut bytes = Vec::new();
    stream(source, chunk, |run| bytes.extend_from_slice(run))?;
    Ok(bytes)
}

fn collect(source: &mut Source, chunk: &Chunk, data: &mut Vec<u8>, limits: &Limits) -> Result<(), Diagnostic> {
    let most = limits.get(Limit::DecoderBytes);
    if data.len() as u64 + u64::from(chunk.length) > most {
        let message = format!("the picture's compressed data takes more than {most} bytes");
        let found = source.finding(Code::ImageTooLarge, message);
        return Err(found.help("export the picture again"));
    }
    stream(source, chunk, |run| data.extend_from_slice(run))
}

fn shown(chunk: &Chunk) -> String {
    escape_bytes(&chunk.name)
}

fn misplaced(source: &Source, chunk: &Chunk, why: &str) -> Diagnostic {
    let found = malformed(source, format!("{why} (byte {})", chunk.at));
    found.number("offset", chunk.at)
}
