//! The head of a WAV file: everything up to its samples (RIFF/WAVE, as in Microsoft's multimedia data standards
//! of 1994 with WAVEFORMATEXTENSIBLE). Samples are not read here.

use crate::bank::sniff;
use crate::bank::source::Source;
use crate::diagnostic::{Code, Diagnostic, escape_bytes};

/// Rates beyond this are no rates of sound at all, in Hz.
const SAMPLE_RATE_MAX: u32 = 1_000_000;

const PCM: u16 = 1;
const FLOAT: u16 = 3;
const EXTENSIBLE: u16 = 0xFFFE;

/// How a sample is stored, little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Unsigned, 128 is silence.
    Unsigned8,
    /// Signed.
    Signed16,
    /// Signed.
    Signed24,
    /// Signed.
    Signed32,
    /// IEEE 754, full scale is ±1.
    Float32,
}

impl Encoding {
    /// Whether all bytes are samples, whatever they are.
    pub(super) fn has_no_nan(self) -> bool {
        self != Encoding::Float32
    }

    /// Bytes of a sample.
    pub(super) fn bytes(self) -> u16 {
        match self {
            Encoding::Unsigned8 => 1,
            Encoding::Signed16 => 2,
            Encoding::Signed24 => 3,
            Encoding::Signed32 | Encoding::Float32 => 4,
        }
    }
}

/// What stands before the samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wave {
    pub(super) encoding: Encoding,
    /// At least 1.
    pub(super) channels: u16,
    /// Hz, at least 1.
    pub(super) sample_rate: u32,
    /// Whole frames (one sample of each channel) in the data.
    pub(super) frames: u64,
    /// Bytes of data behind the last whole frame.
    pub(super) partial_bytes: u64,
}

/// Reads up to the first sample, which is what `source` gives next.
pub(super) fn header(source: &mut Source) -> Result<Wave, Diagnostic> {
    sniff::demand(source, "a WAV sound", "wav", |head| match head {
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => true,
        cut => !cut.is_empty() && cut.len() < 12 && (cut.starts_with(b"RIFF") || b"RIFF".starts_with(cut)),
    })?;
    if source.bytes() < 12 {
        return Err(malformed(source, "the file ends inside its first header"));
    }
    // The RIFF size in between is often wrong, and nothing depends on it.
    source.skip(12)?;
    let mut format = None;
    loop {
        let at = source.position();
        if source.left() < 8 {
            return Err(malformed(source, "there is no data chunk"));
        }
        let mut head = [0; 8];
        source.fill(&mut head)?;
        let [name @ .., a, b, c, d] = head;
        let name: [u8; 4] = name;
        let length = u64::from(u32::from_le_bytes([a, b, c, d]));
        if length > source.left() {
            let why = format!(
                "the chunk `{}` at byte {at} says it has {length} bytes, and the file has {} more",
                escape_bytes(&name),
                source.left()
            );
            return Err(malformed(source, &why).number("offset", at));
        }
        match (&name, format) {
            (b"fmt ", None) => format = Some(read_format(source, length)?),
            (b"fmt ", Some(_)) => return Err(malformed(source, "there is a second fmt chunk before the data")),
            (b"data", None) => return Err(malformed(source, "the data comes before the fmt chunk that explains it")),
            (b"data", Some(Format { encoding, channels, sample_rate })) => {
                let frame_bytes = u64::from(channels) * u64::from(encoding.bytes());
                let (frames, partial_bytes) = (length / frame_bytes, length % frame_bytes);
                return Ok(Wave { encoding, channels, sample_rate, frames, partial_bytes });
            }
            _ => source.skip(length)?,
        }
        // Chunks are padded to an even length; some writers leave the last pad byte out.
        source.skip((length % 2).min(source.left()))?;
    }
}

#[derive(Clone, Copy)]
struct Format {
    encoding: Encoding,
    channels: u16,
    sample_rate: u32,
}

fn read_format(source: &mut Source, length: u64) -> Result<Format, Diagnostic> {
    let mut bytes = [0; 40];
    let bytes = match length {
        16 => &mut bytes[..16],
        18 => &mut bytes[..18],
        40 => &mut bytes[..],
        _ => return Err(malformed(source, &format!("its fmt chunk has {length} bytes instead of 16, 18 or 40"))),
    };
    source.fill(bytes)?;
    let two = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
    let (channels, frame_bytes, bits) = (two(2), two(12), two(14));
    let sample_rate = u32::from(two(4)) | u32::from(two(6)) << 16;
    let tag = match two(0) {
        EXTENSIBLE if length == 40 => two(24),
        tag => tag,
    };
    let encoding = match (tag, bits) {
        (PCM, 8) => Encoding::Unsigned8,
        (PCM, 16) => Encoding::Signed16,
        (PCM, 24) => Encoding::Signed24,
        (PCM, 32) => Encoding::Signed32,
        (FLOAT, 32) => Encoding::Float32,
        (tag, bits) => {
            let why = format!("it is stored as {} of {bits} bits, which is not supported", tag_name(tag));
            return Err(malformed(source, &why).number("format", tag).number("bits", bits));
        }
    };
    if channels == 0 {
        return Err(malformed(source, "it has no channels"));
    }
    if sample_rate == 0 || sample_rate > SAMPLE_RATE_MAX {
        return Err(malformed(source, &format!("{sample_rate} samples a second are not a rate of sound")));
    }
    let right = u32::from(channels) * u32::from(encoding.bytes());
    if u32::from(frame_bytes) != right {
        let why = format!("it says a frame has {frame_bytes} bytes; {channels} channels of {bits} bits make {right}");
        return Err(malformed(source, &why));
    }
    Ok(Format { encoding, channels, sample_rate })
}

/// The names of format tags that are met in the wild (mmreg.h).
fn tag_name(tag: u16) -> String {
    match tag {
        PCM => "PCM".to_owned(),
        FLOAT => "float".to_owned(),
        2 => "Microsoft ADPCM".to_owned(),
        6 => "A-law".to_owned(),
        7 => "µ-law".to_owned(),
        0x11 => "IMA ADPCM".to_owned(),
        0x55 => "MP3".to_owned(),
        EXTENSIBLE => "an extensible format without its extension".to_owned(),
        other => format!("format {other}"),
    }
}

pub(super) fn malformed(source: &Source, why: &str) -> Diagnostic {
    let found = source.finding(Code::SoundMalformed, format!("the WAV cannot be used: {why}"));
    found.help("export it again, as PCM of 8, 16, 24 or 32 bits or as 32-bit float")
}
