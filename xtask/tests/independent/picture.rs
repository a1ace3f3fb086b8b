//! The pixels of a PNG file as 8-bit RGBA, expanded by hand from the samples as they stand in the file.

use anyhow::{Context, Result};
use png::{ColorType, Decoder, Transformations};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// A picture: pixels row by row.
pub(super) struct Picture {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<[u8; 4]>,
}

pub(super) fn read(path: &Path) -> Result<Picture> {
    let mut decoder = Decoder::new(BufReader::new(File::open(path)?));
    decoder.set_transformations(Transformations::IDENTITY);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let mut reader = decoder.read_info()?;
    let mut bytes = vec![0; reader.output_buffer_size().context("too large")?];
    let frame = reader.next_frame(&mut bytes)?;
    let (width, height) = (frame.width as usize, frame.height as usize);
    let depth = frame.bit_depth as usize;
    let info = reader.info();
    let key: Option<Vec<u16>> = info.trns.as_ref().map(|key| match depth {
        16 => key.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect(),
        _ => key.iter().map(|&byte| byte.into()).collect(),
    });
    let palette = info.palette.as_deref().unwrap_or_default();
    let count = frame.color_type.samples();
    let mut pixels = Vec::with_capacity(width * height);
    for line in bytes.chunks(frame.line_size).take(height) {
        for x in 0..width {
            let samples: Vec<u16> = (0..count).map(|at| sample(line, depth, x * count + at)).collect();
            pixels.push(expand(frame.color_type, depth, &samples, key.as_deref(), palette));
        }
    }
    Ok(Picture { width, height, pixels })
}

/// The sample number `at` of a row.
fn sample(line: &[u8], depth: usize, at: usize) -> u16 {
    let bit = at * depth;
    match depth {
        16 => u16::from_be_bytes([line[bit / 8], line[bit / 8 + 1]]),
        _ => u16::from(line[bit / 8]) >> (8 - depth - bit % 8) & ((1 << depth) - 1),
    }
}

fn expand(colour: ColorType, depth: usize, samples: &[u16], key: Option<&[u16]>, palette: &[u8]) -> [u8; 4] {
    let byte = |sample: u16| match depth {
        16 => (sample >> 8) as u8,
        _ => (u32::from(sample) * 255 / ((1 << depth) - 1)) as u8,
    };
    let keyed = if key == Some(samples) { 0 } else { 255 };
    match colour {
        ColorType::Grayscale => [byte(samples[0]), byte(samples[0]), byte(samples[0]), keyed],
        ColorType::Rgb => [byte(samples[0]), byte(samples[1]), byte(samples[2]), keyed],
        ColorType::GrayscaleAlpha => [byte(samples[0]), byte(samples[0]), byte(samples[0]), byte(samples[1])],
        ColorType::Rgba => [byte(samples[0]), byte(samples[1]), byte(samples[2]), byte(samples[3])],
        ColorType::Indexed => {
            let index = usize::from(samples[0]);
            let alpha = key.and_then(|alphas| alphas.get(index)).map_or(255, |&alpha| alpha as u8);
            [palette[3 * index], palette[3 * index + 1], palette[3 * index + 2], alpha]
        }
    }
}
