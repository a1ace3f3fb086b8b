//! One component of a path: which names every system can hold and reads alike.
//! Windows' rules follow its "Naming Files, Paths, and Namespaces" page.

use crate::escape::is_unprintable;
use caseless::Caseless as _;
use std::borrow::Cow;
use std::fmt;
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

/// Longest component, in bytes of UTF-8.
const NAME_BYTES_MAX: usize = 120;

/// Why a name is not portable; reads after "the name".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameFault {
    /// Nothing between two slashes.
    Empty,
    /// `.` or `..`.
    Dots,
    /// A character that some system forbids or that cannot be seen.
    Character(char),
    /// Ends with a dot or a space, which Windows drops.
    Ending(char),
    /// A device of Windows, with or without an extension.
    Device,
    /// Another spelling of the same text exists and is the usual one.
    NotNfc,
    /// Over [`NAME_BYTES_MAX`].
    TooLong,
}

/// Checks one component.
///
/// # Errors
/// The first rule that it breaks.
pub fn check_name(name: &str) -> Result<(), NameFault> {
    if name.is_empty() {
        return Err(NameFault::Empty);
    }
    if name == "." || name == ".." {
        return Err(NameFault::Dots);
    }
    // Nearly all names are this, and all names are looked at.
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    let is_refused = |c: char| is_unprintable(c) || matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*' | '\\' | '/');
    if let Some(c) = name.chars().find(|&c| !is_plain && is_refused(c)) {
        return Err(NameFault::Character(c));
    }
    if let Some(c) = name.chars().next_back().filter(|&c| c == '.' || c == ' ') {
        return Err(NameFault::Ending(c));
    }
    if is_device(name) {
        return Err(NameFault::Device);
    }
    if !is_plain && !is_nfc(name) {
        return Err(NameFault::NotNfc);
    }
    if name.len() > NAME_BYTES_MAX {
        return Err(NameFault::TooLong);
    }
    Ok(())
}

/// The form under which two names that some system takes for one are equal: Unicode default case folding
/// between two normalisations to NFC.
#[must_use]
pub fn fold(name: &str) -> Cow<'_, str> {
    if !name.is_ascii() {
        return Cow::Owned(name.nfd().default_case_fold().nfc().collect());
    }
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Cow::Owned(name.to_ascii_lowercase());
    }
    Cow::Borrowed(name)
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end_matches(' ');
    if ["con", "prn", "aux", "nul", "conin$", "conout$"].iter().any(|device| stem.eq_ignore_ascii_case(device)) {
        return true;
    }
    let Some((port, number)) = stem.split_at_checked(3) else { return false };
    if !port.eq_ignore_ascii_case("com") && !port.eq_ignore_ascii_case("lpt") {
        return false;
    }
    let mut digits = number.chars();
    matches!((digits.next(), digits.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
}

/// Whether a component is `.prometeu` or `.git` on some system: folded, or as the short name that NTFS
/// may have made for it (`GIT~1`; with a hash of the long name from the fifth one on, `GI7EBA~1`).
pub(super) fn is_reserved(name: &str) -> bool {
    if name.is_ascii() && !name.starts_with('.') && !name.contains('~') {
        return false;
    }
    let folded = fold(name);
    if folded == ".prometeu" || folded == ".git" {
        return true;
    }
    let Some((stem, number)) = folded.split_once('~') else { return false };
    let numbered = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    let hashed = |start: &str| {
        stem.strip_prefix(start).is_some_and(|hash| hash.len() == 4 && hash.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    numbered && (stem == "git" || stem == "promet" || hashed("gi") || hashed("pr"))
}

impl fmt::Display for NameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NameFault::Empty => f.write_str("has an empty component"),
            NameFault::Dots => f.write_str("has a component of dots only"),
            NameFault::Character(c) if is_unprintable(*c) => {
                write!(f, "holds the invisible or control character U+{:04X}", u32::from(*c))
            }
            NameFault::Character(c) => write!(f, "holds `{c}`, which not every system allows in a name"),
            NameFault::Ending(' ') => f.write_str("ends with a space, which Windows drops"),
            NameFault::Ending(_) => f.write_str("ends with a dot, which Windows drops"),
            NameFault::Device => f.write_str("is the name of a device on Windows"),
            NameFault::NotNfc => f.write_str("is not in Unicode normal form C"),
            NameFault::TooLong => write!(f, "has a component of more than {NAME_BYTES_MAX} bytes"),
        }
    }
}
