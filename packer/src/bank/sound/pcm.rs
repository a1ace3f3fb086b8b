//! Converts the samples of a WAV to signed 16-bit mono, block by block.

use super::wav::{Encoding, Wave, malformed};
use crate::bank::source::Source;
use crate::diagnostic::Diagnostic;
use std::io::{self, Write};

/// Divisible by every sample size, and small enough that 8-bit samples, which double, stay below 64 KiB.
const BLOCK_BYTES: usize = 24 * 1024;

/// Why a conversion ended early.
pub(super) enum Stop {
    /// Something is wrong with the input.
    Finding(Diagnostic),
    /// The sink refused.
    Sink(io::Error),
}

impl From<Diagnostic> for Stop {
    fn from(found: Diagnostic) -> Stop {
        Stop::Finding(found)
    }
}

/// Writes all whole frames of `source`, which stands at its first sample.
pub(super) fn convert(source: &mut Source, wave: &Wave, sink: &mut dyn Write) -> Result<(), Stop> {
    let mut mixer = Mixer { channels: i32::from(wave.channels), ..Mixer::default() };
    // The header has made sure that so much is there.
    let mut left = wave.frames * u64::from(wave.channels) * u64::from(wave.encoding.bytes());
    let mut block = vec![0; BLOCK_BYTES.min(usize::try_from(left).unwrap_or(usize::MAX))];
    let mut out = Vec::with_capacity(block.len() * 2);
    while left > 0 {
        let size = block.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let block = &mut block[..size];
        source.fill(block)?;
        left -= size as u64;
        out.clear();
        if let Err(Nan { frame, channel }) = mixer.convert(wave.encoding, block, &mut out) {
            let why = format!("sample {frame} of channel {channel} is not a number");
            let found = malformed(source, &why);
            return Err(Stop::Finding(found.number("sample", frame).number("channel", channel)));
        }
        sink.write_all(&out).map_err(Stop::Sink)?;
    }
    Ok(())
}

/// A float that is not a number; frame and channel count from 0.
struct Nan {
    frame: u64,
    channel: i32,
}

/// Makes one sample of those of all channels; a frame may lie across two blocks.
#[derive(Default)]
struct Mixer {
    channels: i32,
    /// Channels of the current frame that were seen, and their sum: 65 535 × -32 768 fits.
    seen: i32,
    sum: i32,
    frames: u64,
}

impl Mixer {
    fn convert(&mut self, encoding: Encoding, block: &[u8], out: &mut Vec<u8>) -> Result<(), Nan> {
        match encoding {
            Encoding::Unsigned8 => self.mix(block, out, |[x]| Some((i16::from(x) - 128) << 8)),
            Encoding::Signed16 if self.channels == 1 => {
                out.extend_from_slice(block);
                Ok(())
            }
            Encoding::Signed16 => self.mix(block, out, |bytes| Some(i16::from_le_bytes(bytes))),
            // An arithmetic shift by 8 or 16 keeps the two high bytes.
            Encoding::Signed24 => self.mix(block, out, |[_, low, high]| Some(i16::from_le_bytes([low, high]))),
            Encoding::Signed32 => self.mix(block, out, |[_, _, low, high]| Some(i16::from_le_bytes([low, high]))),
            Encoding::Float32 => self.mix(block, out, |bytes| from_float(f32::from_le_bytes(bytes))),
        }
    }

    fn mix<const N: usize>(
        &mut self,
        block: &[u8],
        out: &mut Vec<u8>,
        sample: impl Fn([u8; N]) -> Option<i16>,
    ) -> Result<(), Nan> {
        let (samples, _) = block.as_chunks::<N>();
        for &bytes in samples {
            let value = sample(bytes).ok_or(Nan { frame: self.frames, channel: self.seen })?;
            self.sum += i32::from(value);
            self.seen += 1;
            if self.seen == self.channels {
                // Division of integers goes toward zero; the mean of 16-bit values is one.
                let mean = i16::try_from(self.sum / self.channels).expect("a mean lies between its values");
                out.extend_from_slice(&mean.to_le_bytes());
                (self.seen, self.sum, self.frames) = (0, 0, self.frames + 1);
            }
        }
        Ok(())
    }
}

/// Full scale is ±32 767, halves go away from zero. `None` for NaN.
fn from_float(value: f32) -> Option<i16> {
    let scaled = (f64::from(value).clamp(-1.0, 1.0) * 32_767.0).round();
    #[allow(clippy::cast_possible_truncation, reason = "a whole number within ±32 767")]
    (!scaled.is_nan()).then_some(scaled as i16)
}
