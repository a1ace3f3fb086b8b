//! Frames of the wire: `Content-Length`, an empty line, and so many bytes. Reading trusts nothing that a header claims;
//! what the bytes mean is not known here.

use std::io::{self, BufRead, ErrorKind, Read, Write};
use std::time::Duration;

/// A body grows with the bytes that arrive, never with the length that was claimed.
const FIRST_BYTES: usize = 64 << 10;
/// More digits than this are no length of anything.
const LENGTH_DIGITS_MAX: usize = 19;
/// How long a stream that has nothing to give or to take at the moment is left alone.
const PAUSE: Duration = Duration::from_millis(2);

/// How long header and body may be, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Everything up to the empty line, that included.
    pub header: u64,
    /// What stands behind it.
    pub body: u64,
}

/// What came next.
#[derive(Debug, PartialEq, Eq)]
pub enum Incoming {
    /// The bytes of one frame.
    Frame(Vec<u8>),
    /// The input is over, cleanly or within a frame.
    End,
    /// A header that cannot be trusted, and why: where the next frame begins is not known any more.
    Untrusted(&'static str),
}

/// Reads one frame.
pub fn read(input: &mut impl BufRead, bounds: Bounds) -> Incoming {
    let mut left = bounds.header;
    let mut length = None;
    loop {
        let mut line = Vec::new();
        match input.by_ref().take(left).read_until(b'\n', &mut line) {
            Ok(count) => left -= count as u64,
            Err(_) => return Incoming::End,
        }
        if line.last() != Some(&b'\n') {
            return if left == 0 { Incoming::Untrusted("the header is over its limit") } else { Incoming::End };
        }
        let Some(line) = line.strip_suffix(b"\r\n") else {
            return Incoming::Untrusted("a line of the header does not end with CR LF");
        };
        if line.is_empty() {
            break;
        }
        if let Err(why) = field(line, &mut length) {
            return Incoming::Untrusted(why);
        }
    }
    match length {
        None => Incoming::Untrusted("the header has no Content-Length"),
        Some(length) if length > bounds.body => Incoming::Untrusted("the frame is over its limit"),
        Some(length) => body(input, length),
    }
}

fn field(line: &[u8], length: &mut Option<u64>) -> Result<(), &'static str> {
    let is_shown = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t');
    let line = std::str::from_utf8(line).ok().filter(|line| line.bytes().all(|byte| is_shown(&byte)));
    let (name, value) = line.and_then(|line| line.split_once(':')).ok_or("a line of the header is no field")?;
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err("a line of the header is no field");
    }
    let value = value.trim_matches([' ', '\t']);
    if name.eq_ignore_ascii_case("content-length") {
        if value.is_empty() || value.len() > LENGTH_DIGITS_MAX || !value.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err("Content-Length is no length");
        }
        let value = value.parse().map_err(|_| "Content-Length is no length")?;
        if length.replace(value).is_some() {
            return Err("Content-Length is repeated");
        }
    }
    Ok(())
}

fn body(input: &mut impl BufRead, length: u64) -> Incoming {
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(usize::MAX).min(FIRST_BYTES));
    match input.by_ref().take(length).read_to_end(&mut bytes) {
        Ok(count) if count as u64 == length => Incoming::Frame(bytes),
        _ => Incoming::End,
    }
}

/// The header of a frame of so many bytes.
#[must_use]
pub fn header(length: usize) -> String {
    format!("Content-Length: {length}\r\n\r\n")
}

/// A stream that may be set not to wait, read and written as one that waits: whoever made the pipe may have set it so.
#[derive(Debug)]
pub struct Waiting<S>(pub S);

impl<S: Read> Read for Waiting<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        again(|| self.0.read(buffer))
    }
}

impl<S: Write> Write for Waiting<S> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        again(|| self.0.write(buffer))
    }

    fn flush(&mut self) -> io::Result<()> {
        again(|| self.0.flush())
    }
}

fn again<T>(mut step: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match step() {
            Err(error) if error.kind() == ErrorKind::WouldBlock => std::thread::sleep(PAUSE),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Bounds, Incoming, read};

    const BOUNDS: Bounds = Bounds { header: 64, body: 16 };

    /// Everything that is read from these bytes.
    fn all(mut bytes: &[u8]) -> Vec<Incoming> {
        let mut found = Vec::new();
        while found.last().is_none_or(|last| matches!(last, Incoming::Frame(_))) {
            found.push(read(&mut bytes, BOUNDS));
        }
        found
    }

    fn frame(text: &str) -> Incoming {
        Incoming::Frame(text.into())
    }

    #[test]
    fn frames_follow_each_other() {
        let text = "Content-Length: 2\r\n\r\n{}content-length:3\r\nContent-Type: application/x\r\n\r\nabcContent-Length: 0\r\n\r\n";
        assert_eq!(all(text.as_bytes()), [frame("{}"), frame("abc"), frame(""), Incoming::End]);
    }

    #[test]
    fn what_is_cut_short_is_the_end() {
        let text = "Content-Length: 2\r\n\r\n{}";
        for cut in 0..text.len() {
            assert_eq!(all(&text.as_bytes()[..cut]), [Incoming::End], "{cut}");
        }
    }

    #[test]
    fn a_header_that_cannot_be_trusted_is_refused() {
        let long = format!("X: {}\r\n\r\n", "y".repeat(80));
        for text in [
            "\r\n",
            "{}\r\n",
            "Content-Length: 2\n\n{}",
            "Content-Length: -2\r\n\r\n{}",
            "Content-Length: +2\r\n\r\n{}",
            "Content-Length: 17\r\n\r\n",
            "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
            "Content-Length: 2.0\r\n\r\n{}",
            "Content-Length: 99999999999999999999999\r\n\r\n",
            "Content-Length:\r\n\r\n",
            "Content-Length 2\r\n\r\n{}",
            "X-Other: 2\r\n\r\n{}",
            " Content-Length: 2\r\n\r\n{}",
            "Content-Length : 2\r\n\r\n{}",
            "Content-Length: 2\r\r\n\r\n{}",
            "Content-Length: 0x2\r\n\r\n{}",
            "Content-Length: 2\r\nX\u{7}: 1\r\n\r\n{}",
            &long,
        ] {
            assert!(matches!(all(text.as_bytes())[..], [Incoming::Untrusted(_)]), "{text:?}");
        }
    }
}
