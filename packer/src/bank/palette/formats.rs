//! The three text formats, one function each. Lines end in LF or CRLF.

use super::{COLOURS_MAX, Colour, Refusal, quote};
use crate::bank::sniff::describe;
use std::ops::Range;

type Colours = Vec<(Colour, Range<usize>)>;

/// A line without its end and without blanks around it, and where it stands.
struct Line<'a> {
    text: &'a [u8],
    at: Range<usize>,
}

/// GIMP: `GIMP Palette`, then header lines, comments, and colours as three numbers with an optional name.
/// Editors with transparent colours write a fourth number (and a `Channels:` line).
pub(super) fn gimp(text: &[u8]) -> Result<Colours, Refusal> {
    let mut lines = lines(text);
    expect_first(text, lines.next(), b"GIMP Palette", "a .gpl file starts with the line `GIMP Palette`")?;
    let mut colours = Vec::new();
    for line in lines {
        let is_header = [&b"Name:"[..], b"Columns:", b"Channels:", b"#"].iter().any(|word| line.text.starts_with(word));
        if line.text.is_empty() || is_header {
            continue;
        }
        let colour = numbers(&line, colours.len(), Rest::Name)?;
        colours.push((colour, line.at));
    }
    Ok(colours)
}

/// JASC (Paint Shop Pro): `JASC-PAL`, `0100`, a count, and that many lines of three numbers.
pub(super) fn jasc(text: &[u8]) -> Result<Colours, Refusal> {
    let mut lines = lines(text);
    expect_first(text, lines.next(), b"JASC-PAL", "a .pal file starts with the line `JASC-PAL`")?;
    expect_first(text, lines.next(), b"0100", "the second line of a .pal file is `0100`")?;
    let end = text.len()..text.len();
    let Some(count) = lines.next() else { return refuse(&end, "the file ends where the number of colours belongs") };
    let stated = std::str::from_utf8(count.text).ok().filter(|t| t.bytes().all(|b| b.is_ascii_digit()));
    let Some(stated) = stated.and_then(|text| text.parse::<usize>().ok()) else {
        return refuse(&count.at, format!("{} is not a number of colours", quote(count.text)));
    };
    if !(1..=COLOURS_MAX).contains(&stated) {
        return refuse(&count.at, format!("{stated} colours; a palette of a bank has 1 to {COLOURS_MAX}"));
    }
    let mut colours = Vec::new();
    for line in lines {
        if colours.len() < stated {
            let colour = numbers(&line, colours.len(), Rest::Nothing)?;
            colours.push((colour, line.at));
        } else if !line.text.is_empty() {
            return refuse(&line.at, format!("{} stands after the last of {stated} colours", quote(line.text)));
        }
    }
    if colours.len() < stated {
        return refuse(&count.at, format!("the file promises {stated} colours and holds {}", colours.len()));
    }
    Ok(colours)
}

/// Six hexadecimal digits a line, with or without `#`.
pub(super) fn hex(text: &[u8]) -> Result<Colours, Refusal> {
    let mut colours = Vec::new();
    for line in lines(text).filter(|line| !line.text.is_empty()) {
        let digits = line.text.strip_prefix(b"#").unwrap_or(line.text);
        let value = std::str::from_utf8(digits)
            .ok()
            .filter(|digits| digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let Some(value) = value else {
            return refuse(&line.at, format!("{} is not a colour of six hexadecimal digits", quote(line.text)));
        };
        let [_, red, green, blue] = value.to_be_bytes();
        colours.push(([red, green, blue], line.at));
    }
    Ok(colours)
}

/// Refuses a carriage return that ends no line: some editors would show two lines where there is one.
pub(super) fn refuse_bare_returns(text: &[u8]) -> Result<(), Refusal> {
    let bare = (0..text.len()).find(|&at| text[at] == b'\r' && text.get(at + 1) != Some(&b'\n'));
    match bare {
        Some(at) => refuse(&(at..at + 1), "a carriage return without a line feed; lines end in LF or CRLF"),
        None => Ok(()),
    }
}

fn lines(text: &[u8]) -> impl Iterator<Item = Line<'_>> {
    let mut next = 0;
    text.split_inclusive(|&byte| byte == b'\n').map(move |whole| {
        let begin = next;
        next += whole.len();
        let ended = whole.strip_suffix(b"\n").unwrap_or(whole);
        let ended = ended.strip_suffix(b"\r").unwrap_or(ended);
        let skipped = ended.len() - ended.trim_ascii_start().len();
        let text = ended.trim_ascii();
        Line { text, at: begin + skipped..begin + skipped + text.len() }
    })
}

fn expect_first(file: &[u8], line: Option<Line>, wanted: &[u8], rule: &str) -> Result<(), Refusal> {
    let Some(line) = line else {
        return refuse(&(file.len()..file.len()), format!("{rule}, and this one ends before it"));
    };
    if line.text == wanted {
        return Ok(());
    }
    if line.at.start == 0 || file[..line.at.start].trim_ascii().is_empty() {
        return refuse(&line.at, format!("{rule}, and this one is {}", describe(&file[..file.len().min(64)])));
    }
    refuse(&line.at, format!("{rule}, not {}", quote(line.text)))
}

/// What may stand behind the numbers of a colour.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rest {
    Name,
    Nothing,
}

/// Three numbers, and perhaps a fourth: how opaque the colour is. The runtime has no transparent colours but
/// entry 0, so nothing else may be transparent. A fourth word of more than three digits is no channel value: it
/// is a name, as palettes that name colours by their hexadecimal digits have it.
fn numbers(line: &Line, index: usize, rest: Rest) -> Result<Colour, Refusal> {
    let mut words = line.text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let mut colour = [0; 3];
    for channel in &mut colour {
        let Some(word) = words.next() else {
            return refuse(&line.at, format!("{} is not a colour: three numbers are needed", quote(line.text)));
        };
        let Some(value) = channel_value(word) else {
            return refuse(&line.at, format!("{} is not a channel value of 0 to 255", quote(word)));
        };
        *channel = value;
    }
    let Some(fourth) = words.next() else { return Ok(colour) };
    let is_alpha = fourth.len() <= 3 && fourth.iter().all(u8::is_ascii_digit);
    match (rest, channel_value(fourth)) {
        (_, Some(255)) => {}
        (_, Some(0)) if index == 0 => {}
        (Rest::Name, _) if !is_alpha => return Ok(colour),
        (_, None) => return refuse(&line.at, format!("{} is not an alpha value", quote(fourth))),
        (_, Some(alpha)) => {
            let message =
                format!("entry {index} has alpha {alpha}; only entry 0 may be transparent, all others need 255");
            return refuse(&line.at, message);
        }
    }
    match words.next() {
        Some(word) if rest == Rest::Nothing => refuse(&line.at, format!("{} stands behind the colour", quote(word))),
        _ => Ok(colour),
    }
}

fn channel_value(word: &[u8]) -> Option<u8> {
    if !(1..=3).contains(&word.len()) || !word.iter().all(u8::is_ascii_digit) {
        return None;
    }
    word.iter().try_fold(0_u8, |value, digit| value.checked_mul(10)?.checked_add(digit - b'0'))
}

fn refuse<T>(at: &Range<usize>, message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { at: at.clone(), message: message.into() })
}
