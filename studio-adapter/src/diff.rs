//! Shows how a control file changes, as a unified diff with escaped lines.

use prometeu_packer::diagnostic::escape;
use similar::TextDiff;

/// A longer diff is cut after the last whole line within it.
const DIFF_BYTES_MAX: usize = 64 << 10;
/// Texts longer than this are not compared: nobody reads the result, and comparing takes long.
const TEXT_BYTES_MAX: usize = 256 << 10;

/// The diff of two texts, or `None` where they are too long to compare.
#[must_use]
pub fn unified_diff(path: &str, before: &str, after: &str) -> Option<String> {
    if before.len().max(after.len()) > TEXT_BYTES_MAX {
        return None;
    }
    let diff = TextDiff::from_lines(before, after);
    let text = diff.unified_diff().context_radius(3).header(&format!("a/{path}"), &format!("b/{path}")).to_string();
    let mut shown = String::with_capacity(text.len());
    for line in text.lines() {
        let line = escape(line);
        if shown.len() + line.len() + 1 > DIFF_BYTES_MAX {
            shown.push_str("…\n");
            break;
        }
        shown.push_str(&line);
        shown.push('\n');
    }
    Some(shown)
}
