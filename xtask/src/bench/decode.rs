//! The two floors that decode: reading alone, and a build without anything that makes it right. Both hold a few
//! files in memory at a time, whatever the size of the project.

use super::floor::Done;
use super::inputs::{Asset, Use};
use anyhow::{Context, anyhow};
use std::fs::File;
use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;

/// A glyph payload: 256 × 256 pixels of four bits and 64 palettes of 16 colours of two bytes.
const SHEET_BYTES: usize = 256 * 256 / 2;
const PAYLOAD_BYTES: usize = SHEET_BYTES + 64 * 16 * 2;
/// Payloads that wait for the writer, so that the threads do not wait for it one by one.
const WAITING_MAX: usize = 8;

/// Reads all inputs and decodes the pictures.
///
/// # Errors
/// When an input cannot be read or decoded.
pub(super) fn read_all(assets: &[Asset]) -> anyhow::Result<Done> {
    each(assets, |asset, buffers, done| asset_inputs(asset, buffers, done, |_, _| Ok(())))
}

/// Reads, decodes, indexes and writes all inputs to `output`, payloads in the order in which they are ready.
///
/// # Errors
/// When an input cannot be read or decoded, or the output cannot be written.
pub(super) fn build(assets: &[Asset], output: &Path) -> anyhow::Result<Done> {
    let mut file = File::create(output).with_context(|| format!("could not create {}", output.display()))?;
    let (payloads, ready) = sync_channel::<Vec<u8>>(WAITING_MAX);
    std::thread::scope(|scope| {
        let makers = scope.spawn(move || {
            each(assets, |asset, buffers, done| {
                let mut sheet = Sheet::default();
                asset_inputs(asset, buffers, done, |becomes, buffers| match becomes {
                    Use::Decoded => {
                        sheet.index(&buffers.frame, buffers.pixel_bits);
                        Ok(())
                    }
                    Use::Copied => Ok(payloads.send(std::mem::take(&mut buffers.file))?),
                    Use::Read => Ok(()),
                })?;
                match sheet.payload {
                    Some(payload) => Ok(payloads.send(payload)?),
                    None => Ok(()),
                }
            })
        });
        // The channel ends with the last maker; a failed write drops it, which ends the makers.
        let written = ready.into_iter().try_for_each(|payload| file.write_all(&payload));
        let done = makers.join().map_err(|_| anyhow!("a thread of the build floor panicked"))?;
        written.with_context(|| format!("could not write {}", output.display()))?;
        file.sync_all()?;
        done
    })
}

/// What a thread keeps from one file to the next.
#[derive(Default)]
struct Buffers {
    /// The bytes of the input.
    file: Vec<u8>,
    /// The decoded picture, as it is stored.
    frame: Vec<u8>,
    /// Bits of a pixel in `frame`.
    pixel_bits: usize,
}

/// A sheet being filled; none until a picture needs it.
#[derive(Default)]
struct Sheet {
    payload: Option<Vec<u8>>,
    pixels: usize,
}

impl Sheet {
    /// Puts a picture's pixels after those of the one before, each as the upper bits of its first sample. Any
    /// mapping would do: it has to touch every pixel.
    fn index(&mut self, frame: &[u8], pixel_bits: usize) {
        let payload = self.payload.get_or_insert_with(|| vec![0; PAYLOAD_BYTES]);
        let mut put = |index: u8| {
            let at = self.pixels % (2 * SHEET_BYTES);
            payload[at / 2] |= if at.is_multiple_of(2) { index << 4 } else { index };
            self.pixels += 1;
        };
        if pixel_bits < 8 {
            frame.iter().for_each(|byte| (0..8).step_by(pixel_bits).for_each(|shift| put((byte << shift) >> 4)));
        } else {
            frame.chunks_exact(pixel_bits / 8).for_each(|pixel| put(pixel[0] >> 4));
        }
    }
}

