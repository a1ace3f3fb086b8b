//! Makes many inputs out of few, always the same ones: a small stand-in for a fuzzer, where there is none.

/// Numbers that look random: xorshift (Marsaglia 2003).
struct Noise(u64);

impl Noise {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap_or_default()
    }
}

/// So many bytes that look random, others for each seed.
#[must_use]
pub fn noise(seed: u64, count: usize) -> Vec<u8> {
    let mut noise = Noise(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    (0..count).map(|_| noise.below(256) as u8).collect()
}

/// What breaks readers of text and of numbers.
const PIECES: [&[u8]; 16] = [
    b"\0",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\x80\0\0\0",
    b"\"",
    b"\\u0000",
    b"\\ud800",
    b"{",
    b"[[[[[[[[[[",
    b"-0",
    b"1e400",
    b"99999999999999999999",
    b"\xef\xbb\xbf",
    b"../",
    b"\n",
    b"null",
];

/// `count` mutations of `seed`, of which each has up to four changes.
pub fn mutations(seed: &[u8], count: usize) -> impl Iterator<Item = Vec<u8>> {
    let start = seed
        .iter()
        .fold(0x9e37_79b9_7f4a_7c15_u64, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    let mut noise = Noise(start | 1);
    (0..count).map(move |_| {
        let mut data = seed.to_vec();
        for _ in 0..=noise.below(4) {
            change(&mut data, &mut noise);
        }
        data
    })
}

fn change(data: &mut Vec<u8>, noise: &mut Noise) {
    let at = noise.below(data.len() + 1);
    match noise.below(6) {
        0 if at < data.len() => data[at] ^= 1 << noise.below(8),
        1 => data.truncate(at),
        2 => drop(data.splice(at..at, PIECES[noise.below(PIECES.len())].iter().copied())),
        3 => {
            let end = (at + noise.below(16)).min(data.len());
            data.drain(at..end);
        }
        4 => {
            let end = (at + noise.below(64)).min(data.len());
            let copy = data[at..end].to_vec();
            let to = noise.below(data.len() + 1);
            data.splice(to..to, copy);
        }
        _ => {
            let piece = PIECES[noise.below(PIECES.len())];
            let end = (at + piece.len()).min(data.len());
            data.splice(at..end, piece.iter().copied());
        }
    }
}
