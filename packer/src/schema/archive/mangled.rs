//! Recognises an archive that some program took for text on its way: line ends converted, bytes re-encoded.
//! Each sign is one that undoing explains; damage of another kind is not called that.

use super::{FLAGS_FIELD, HEADER_FIELD, MAGIC, PAYLOAD_FIELD, PRELUDE_BYTES, RESERVED_FIELD};
use crate::disk::ReadHandle;
use std::io::{self, SeekFrom};

const LINE_ENDS: &str = "line feeds were converted to carriage return and line feed";
const ENCODING: &str = "its bytes were re-encoded as text";

/// U+FFFD in UTF-8, written in place of what was no text.
const REPLACEMENT: &[u8] = b"\xef\xbf\xbd";

/// What happened to a file whose first bytes are not the magic.
pub(super) fn in_magic(start: &[u8]) -> Option<&'static str> {
    let marked = start.strip_prefix(b"\xef\xbb\xbf").is_some_and(|rest| rest.starts_with(&MAGIC));
    let wide = start.strip_prefix(b"\xff\xfe").unwrap_or(start).starts_with(b"A\0S\0P\0A\0");
    let wide_big = start.strip_prefix(b"\xfe\xff").unwrap_or(start).starts_with(b"\0A\0S\0P\0A");
    (marked || wide || wide_big).then_some(ENCODING)
}

/// What happened to a file whose first bytes are the magic, but no prelude that fits; `start` should reach some
/// bytes into the header.
pub(super) fn in_prelude(start: &[u8]) -> Option<&'static str> {
    if fits(start) {
        return None;
    }
    if fits(&without_carriage_returns(start)) {
        return Some(LINE_ENDS);
    }
    let numbers = &start[MAGIC.len()..start.len().min(PRELUDE_BYTES + REPLACEMENT.len())];
    let replaced = numbers.windows(REPLACEMENT.len()).any(|window| window == REPLACEMENT);
    (replaced || fits(&as_latin1(start))).then_some(ENCODING)
}

/// What happened to a file with a good header that is `excess` bytes too long, its payload region beginning at `from`.
pub(super) fn in_payloads(handle: &mut dyn ReadHandle, from: u64, excess: u64) -> io::Result<Option<&'static str>> {
    handle.seek(SeekFrom::Start(from))?;
    let (mut chunk, mut pending) = (vec![0; 64 * 1024], Vec::new());
    let (mut last, mut pairs, mut single_line_feeds) = (0, 0_u64, 0_u64);
    let (mut high, mut is_utf8) = (0_u64, true);
    loop {
        let got = match handle.read(&mut chunk) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        if got == 0 {
            break;
        }
        for &byte in &chunk[..got] {
            match (last, byte) {
                (b'\r', b'\n') => pairs += 1,
                (_, b'\n') => single_line_feeds += 1,
                _ => {}
            }
            high += u64::from(byte >= 0x80);
            last = byte;
        }
        if is_utf8 {
            pending.extend_from_slice(&chunk[..got]);
            match std::str::from_utf8(&pending).map_err(|error| (error.valid_up_to(), error.error_len())) {
                Ok(_) => pending.clear(),
                // A character may go on in the next chunk.
                Err((valid, None)) => drop(pending.drain(..valid)),
                Err((_, Some(_))) => is_utf8 = false,
            }
        }
        if !is_utf8 && single_line_feeds > 0 {
            return Ok(None);
        }
    }
    if single_line_feeds == 0 && excess <= pairs {
        return Ok(Some(LINE_ENDS));
    }
    // A byte became a character of two or three, so at most two of three high bytes are too many.
    let re_encoded = is_utf8 && pending.is_empty() && excess.saturating_mul(3) <= high.saturating_mul(2);
    Ok(re_encoded.then_some(ENCODING))
}

fn fits(start: &[u8]) -> bool {
    let Some(prelude) = start.first_chunk::<PRELUDE_BYTES>() else { return false };
    let header_bytes = HEADER_FIELD.read(prelude);
    header_bytes > 0
        && PAYLOAD_FIELD.read(prelude) == PRELUDE_BYTES as u64 + header_bytes
        && FLAGS_FIELD.read(prelude) == 0
        && RESERVED_FIELD.read(prelude) == 0
}

fn without_carriage_returns(bytes: &[u8]) -> Vec<u8> {
    let followed = |at: usize| bytes.get(at + 1) == Some(&b'\n');
    bytes.iter().enumerate().filter(|&(at, &byte)| byte != b'\r' || !followed(at)).map(|(_, &byte)| byte).collect()
}

/// Undoes the conversion of ISO 8859-1 to UTF-8, as far as it goes.
fn as_latin1(bytes: &[u8]) -> Vec<u8> {
    let text = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    text.chars().map_while(|c| u8::try_from(u32::from(c)).ok()).collect()
}
