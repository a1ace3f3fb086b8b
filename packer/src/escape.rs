//! Makes untrusted text safe to print: in a terminal, in a log, in a workflow command.

use std::fmt::Write as _;

/// Code points that are invisible or change how their neighbours are shown: Unicode's
/// `Default_Ignorable_Code_Point` (DerivedCoreProperties.txt), which holds all of `Bidi_Control`.
const IGNORABLE: &[(u32, u32)] = &[
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
];

/// Whether a character is a control, a bidirectional control or ignorable, and so never shown as it is.
/// Line and paragraph separators count as controls: they forge lines.
#[must_use]
pub fn is_unprintable(c: char) -> bool {
    let v = u32::from(c);
    // Nearly all text is this, and all text is looked at.
    if (0x20..0x7f).contains(&v) {
        return false;
    }
    c.is_control() || v == 0x2028 || v == 0x2029 || IGNORABLE.iter().any(|&(low, high)| (low..=high).contains(&v))
}

/// `text` with every unprintable character written as `\\u{202e}`.
#[must_use]
pub fn escape(text: &str) -> String {
    if !text.chars().any(is_unprintable) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_unprintable(c) {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// Like [`escape`], for bytes that need not be UTF-8: an invalid byte is written as `\\xff`.
#[must_use]
pub fn escape_bytes(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(&escape(chunk.valid()));
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_unprintable_comes_out() {
        assert_eq!(escape("a\u{202e}b\n::error"), "a\\u{202e}b\\u{a}::error");
        assert_eq!(escape_bytes(b"x\xff\x1b[31m"), "x\\xff\\u{1b}[31m");
        assert_eq!(escape("Grüße"), "Grüße");
    }
}
