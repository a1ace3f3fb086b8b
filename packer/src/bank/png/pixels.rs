//! From the compressed data of a checked PNG to pixels: inflate, undo the row filters, de-interlace, and bring
//! every colour type and bit depth to numbers of 8 bits with meanings, or to 8-bit RGBA. Sections of the PNG specification are named where they apply.

use super::chunks::Parts;
use super::{Header, Picture, Pixels, Rows};
use zlib_rs::{Inflate, InflateFlush, Status};

/// The largest window that there is: which one a stream needs stands in its header.
const WINDOW_BITS: u8 = 15;

/// One pass over the picture: the first column and row it holds, and its steps.
struct Pass {
    column: usize,
    row: usize,
    columns_step: usize,
    rows_step: usize,
}

const fn pass(column: usize, row: usize, columns_step: usize, rows_step: usize) -> Pass {
    Pass { column, row, columns_step, rows_step }
}

const WHOLE: &[Pass] = &[pass(0, 0, 1, 1)];
/// Adam7 (section 8.1).
const ADAM7: &[Pass] = &[
    pass(0, 0, 8, 8),
    pass(4, 0, 8, 8),
    pass(0, 4, 4, 8),
    pass(2, 0, 4, 4),
    pass(0, 2, 2, 4),
    pass(1, 0, 2, 2),
    pass(0, 1, 1, 2),
];

/// What decoding works in. Each picture overwrites what it needs of the one before, and a bank's are often of one size.
pub(super) struct Buffers {
    inflater: Inflate,
    /// The rows as they were inflated, each behind the byte of its filter.
    filtered: Vec<u8>,
    /// The pixels of a picture whose rows are not pixels as they are.
    pixels: Vec<u8>,
}

impl Buffers {
    pub(super) fn new() -> Buffers {
        Buffers { inflater: Inflate::new(true, WINDOW_BITS), filtered: Vec::new(), pixels: Vec::new() }
    }

    /// What was set aside for rows and pixels.
    pub(super) fn bytes(&self) -> usize {
        self.filtered.capacity() + self.pixels.capacity()
    }
}

/// Decodes a picture whose header and chunks were checked. The error says what is wrong with the data.
pub(super) fn decode<'b>(
    header: &Header,
    parts: &Parts,
    data: &[u8],
    buffers: &'b mut Buffers,
) -> Result<Picture<'b>, String> {
    let Buffers { inflater, filtered, pixels } = buffers;
    let filtered = part(filtered, passes(header).map(|lines| lines.bytes()).sum());
    inflate(inflater, data, filtered)?;
    let is_interlaced = header.interlace == 1;
    let pixels = match Samples::new(header, parts) {
        Samples::Table { depth, meanings } => {
            let numbers = if depth == 8 && !is_interlaced {
                in_place(header, filtered, |row| row.check_numbers(row.line, &meanings))?
            } else {
                spread(header, filtered, pixels, |row, numbers: &mut [[u8; 1]]| {
                    let numbers = numbers.as_flattened_mut();
                    unpack(depth, row.line, numbers);
                    row.check_numbers(numbers, &meanings)
                })?
            };
            Pixels::Numbers { numbers, meanings }
        }
        Samples::Direct(Direct::ColourAlpha(1)) if !is_interlaced => {
            Pixels::Colours(in_place(header, filtered, |_| Ok(()))?)
        }
        Samples::Direct(samples) => Pixels::Colours(spread(header, filtered, pixels, |row, colours| {
            samples.expand(row.line, colours);
            Ok(())
        })?),
    };
    Ok(Picture { width: header.width as usize, height: header.height as usize, pixels })
}

/// So much of a buffer, which grows where it has to. What it held last is still there.
fn part(buffer: &mut Vec<u8>, length: usize) -> &mut [u8] {
    if buffer.len() < length {
        buffer.resize(length, 0);
    }
    &mut buffer[..length]
}

