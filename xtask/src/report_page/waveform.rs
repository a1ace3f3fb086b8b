//! The outline of a sound: lowest and highest sample of each of a few hundred stretches, as a shape. It reads the samples
//! once, in memory that does not grow with them.

use std::io::{self, Read};

/// So many stretches are told apart; a screen shows hardly more.
const COLUMNS: u64 = 320;
/// The shape's size: one unit a stretch, and from -50 to 50.
pub(super) const HEIGHT: i32 = 100;

/// The outline of a sound.
pub(super) struct Outline {
    /// Lowest and highest sample of each stretch.
    stretches: Vec<(i16, i16)>,
}

impl Outline {
    /// Reads `bytes` of signed 16-bit little-endian samples.
    ///
    /// # Errors
    /// The reader's, also that it ends early.
    pub(super) fn read(samples: &mut impl Read, bytes: u64) -> io::Result<Outline> {
        let count = bytes / 2;
        let columns = count.min(COLUMNS);
        let mut stretches: Vec<(i16, i16)> = Vec::new();
        let mut chunk = vec![0; 64 << 10];
        let mut at = 0;
        while at < count {
            let most = usize::try_from((count - at) * 2).map_or(chunk.len(), |left| left.min(chunk.len()));
            samples.read_exact(&mut chunk[..most])?;
            for pair in chunk[..most].chunks_exact(2) {
                let sample = i16::from_le_bytes([pair[0], pair[1]]);
                let column = u128::from(at) * u128::from(columns) / u128::from(count);
                match stretches.get_mut(usize::try_from(column).unwrap_or(usize::MAX)) {
                    Some((low, high)) => (*low, *high) = ((*low).min(sample), (*high).max(sample)),
                    None => stretches.push((sample, sample)),
                }
                at += 1;
            }
        }
        Ok(Outline { stretches })
    }

    /// How wide the shape is, in units.
    pub(super) fn width(&self) -> usize {
        self.stretches.len().max(1)
    }

    /// The loudest sample, as a part of the loudest there can be, in percent.
    pub(super) fn peak(&self) -> u32 {
        let loudest = self.stretches.iter().map(|(low, high)| low.unsigned_abs().max(high.unsigned_abs())).max();
        (u32::from(loudest.unwrap_or(0)) * 100).div_ceil(32_768)
    }

    /// The shape as the data of an SVG path, there along the highest samples and back along the lowest.
    pub(super) fn path(&self) -> String {
        let y = |sample: i16| HEIGHT / 2 - i32::from(sample) * (HEIGHT / 2) / 32_768;
        let there = self.stretches.iter().enumerate().map(|(x, (_, high))| (x, y(*high)));
        // One unit of height where nothing is to be heard, so that there is something to be seen.
        let back = self.stretches.iter().enumerate().rev().map(|(x, (low, high))| (x, y(*low).max(y(*high) + 1)));
        let mut path = String::new();
        for (x, y) in there.chain(back) {
            path += &format!("{}{x} {y}", if path.is_empty() { "M" } else { "L" });
        }
        if path.is_empty() { path } else { path + "z" }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::Outline;

    fn of(samples: &[i16]) -> Outline {
        let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        Outline::read(&mut &bytes[..], bytes.len() as u64).unwrap()
    }

    #[test]
    fn each_stretch_keeps_its_lowest_and_highest_sample() {
        let mut samples = vec![0_i16; 320 * 100];
        (samples[250], samples[260], samples[31_999]) = (-300, 700, i16::MIN);
        let outline = of(&samples);
        assert_eq!(outline.stretches.len(), 320);
        assert_eq!(
            (outline.stretches[1], outline.stretches[2], outline.stretches[319]),
            ((0, 0), (-300, 700), (i16::MIN, 0))
        );
        assert_eq!(outline.peak(), 100);
    }

    #[test]
    fn few_samples_and_none_are_shapes_too() {
        assert_eq!(of(&[0, 16_384]).path(), "M0 50L1 25L1 26L0 51z");
        assert_eq!((of(&[]).path(), of(&[]).peak(), of(&[]).width()), (String::new(), 0, 1));
    }

    #[test]
    fn a_sound_that_is_cut_off_is_an_error() {
        assert!(Outline::read(&mut &[0_u8; 6][..], 8).is_err());
    }
}
