//! What Studio's client sends: frames, against a second reading of them and against the same bytes in other pieces, and
//! the messages in them against serde_json. It starts no server.

use prometeu_packer::trust::{Limit, Limits};
use prometeu_studio_adapter::wire::frame::{Bounds, Incoming, Waiting, header, read};
use prometeu_studio_adapter::wire::message::{ErrorCode, Id, Refusal, head, parse, refused};
use serde_json::Value;
use std::io::{self, BufReader, ErrorKind, Read};

/// So narrow that a fuzzer finds both edges.
const NARROW: Bounds = Bounds { header: 64, body: 48 };
/// Before a frame's bytes are there, no more room is made for them than this.
const CLAIMED_ROOM: usize = 64 << 10;

pub(crate) fn body(data: &[u8]) {
    let limits = Limits::default();
    let wide = Bounds { header: limits.get(Limit::FrameHeaderBytes), body: limits.get(Limit::FrameBytes) };
    stream(data, NARROW);
    for frame in stream(data, wide) {
        message(&frame, &limits);
    }
    // Most of what a fuzzer makes is no frame, or no message; it is looked at as both all the same.
    message(data, &limits);
    message(&[b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\",\"params\":", data, b"}"].concat(), &limits);
    assert_eq!(stream(&[header(data.len()).as_bytes(), data].concat(), wide), [data]);
}

/// The frames of a stream, read in every way there is to read it.
fn stream(data: &[u8], bounds: Bounds) -> Vec<Vec<u8>> {
    let (frames, last) = all(&mut &*data, bounds);
    let expected = again(data, bounds);
    assert_eq!(frames, expected.0, "a second reader sees other frames");
    assert!(expected.1.is_none_or(|is_end| is_end == (last == Incoming::End)), "{last:?}");

    let pieces = Pieces { data, at: 0, is_interrupted: false };
    let room = 1 + usize::from(data.first().copied().unwrap_or(0));
    let in_pieces = all(&mut BufReader::with_capacity(room, Waiting(pieces)), bounds);
    assert_eq!((&frames, &last), (&in_pieces.0, &in_pieces.1), "it matters in which pieces bytes arrive");

    let cut = data.len() * usize::from(data.last().copied().unwrap_or(0)) / 256;
    let (begun, end) = all(&mut &data[..cut], bounds);
    assert_eq!(begun[..], frames[..begun.len()], "what comes later changes an earlier frame");
    assert!(end == Incoming::End || (end == last && begun.len() == frames.len()), "refused for what is missing");
    frames
}

/// Every frame, and what ended them.
fn all(input: &mut impl io::BufRead, bounds: Bounds) -> (Vec<Vec<u8>>, Incoming) {
    let mut frames = Vec::new();
    loop {
        match read(input, bounds) {
            Incoming::Frame(frame) => {
                let room = (2 * frame.len()).max(CLAIMED_ROOM);
                assert!(frame.capacity() <= room, "{} bytes for {}", frame.capacity(), frame.len());
                frames.push(frame);
            }
            last => return (frames, last),
        }
    }
}

/// The same once more, with all bytes at hand: the frames, and whether the input then ends, or is refused, or may be either.
fn again(mut data: &[u8], bounds: Bounds) -> (Vec<Vec<u8>>, Option<bool>) {
    let mut frames = Vec::new();
    loop {
        let Some(end) = data.windows(4).position(|four| four == b"\r\n\r\n") else {
            return (frames, data.is_empty().then_some(true));
        };
        let length = length_of(&data[..end]).filter(|length| *length <= bounds.body);
        let Some(length) = length.filter(|_| end as u64 + 4 <= bounds.header) else { return (frames, Some(false)) };
        let rest = &data[end + 4..];
        if length > rest.len() as u64 {
            return (frames, Some(true));
        }
        let (frame, behind) = rest.split_at(length as usize);
        frames.push(frame.to_vec());
        data = behind;
    }
}