/// What a pass has of a picture.
struct Lines {
    pass: &'static Pass,
    /// Pixels of a line.
    columns: usize,
    /// Lines; none where they would have no pixels.
    rows: usize,
    /// Bytes of a line without that of its filter.
    row_bytes: usize,
}

impl Lines {
    /// What all of them take.
    fn bytes(&self) -> usize {
        self.rows * (self.row_bytes + 1)
    }
}

fn pixel_bits(header: &Header) -> usize {
    usize::from(header.depth) * usize::from(header.channels())
}

fn passes(header: &Header) -> impl Iterator<Item = Lines> {
    let (width, height, bits) = (header.width as usize, header.height as usize, pixel_bits(header));
    let passes = if header.interlace == 1 { ADAM7 } else { WHOLE };
    passes.iter().map(move |pass| {
        let columns = width.saturating_sub(pass.column).div_ceil(pass.columns_step);
        let rows = height.saturating_sub(pass.row).div_ceil(pass.rows_step);
        // A pass without columns has no rows either, not even their filter bytes.
        Lines { pass, columns, rows: if columns == 0 { 0 } else { rows }, row_bytes: (columns * bits).div_ceil(8) }
    })
}

/// A row of a pass, its filter undone.
struct Row<'a> {
    pass: &'static Pass,
    /// Pixels of it.
    columns: usize,
    /// Which row of the picture it belongs to.
    y: usize,
    line: &'a [u8],
}

impl Row<'_> {
    /// Names the first number of the row that means nothing.
    fn check_numbers(&self, numbers: &[u8], meanings: &[[u8; 4]]) -> Result<(), String> {
        // The largest is found without a branch for each; where it stands matters only once it means nothing.
        let is_known = |number: u8| usize::from(number) < meanings.len();
        if is_known(u8::MAX) || is_known(numbers.iter().copied().fold(0, u8::max)) {
            return Ok(());
        }
        let column = numbers.iter().position(|&number| !is_known(number)).unwrap_or_default();
        let (x, y, number) = (self.pass.column + column * self.pass.columns_step, self.y, numbers[column]);
        Err(format!("the pixel at {x},{y} has palette index {number}, and the palette {} entries", meanings.len()))
    }
}

/// Undoes the filters and gives each row to `take`.
fn rows(
    header: &Header,
    mut filtered: &mut [u8],
    mut take: impl FnMut(&Row<'_>) -> Result<(), String>,
) -> Result<(), String> {
    let step = pixel_bits(header).div_ceil(8);
    for lines in passes(header) {
        let Lines { pass, columns, row_bytes, .. } = lines;
        let (own, later) = filtered.split_at_mut(lines.bytes());
        filtered = later;
        let mut above: &[u8] = &vec![0; row_bytes];
        for (at, line) in own.chunks_exact_mut(row_bytes + 1).enumerate() {
            let y = pass.row + at * pass.rows_step;
            let (filter, line) = line.split_first_mut().expect("a line has its filter byte");
            unfilter(*filter, step, above, line).ok_or_else(|| format!("row {y} has no filter {filter}"))?;
            take(&Row { pass, columns, y, line })?;
            above = line;
        }
    }
    Ok(())
}

/// The rows of a picture that is not interlaced and has `N` bytes a pixel, where they are.
fn in_place<'b, const N: usize>(
    header: &Header,
    filtered: &'b mut [u8],
    check: impl Fn(&Row<'_>) -> Result<(), String>,
) -> Result<Rows<'b, N>, String> {
    rows(header, filtered, check)?;
    Ok(Rows { bytes: filtered, filter_bytes: 1, width: header.width as usize })
}