/// Reads the inputs of one asset, decodes the pictures and hands each to `then`.
fn asset_inputs(
    asset: &Asset,
    buffers: &mut Buffers,
    done: &Totals,
    mut then: impl FnMut(Use, &mut Buffers) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    for (becomes, path) in asset.inputs()? {
        let said = || format!("could not read {}", path.display());
        buffers.file.clear();
        File::open(&path).and_then(|mut file| file.read_to_end(&mut buffers.file)).with_context(said)?;
        done.files.fetch_add(1, Ordering::Relaxed);
        done.bytes.fetch_add(buffers.file.len() as u64, Ordering::Relaxed);
        if becomes == Use::Decoded {
            decode(buffers).with_context(said)?;
        }
        then(becomes, buffers)?;
    }
    Ok(())
}

fn decode(buffers: &mut Buffers) -> anyhow::Result<()> {
    let mut decoder = png::Decoder::new(Cursor::new(buffers.file.as_slice()));
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let mut reader = decoder.read_info()?;
    let (colour, depth) = reader.output_color_type();
    buffers.pixel_bits = colour.samples() * depth as usize;
    buffers.frame.resize(reader.output_buffer_size().context("the picture is too large")?, 0);
    reader.next_frame(&mut buffers.frame)?;
    Ok(())
}

/// What all threads got through so far.
#[derive(Default)]
struct Totals {
    files: AtomicU64,
    bytes: AtomicU64,
}

/// Calls `work` for every asset, on one thread for each processor.
fn each(
    assets: &[Asset],
    work: impl Fn(&Asset, &mut Buffers, &Totals) -> anyhow::Result<()> + Sync,
) -> anyhow::Result<Done> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (next, totals) = (AtomicUsize::new(0), Totals::default());
    let run = || {
        let mut buffers = Buffers::default();
        while let Some(asset) = assets.get(next.fetch_add(1, Ordering::Relaxed)) {
            work(asset, &mut buffers, &totals)?;
        }
        anyhow::Ok(())
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        threads.into_iter().try_for_each(|thread| {
            thread.join().map_err(|_| anyhow!("a thread of the floor panicked")).and_then(|result| result)
        })
    })?;
    Ok(Done { files: totals.files.into_inner(), bytes: totals.bytes.into_inner() })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says where it failed by panicking")]

    use super::*;
    use crate::bench::inputs;

    #[test]
    fn the_build_floor_does_the_work_of_a_build() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("assets/a");
        std::fs::create_dir_all(place.path().join("assets/.prometeu")).unwrap();
        std::fs::create_dir_all(&root).unwrap();
        std::fs::write(place.path().join("assets/.prometeu/index.json"), r#"{"assets":[{"root":"a"}]}"#).unwrap();
        let inputs = r#"{"inputs":{"palettes":["p.hex"],"sprites":["s.png"],"sources":["w.wav"]}}"#;
        std::fs::write(root.join("asset.json"), inputs).unwrap();
        std::fs::write(root.join("p.hex"), "ffffff\n").unwrap();
        std::fs::write(root.join("w.wav"), [7; 100]).unwrap();
        let mut encoder = png::Encoder::new(File::create(root.join("s.png")).unwrap(), 2, 1);
        encoder.set_color(png::ColorType::Rgb);
        encoder.write_header().unwrap().write_image_data(&[0x10, 0, 0, 0xf0, 0, 0]).unwrap();

        let assets = inputs::registered(place.path()).unwrap();
        let done = build(&assets, &place.path().join("out")).unwrap();
        assert_eq!(done.files, 3);
        assert_eq!(read_all(&assets).unwrap(), done);
        let out = std::fs::read(place.path().join("out")).unwrap();
        assert_eq!(out.len(), PAYLOAD_BYTES + 100);
        assert!(out.windows(2).any(|two| two == [0x1f, 0]), "the two pixels are not in the sheet");
    }
}