/// The length that a header without its empty line gives, if each of its lines is a field and one is a length.
fn length_of(header: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(header).ok()?;
    let mut lengths = Vec::new();
    for line in text.split("\r\n") {
        let (name, value) = line.split_once(':')?;
        let is_named = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if !is_named || line.chars().any(|c| !c.is_ascii() || (c.is_ascii_control() && c != '\t')) {
            return None;
        }
        lengths.extend((name.eq_ignore_ascii_case("content-length")).then(|| value.trim()));
    }
    let [length] = lengths[..] else { return None };
    length.chars().all(|c| c.is_ascii_digit()).then(|| length.parse().ok()).flatten().filter(|_| length.len() < 20)
}

/// Gives as many bytes at a time as the byte before says, and is interrupted in between.
struct Pieces<'a> {
    data: &'a [u8],
    at: usize,
    is_interrupted: bool,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.is_interrupted = !self.is_interrupted;
        if self.is_interrupted {
            return Err(ErrorKind::Interrupted.into());
        }
        let rest = &self.data[self.at..];
        let wanted = 1 + usize::from(self.data.get(self.at.wrapping_sub(1)).copied().unwrap_or(0)) % 32;
        let count = wanted.min(rest.len()).min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Ok(count)
    }
}

/// One frame's content as a message.
fn message(frame: &[u8], limits: &Limits) {
    let there = serde_json::from_slice::<Value>(frame);
    match parse(frame.to_vec(), limits) {
        Ok(message) => {
            let there = match there {
                Ok(there) => there,
                // Members that nobody asked for are not looked at.
                Err(error) => return assert!(error.to_string().starts_with("number out of range"), "{error}"),
            };
            assert_eq!(there["jsonrpc"], "2.0");
            assert_eq!(there["method"], *message.method);
            assert_eq!(there.get("params").unwrap_or(&Value::Null), &message.params);
            assert_eq!(there.get("id"), message.id.as_ref().map(given_back).as_ref());
        }
        Err((id, refusal)) => {
            let answer: Value = serde_json::from_str(&refused(id.as_ref(), &refusal)).expect("an answer is JSON");
            assert_eq!(answer["error"]["code"], refusal.code.number());
            assert_eq!(answer["id"], id.as_ref().map_or(Value::Null, given_back));
            assert!(!refusal.message.chars().any(char::is_control), "{refusal:?}");
            if let Ok(there) = there {
                refused_rightly(&there, id.as_ref(), &refusal, limits);
            }
        }
    }
}

/// The id as an answer has it.
fn given_back(id: &Id) -> Value {
    let answer: Value = serde_json::from_str(&(head(id) + "null}")).expect("an answer is JSON");
    answer["id"].clone()
}

/// What serde_json took, and the adapter did not, is in another form than a message, too deep, or says a name twice.
fn refused_rightly(there: &Value, id: Option<&Id>, refusal: &Refusal, limits: &Limits) {
    let of = |name: &str| there.get(name);
    let has_id = of("id").is_none_or(|id| id.is_number() || id.is_string());
    // An integer of more than 64 bits cannot be given back; serde_json tells it from no other large number.
    let may_be_rounded = of("id").is_some_and(|id| id.is_f64() && id.as_f64().is_some_and(|id| id.abs() >= 9e18));
    let is_message = there.is_object() && of("jsonrpc") == Some(&"2.0".into()) && has_id;
    match refusal.code {
        ErrorCode::InvalidRequest => {
            assert!(may_be_rounded || !is_message || !of("method").is_some_and(Value::is_string), "{refusal:?}");
            let (told, given) = (of("id").filter(|id| id.is_number() || id.is_string()), id.map(given_back));
            assert!(told == given.as_ref() || may_be_rounded && given.is_none(), "{told:?}, {given:?}");
        }
        ErrorCode::ParseError if depth(there) as u64 <= limits.get(Limit::JsonDepth) => {
            let once = parse(there.to_string().into_bytes(), limits);
            assert!(!once.is_err_and(|(_, again)| again.code == ErrorCode::ParseError), "{refusal:?}");
        }
        ErrorCode::ParseError => {}
        _ => unreachable!("a message is read before a method is looked for: {refusal:?}"),
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}