/// The rows of a picture in a place of their own: `fill` makes pixels of each, all that it is given.
fn spread<'b, const N: usize>(
    header: &Header,
    filtered: &mut [u8],
    buffer: &'b mut Vec<u8>,
    fill: impl Fn(&Row<'_>, &mut [[u8; N]]) -> Result<(), String>,
) -> Result<Rows<'b, N>, String> {
    let width = header.width as usize;
    let bytes = part(buffer, width * header.height as usize * N);
    let (pixels, _) = bytes.as_chunks_mut::<N>();
    let mut sparse = if header.interlace == 1 { vec![[0; N]; width] } else { Vec::new() };
    rows(header, filtered, |row| {
        let whole = &mut pixels[row.y * width..(row.y + 1) * width];
        if row.pass.columns_step == 1 {
            return fill(row, whole);
        }
        let sparse = &mut sparse[..row.columns];
        fill(row, sparse)?;
        let targets = whole[row.pass.column..].iter_mut().step_by(row.pass.columns_step);
        targets.zip(sparse).for_each(|(pixel, value)| *pixel = *value);
        Ok(())
    })?;
    Ok(Rows { bytes, filter_bytes: 0, width })
}

/// The numbers of a row, one byte each, from the left.
fn unpack(depth: usize, line: &[u8], numbers: &mut [u8]) {
    match depth {
        1 => unpack_bytes::<8>(line, numbers),
        2 => unpack_bytes::<4>(line, numbers),
        4 => unpack_bytes::<2>(line, numbers),
        _ => numbers.copy_from_slice(line),
    }
}

/// The same where a byte holds `N` numbers, the first in its high bits; what the last byte has beyond the row counts for nothing.
fn unpack_bytes<const N: usize>(line: &[u8], numbers: &mut [u8]) {
    let bits = 8 / N;
    let of =
        |byte: u8| -> [u8; N] { std::array::from_fn(|at| byte >> (8 - bits - at * bits) & (u8::MAX >> (8 - bits))) };
    let (whole, rest) = numbers.as_chunks_mut::<N>();
    whole.iter_mut().zip(line).for_each(|(numbers, &byte)| *numbers = of(byte));
    if let Some(&byte) = line.get(whole.len()) {
        rest.iter_mut().zip(of(byte)).for_each(|(number, of)| *number = of);
    }
}

/// Inflates a zlib stream (RFC 1950) that has to fill `out` exactly and to end with the data.
fn inflate(inflater: &mut Inflate, data: &[u8], out: &mut [u8]) -> Result<(), String> {
    inflater.reset(true);
    let (mut read, mut filled) = (0, 0);
    loop {
        let status = inflater.decompress(&data[read..], &mut out[filled..], InflateFlush::Finish);
        let status = status.map_err(|error| inflate_error(inflater.error_message().unwrap_or(error.as_str())))?;
        let before = (read, filled);
        (read, filled) = (progress(inflater.total_in()), progress(inflater.total_out()));
        match status {
            Status::StreamEnd if filled < out.len() => break,
            Status::StreamEnd if read < data.len() => {
                return Err("there are bytes behind the compressed picture data".to_owned());
            }
            Status::StreamEnd => return Ok(()),
            _ if (read, filled) != before => {}
            _ if filled < out.len() || read == data.len() => break,
            _ => return Err(format!("the picture data holds more than the {} bytes of its rows", out.len())),
        }
    }
    Err("the picture data ends too early".to_owned())
}

/// A count of bytes that are all in memory.
fn progress(bytes: u64) -> usize {
    usize::try_from(bytes).expect("no slice is longer")
}

fn inflate_error(why: &str) -> String {
    match why {
        "incorrect header check" | "unknown compression method" | "invalid window size" => {
            "the picture data is no zlib stream".to_owned()
        }
        "incorrect data check" => "the checksum of the picture data is wrong".to_owned(),
        // Said of its fast path, which does not tell what it met.
        "repeated call with bad state" => "the compressed picture data is invalid".to_owned(),
        other => format!("the compressed picture data is invalid ({other})"),
    }
}

