//! Writes WAV files, whole and broken ones.

/// A WAV file as a list of chunks that a test may change.
#[derive(Clone)]
pub(in crate::bank) struct Wav {
    pub(in crate::bank) chunks: Vec<([u8; 4], Vec<u8>)>,
}

pub(in crate::bank) fn format(tag: u16, channels: u16, bits: u16, rate: u32) -> Vec<u8> {
    let frame = channels * (bits / 8);
    let mut bytes = Vec::new();
    bytes.extend(tag.to_le_bytes());
    bytes.extend(channels.to_le_bytes());
    bytes.extend(rate.to_le_bytes());
    bytes.extend((rate * u32::from(frame)).to_le_bytes());
    bytes.extend(frame.to_le_bytes());
    bytes.extend(bits.to_le_bytes());
    bytes
}

impl Wav {
    /// PCM of so many channels and bits, from stored sample values.
    pub(in crate::bank) fn new(channels: u16, bits: u16, rate: u32, values: &[i32]) -> Wav {
        let bytes = usize::from(bits / 8);
        let data = values.iter().flat_map(|value| value.to_le_bytes().into_iter().take(bytes)).collect();
        Wav { chunks: vec![(*b"fmt ", format(1, channels, bits, rate)), (*b"data", data)] }
    }

    pub(in crate::bank) fn float(values: &[f32]) -> Wav {
        let data = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        Wav { chunks: vec![(*b"fmt ", format(3, 1, 32, 8_000)), (*b"data", data)] }
    }

    pub(in crate::bank) fn insert(mut self, at: usize, name: &[u8; 4], data: impl Into<Vec<u8>>) -> Wav {
        self.chunks.insert(at, (*name, data.into()));
        self
    }

    pub(in crate::bank) fn bytes(&self) -> Vec<u8> {
        let mut file = b"RIFF\0\0\0\0WAVE".to_vec();
        for (name, data) in &self.chunks {
            file.extend(name);
            file.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
            file.extend(data);
            file.extend(vec![0xA5; data.len() % 2]);
        }
        file
    }
}
