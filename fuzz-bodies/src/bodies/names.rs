//! Portable names, against the rules for ASCII written down a second time.

use prometeu_packer::path::{PathFault, PortablePath, fold};

const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

pub(crate) fn body(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let verdict = PortablePath::assets().join(text);
    if let Ok(path) = &verdict {
        assert_eq!(path.as_str(), format!("assets/{text}"), "a name is kept as it is");
        assert!(path.as_str().len() <= 240 && path.components().count() <= 16);
        let folded = fold(text);
        assert_eq!(fold(&folded), folded, "folding twice is folding once");
    }
    let why = fault(text);
    match &verdict {
        Ok(_) => assert_eq!(why, None, "{text:?} was accepted"),
        Err(PathFault::OutsideRoot(_)) => assert_eq!(why, Some("outside"), "{text:?}"),
        // What else is refused is told by tables of Unicode alone.
        Err(fault) => assert!(why.is_some() || !text.is_ascii(), "{text:?} was refused without a reason: {fault}"),
    }
}

/// The first rule that a name breaks, of those that can be told without tables of Unicode.
fn fault(text: &str) -> Option<&'static str> {
    let drive = text.len() > 1 && text.as_bytes()[0].is_ascii_alphabetic() && text.as_bytes()[1] == b':';
    if text.starts_with(['/', '\\']) || drive || text.replace('\\', "/").split('/').any(|part| part == "..") {
        return Some("outside");
    }
    let parts: Vec<&str> = text.split('/').collect();
    if parts.len() > 15 || text.len() + "assets/".len() > 240 {
        return Some("too long");
    }
    parts.into_iter().find_map(fault_of_part)
}

fn fault_of_part(part: &str) -> Option<&'static str> {
    let lower = part.to_ascii_lowercase();
    let stem = lower.split('.').next().unwrap_or_default().trim_end_matches(' ');
    let port = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    if part.is_empty() || part == "." || part.ends_with(['.', ' ']) || part.len() > 120 {
        Some("bad form")
    } else if part.chars().any(|c| c.is_control() || "<>:\"|?*\\".contains(c)) {
        Some("forbidden character")
    } else if DEVICES.contains(&stem) || port.is_some_and(|n| n.len() == 1 && n.as_bytes()[0].is_ascii_digit()) {
        Some("device")
    } else if [".git", ".prometeu"].contains(&lower.as_str()) || is_short_name(&lower) {
        Some("reserved")
    } else {
        None
    }
}

/// What Windows may call `.git` and `.prometeu` in eight letters: the first six and a number, or two and four
/// hexadecimal digits and a number.
fn is_short_name(lower: &str) -> bool {
    let Some((head, number)) = lower.split_once('~') else { return false };
    let is_hash = |start: &str| {
        head.strip_prefix(start).is_some_and(|hex| hex.len() == 4 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    is_number && (head == "git" || head == "promet" || is_hash("gi") || is_hash("pr"))
}