/// Undoes the filter of a row in place (section 9). `step` is the distance to the byte that stands for the pixel
/// to the left. `None` for a filter that does not exist.
fn unfilter(filter: u8, step: usize, above: &[u8], line: &mut [u8]) -> Option<()> {
    match (filter, step) {
        (0, _) => {}
        (2, _) => line.iter_mut().zip(above).for_each(|(byte, up)| *byte = byte.wrapping_add(*up)),
        (1 | 3 | 4, 1) => unfilter_pixels::<1>(filter, above, line),
        (1 | 3 | 4, 2) => unfilter_pixels::<2>(filter, above, line),
        (1 | 3 | 4, 3) => unfilter_pixels::<3>(filter, above, line),
        (1 | 3 | 4, 4) => unfilter_pixels::<4>(filter, above, line),
        (1 | 3 | 4, 6) => unfilter_pixels::<6>(filter, above, line),
        (1 | 3 | 4, _) => unfilter_pixels::<8>(filter, above, line),
        _ => return None,
    }
    Some(())
}

/// The filters that look to the left, for pixels of `N` bytes; a row is a whole number of them.
fn unfilter_pixels<const N: usize>(filter: u8, above: &[u8], line: &mut [u8]) {
    let (pixels, _) = line.as_chunks_mut::<N>();
    let (above, _) = above.as_chunks::<N>();
    let mut left = [0_u8; N];
    match filter {
        1 => {
            for pixel in pixels {
                pixel.iter_mut().zip(&left).for_each(|(byte, left)| *byte = byte.wrapping_add(*left));
                left = *pixel;
            }
        }
        3 => {
            for (pixel, up) in pixels.iter_mut().zip(above) {
                left = std::array::from_fn(|at| pixel[at].wrapping_add(left[at].midpoint(up[at])));
                *pixel = left;
            }
        }
        _ => {
            let (mut left, mut corner) = ([0; N], [0; N]);
            let (mut wide, mut wide_above) = ([[0_i16; N]; WIDE], [[0_i16; N]; WIDE]);
            for (pixels, above) in pixels.chunks_mut(WIDE).zip(above.chunks(WIDE)) {
                widen(pixels.as_flattened(), wide.as_flattened_mut());
                widen(above.as_flattened(), wide_above.as_flattened_mut());
                let count = pixels.len();
                for (pixel, up) in wide[..count].iter_mut().zip(&wide_above[..count]) {
                    left = std::array::from_fn(|at| paeth(left[at], up[at], corner[at]).wrapping_add(pixel[at]) & 0xFF);
                    *pixel = left;
                    corner = *up;
                }
                let narrow = pixels.as_flattened_mut().iter_mut().zip(wide.as_flattened());
                narrow.for_each(|(byte, value)| [*byte, _] = value.to_le_bytes());
            }
        }
    }
}

/// So many pixels are brought to 16 bits a channel at once, so that the channels of one are worked on together.
const WIDE: usize = 32;

fn widen(bytes: &[u8], values: &mut [i16]) {
    values.iter_mut().zip(bytes).for_each(|(value, &byte)| *value = i16::from(byte));
}

/// The Paeth predictor (section 9.4): the neighbour nearest to `left + up - corner`, of equally near ones the first in the
/// order of the parameters. All are 0 to 255.
///
/// The three distances are not needed: where three corners stand against `left + up` decides between the larger of the two,
/// the smaller one, and the corner. A test holds this to the specification's wording for every three values.
fn paeth(left: i16, up: i16, corner: i16) -> i16 {
    let (low, high) = (left.min(up), left.max(up));
    let threshold = corner.wrapping_mul(3).wrapping_sub(left).wrapping_sub(up);
    let unless_low = if high <= threshold { low } else { corner };
    if threshold <= low { high } else { unless_low }
}

/// How the stored samples become pixels.
enum Samples {
    /// Grey or indexed of at most 8 bits: a table of what each sample means, as far as there are meanings.
    Table { depth: usize, meanings: Vec<[u8; 4]> },
    /// Everything else: the colour itself.
    Direct(Direct),
}

