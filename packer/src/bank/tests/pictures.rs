//! Writes PNG files, whole and broken ones, from samples. Shares nothing with the decoder: interlacing follows
//! the pass matrix of the specification, and the data is packed by a loop over bits.

/// Which of the seven passes a pixel belongs to, by `y % 8` and `x % 8` (PNG specification, section 8.1).
const PASS_MATRIX: [[u8; 8]; 8] = [
    [1, 6, 4, 6, 2, 6, 4, 6],
    [7, 7, 7, 7, 7, 7, 7, 7],
    [5, 6, 5, 6, 5, 6, 5, 6],
    [7, 7, 7, 7, 7, 7, 7, 7],
    [3, 6, 4, 6, 3, 6, 4, 6],
    [7, 7, 7, 7, 7, 7, 7, 7],
    [5, 6, 5, 6, 5, 6, 5, 6],
    [7, 7, 7, 7, 7, 7, 7, 7],
];

/// A PNG file as a list of chunks that a test may change.
#[derive(Clone)]
pub(in crate::bank) struct Png {
    pub(in crate::bank) chunks: Vec<([u8; 4], Vec<u8>)>,
}

pub(in crate::bank) fn header(width: u32, height: u32, colour: u8, depth: u8, interlace: u8) -> Vec<u8> {
    let mut bytes = width.to_be_bytes().to_vec();
    bytes.extend(height.to_be_bytes());
    bytes.extend([depth, colour, 0, 0, interlace]);
    bytes
}

impl Png {
    /// A picture of one RGBA colour.
    pub(in crate::bank) fn flat(width: u32, height: u32, rgba: [u8; 4]) -> Png {
        Png::rgba(width, height, |_, _| rgba)
    }

    /// A picture of 8-bit RGBA pixels.
    pub(in crate::bank) fn rgba(width: u32, height: u32, pixel: impl Fn(usize, usize) -> [u8; 4]) -> Png {
        let ihdr = header(width, height, 6, 8, 0);
        Png::from_samples(ihdr, |x, y| pixel(x, y).map(u16::from).to_vec())
    }

    /// A picture of any kind; `samples` gives the stored samples of a pixel.
    pub(in crate::bank) fn from_samples(ihdr: Vec<u8>, samples: impl Fn(usize, usize) -> Vec<u16>) -> Png {
        let data = fdeflate::compress_to_vec(&rows(&ihdr, samples));
        Png { chunks: vec![(*b"IHDR", ihdr), (*b"IDAT", data), (*b"IEND", Vec::new())] }
    }

    /// Puts a chunk before the chunk `at`.
    pub(in crate::bank) fn insert(mut self, at: usize, name: &[u8; 4], data: impl Into<Vec<u8>>) -> Png {
        self.chunks.insert(at, (*name, data.into()));
        self
    }

    pub(in crate::bank) fn bytes(&self) -> Vec<u8> {
        let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
        for (name, data) in &self.chunks {
            file.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
            file.extend(name);
            file.extend(data);
            file.extend(crc32fast::hash(&[name, data.as_slice()].concat()).to_be_bytes());
        }
        file
    }
}

/// The filtered rows of all passes, every filter in turn.
pub(in crate::bank) fn rows(ihdr: &[u8], samples: impl Fn(usize, usize) -> Vec<u16>) -> Vec<u8> {
    let number = |at: usize| u32::from_be_bytes(ihdr[at..at + 4].try_into().unwrap()) as usize;
    let (width, height, depth, is_interlaced) = (number(0), number(4), usize::from(ihdr[8]), ihdr[12] == 1);
    let channels = samples(0, 0).len();
    let step = (channels * depth).div_ceil(8);
    let mut out = Vec::new();
    let mut filter = 0;
    for pass in if is_interlaced { 1..=7 } else { 0..=0 } {
        let mut above: Vec<u8> = Vec::new();
        for y in 0..height {
            let in_pass = |x: &usize| !is_interlaced || PASS_MATRIX[y % 8][x % 8] == pass;
            let values: Vec<u16> = (0..width).filter(in_pass).flat_map(|x| samples(x, y)).collect();
            if values.is_empty() {
                continue;
            }
            let line = pack(&values, depth);
            above.resize(line.len(), 0);
            out.push(filter);
            for at in 0..line.len() {
                let left = if at < step { 0 } else { line[at - step] };
                let corner = if at < step { 0 } else { above[at - step] };
                out.push(line[at].wrapping_sub(predict(filter, left, above[at], corner)));
            }
            filter = (filter + 1) % 5;
            above = line;
        }
    }
    out
}

fn pack(values: &[u16], depth: usize) -> Vec<u8> {
    let mut bits: Vec<bool> = values.iter().flat_map(|v| (0..depth).rev().map(move |bit| v >> bit & 1 == 1)).collect();
    // Unused bits at the end of a row may be anything.
    bits.resize(bits.len().div_ceil(8) * 8, true);
    bits.chunks(8).map(|byte| byte.iter().fold(0, |byte, &bit| byte << 1 | u8::from(bit))).collect()
}

fn predict(filter: u8, left: u8, up: u8, corner: u8) -> u8 {
    let (a, b, c) = (i32::from(left), i32::from(up), i32::from(corner));
    let p = a + b - c;
    match filter {
        0 => 0,
        1 => left,
        2 => up,
        3 => u8::try_from((a + b) / 2).unwrap(),
        // `min_by_key` keeps the first of equals, which is the order that the specification demands.
        _ => {
            [(left, (p - a).abs()), (up, (p - b).abs()), (corner, (p - c).abs())]
                .into_iter()
                .min_by_key(|(_, distance)| *distance)
                .unwrap()
                .0
        }
    }
}
