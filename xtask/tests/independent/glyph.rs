//! Glyph banks: a sheet of palette indices and the palettes.

use super::{Bank, files, picture};
use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::Path;

const SIDE: usize = 256;
const SHEET_BYTES: usize = SIDE * SIDE / 2;
const PALETTES: usize = 64;
const ENTRIES: usize = 16;

pub(super) fn bank(root: &Path, declaration: &Value) -> Result<Bank> {
    let constants = [("width", SIDE), ("height", SIDE), ("palette_count", PALETTES)];
    let mut added: Map<String, Value> =
        constants.map(|(key, value)| (key.to_owned(), json!(value))).into_iter().collect();
    let payload = match files(root, declaration, "payload").first() {
        Some(finished) => fs::read(finished)?,
        None => {
            let palettes = files(root, declaration, "palettes");
            let palettes = palettes.iter().map(|path| palette(path)).collect::<Result<Vec<_>>>()?;
            added.insert("palette_authored".to_owned(), json!(palettes.len()));
            draw(root, declaration, &palettes)?
        }
    };
    ensure!(payload.len() == SHEET_BYTES + PALETTES * ENTRIES * 2, "the payload has {} bytes", payload.len());
    Ok(Bank { kind: "GLYPH", payload, decoded_bytes: SIDE * SIDE + PALETTES * ENTRIES * 2, added })
}

fn draw(root: &Path, declaration: &Value, palettes: &[Vec<u16>]) -> Result<Vec<u8>> {
    let size = declaration["output"]["metadata"]["tile_size"].as_u64().context("tile_size")? as usize;
    let threshold = declaration["build"]["alpha_threshold"].as_u64();
    let mut sheet = vec![0u8; SIDE * SIDE];
    let mut slot = 0;
    for path in files(root, declaration, "sprites") {
        let sprite = picture::read(&path).with_context(|| format!("{}", path.display()))?;
        for top in (0..sprite.height).step_by(size) {
            for left in (0..sprite.width).step_by(size) {
                let place = |at: usize| (left + at % size, top + at / size);
                let pixel = |at: usize| sprite.pixels[place(at).1 * sprite.width + place(at).0];
                let colours = (0..size * size).map(|at| colour(pixel(at), threshold)).collect::<Result<Vec<_>>>();
                let indices = colours.and_then(|colours| match_palette(&colours, palettes));
                let indices = indices.with_context(|| format!("{} at {left}, {top}", path.display()))?;
                let (x, y) = (slot % (SIDE / size) * size, slot / (SIDE / size) * size);
                for (at, index) in indices.into_iter().enumerate() {
                    sheet[(y + at / size) * SIDE + x + at % size] = index;
                }
                slot += 1;
            }
        }
    }
    let mut payload: Vec<u8> = sheet.chunks(2).map(|pair| pair[0] * 16 + pair[1]).collect();
    for palette in palettes {
        let mut entries = palette.clone();
        entries.resize(ENTRIES, 0);
        payload.extend(entries.iter().flat_map(|entry| entry.to_le_bytes()));
    }
    payload.resize(SHEET_BYTES + PALETTES * ENTRIES * 2, 0);
    Ok(payload)
}

/// The colour of a pixel, none where it is transparent.
fn colour([r, g, b, alpha]: [u8; 4], threshold: Option<u64>) -> Result<Option<u16>> {
    let opaque = match threshold {
        Some(threshold) => u64::from(alpha) >= threshold,
        None => {
            ensure!(alpha == 0 || alpha == 255, "alpha {alpha}");
            alpha == 255
        }
    };
    Ok(opaque.then(|| rgb565([r, g, b])))
}

/// The indices of a tile in the first palette that has all its colours.
fn match_palette(tile: &[Option<u16>], palettes: &[Vec<u16>]) -> Result<Vec<u8>> {
    let index = |palette: &[u16], colour: Option<u16>| match colour {
        None => Some(0),
        Some(colour) => (1..palette.len()).find(|&at| palette[at] == colour).map(|at| at as u8),
    };
    let indices = |palette: &Vec<u16>| tile.iter().map(|&colour| index(palette, colour)).collect::<Option<Vec<u8>>>();
    palettes.iter().find_map(indices).context("no palette has all colours")
}

fn rgb565([r, g, b]: [u8; 3]) -> u16 {
    let channel = |value: u8, max: u32| ((u32::from(value) * max + 127) / 255) as u16;
    channel(r, 31) * 2048 + channel(g, 63) * 32 + channel(b, 31)
}

fn palette(path: &Path) -> Result<Vec<u16>> {
    let text = fs::read_to_string(path)?;
    let lines = text.lines().map(str::trim);
    let colours = match path.extension().and_then(|extension| extension.to_str()) {
        Some("gpl") => lines
            .filter(|line| line.starts_with(|first: char| first.is_ascii_digit()))
            .map(decimals)
            .collect::<Result<Vec<_>>>()?,
        Some("pal") => lines.skip(3).filter(|line| !line.is_empty()).map(decimals).collect::<Result<Vec<_>>>()?,
        Some("hex") => lines.filter(|line| !line.is_empty()).map(digits).collect::<Result<Vec<_>>>()?,
        other => anyhow::bail!("palette extension {other:?}"),
    };
    Ok(colours.into_iter().map(rgb565).collect())
}

fn decimals(line: &str) -> Result<[u8; 3]> {
    let numbers = line.split_whitespace().take(3).map(str::parse).collect::<Result<Vec<u8>, _>>()?;
    numbers.try_into().ok().context("three numbers")
}

fn digits(line: &str) -> Result<[u8; 3]> {
    let number = u32::from_str_radix(line.trim_start_matches('#'), 16)?;
    Ok([(number >> 16) as u8, (number >> 8) as u8, number as u8])
}