enum Direct {
    /// Grey of 16 bits and the value that is transparent.
    Grey16(Option<[u8; 2]>),
    /// Colour of 8 bits a channel and the one that is transparent.
    Colour8(Option<[u8; 3]>),
    /// Colour of 16 bits a channel and the one that is transparent.
    Colour16(Option<[u8; 6]>),
    /// Grey and alpha; bytes of a channel.
    GreyAlpha(usize),
    /// Colour and alpha; bytes of a channel.
    ColourAlpha(usize),
}

impl Samples {
    fn new(header: &Header, parts: &Parts) -> Samples {
        let transparency = parts.transparency.as_deref();
        let wide = usize::from(header.depth) / 8;
        Samples::Direct(match (header.colour, header.depth) {
            (0, 16) => Direct::Grey16(transparency.and_then(|key| key.try_into().ok())),
            (0, depth) => {
                let most = (1_usize << depth) - 1;
                // Bits above the depth do not count (section 11.3.1.1).
                let key = transparency.and_then(|key| key.get(1)).map(|&low| usize::from(low) & most);
                let meaning = |sample: usize| {
                    let grey = u8::try_from(sample * 255 / most).expect("at most 255");
                    [grey, grey, grey, if key == Some(sample) { 0 } else { 255 }]
                };
                return Samples::Table { depth: usize::from(depth), meanings: (0..=most).map(meaning).collect() };
            }
            (3, depth) => {
                let alpha = |index: usize| transparency.and_then(|alphas| alphas.get(index)).copied().unwrap_or(255);
                let entries = parts.palette.iter().enumerate();
                let meanings = entries.map(|(index, &[r, g, b])| [r, g, b, alpha(index)]).collect();
                return Samples::Table { depth: usize::from(depth), meanings };
            }
            (2, 16) => Direct::Colour16(transparency.and_then(|key| key.try_into().ok())),
            (2, _) => Direct::Colour8(transparency.filter(|key| key.len() == 6).map(|key| [key[1], key[3], key[5]])),
            (4, _) => Direct::GreyAlpha(wide),
            _ => Direct::ColourAlpha(wide),
        })
    }
}

impl Direct {
    /// Writes a row's pixels to `out`.
    fn expand(&self, line: &[u8], out: &mut [[u8; 4]]) {
        let opaque_unless = |is_key: bool| if is_key { 0 } else { 255 };
        match *self {
            Direct::Grey16(key) => {
                each(line, out, |value: &[u8; 2]| [value[0], value[0], value[0], opaque_unless(key == Some(*value))])
            }
            Direct::Colour8(key) => {
                each(line, out, |value: &[u8; 3]| [value[0], value[1], value[2], opaque_unless(key == Some(*value))])
            }
            Direct::Colour16(key) => {
                each(line, out, |value: &[u8; 6]| [value[0], value[2], value[4], opaque_unless(key == Some(*value))])
            }
            Direct::GreyAlpha(1) => each(line, out, |&[grey, alpha]| [grey, grey, grey, alpha]),
            Direct::GreyAlpha(_) => each(line, out, |&[grey, _, alpha, _]| [grey, grey, grey, alpha]),
            Direct::ColourAlpha(1) => each(line, out, |colour: &[u8; 4]| *colour),
            Direct::ColourAlpha(_) => each(line, out, |&[r, _, g, _, b, _, alpha, _]| [r, g, b, alpha]),
        }
    }
}

fn each<const N: usize>(line: &[u8], out: &mut [[u8; 4]], colour: impl Fn(&[u8; N]) -> [u8; 4]) {
    let (values, _) = line.as_chunks::<N>();
    out.iter_mut().zip(values).for_each(|(pixel, value)| *pixel = colour(value));
}

#[cfg(test)]
mod tests {
    use super::paeth;

    #[test]
    fn the_predictor_is_that_of_the_specification() {
        for of in 0..1_u32 << 24 {
            let [_, a, b, c] = of.to_be_bytes().map(i16::from);
            let near = [a, b, c].into_iter().min_by_key(|side| (a + b - c - side).abs());
            assert_eq!(Some(paeth(a, b, c)), near, "left {a}, up {b}, corner {c}");
        }
    }
}
