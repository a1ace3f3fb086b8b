//! Messages between a gate and the Studio adapter: one way to say something, one to hear it. What a message means, and
//! whether it is right, is for the gates to judge.

use serde_json::Value;
use std::io::{self, BufRead, Read as _, Write};
use std::ops::Range;

/// Says one message.
///
/// # Errors
/// When the adapter does not listen any more.
pub(super) fn say(output: &mut impl Write, message: &Value) -> io::Result<()> {
    let body = message.to_string();
    write!(output, "Content-Length: {}\r\n\r\n{body}", body.len())?;
    output.flush()
}

/// Adds the next frame to `said`, and gives where its message stands there; none where it is no frame, or the end.
///
/// # Errors
/// When the input cannot be read.
pub(super) fn hear(input: &mut impl BufRead, said: &mut Vec<u8>) -> io::Result<Option<Range<usize>>> {
    let start = said.len();
    input.read_until(b'\n', said)?;
    let length = std::str::from_utf8(&said[start..]).ok().and_then(|line| line.strip_prefix("Content-Length: "));
    let Some(length) = length.and_then(|length| length.trim_end().parse::<u64>().ok()) else { return Ok(None) };
    let body = said.len() + 2;
    input.take(length.saturating_add(2)).read_to_end(said)?;
    Ok((body <= said.len()).then_some(body..said.len()))
}
