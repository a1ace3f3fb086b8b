//! Looks at the bytes of a control file before they are parsed: what people really meet in place of JSON gets
//! words of its own, and everything but UTF-8 without a mark is refused.

use crate::diagnostic::{Code, Diagnostic};
use crate::span::locate;

const LFS_POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

/// The bytes as text.
pub(super) fn text(bytes: Vec<u8>) -> Result<String, Diagnostic> {
    if bytes.is_empty() {
        return Err(Diagnostic::new(Code::FileEmpty, "the file is empty")
            .on(locate(&bytes, 0, 0))
            .help("restore it from version control or a backup"));
    }
    if bytes.iter().all(|&b| b == 0) {
        return Err(Diagnostic::new(Code::FileZeroed, "the file holds nothing but zeros, as after a power loss")
            .on(locate(&bytes, 0, 0))
            .help("restore it from version control or a backup"));
    }
    if bytes.starts_with(LFS_POINTER) {
        return Err(Diagnostic::new(Code::FileLfsPointer, "a Git LFS pointer stands here in place of the file")
            .on(locate(&bytes, 0, 0))
            .help("run `git lfs pull`"));
    }
    if let Some(at) = conflict_marker(&bytes) {
        return Err(Diagnostic::new(
            Code::FileConflictMarkers,
            "the file holds the conflict markers of an unfinished merge",
        )
        .on(locate(&bytes, at, at + 7))
        .help("finish the merge: keep one side of each marked stretch"));
    }
    let marks: [(&[u8], &str); 3] = [
        (b"\xef\xbb\xbf", "starts with a byte order mark"),
        (b"\xff\xfe", "is UTF-16, not UTF-8"),
        (b"\xfe\xff", "is UTF-16, not UTF-8"),
    ];
    // Neither UTF-8 nor JSON starts with a zero byte anywhere near.
    let utf16_without_mark = bytes.iter().take(4).any(|&b| b == 0);
    let mark = marks.iter().find(|(mark, _)| bytes.starts_with(mark)).map(|(_, why)| *why);
    if let Some(why) = mark.or(utf16_without_mark.then_some("is UTF-16, not UTF-8")) {
        return Err(encoding(&bytes, 0, &format!("the file {why}")));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        encoding(error.as_bytes(), at, "the file is not UTF-8 from here on")
    })
}

fn encoding(bytes: &[u8], at: usize, message: &str) -> Diagnostic {
    Diagnostic::new(Code::JsonEncoding, message)
        .on(locate(bytes, at, at))
        .help("save it as UTF-8 without a byte order mark")
}

/// The start of the first line that begins as `git merge` begins the marks of a conflict. A JSON text has no such line.
fn conflict_marker(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    for line in bytes.split(|&b| b == b'\n') {
        let mark = line.trim_ascii_end();
        let has_label = [b"<<<<<<< ", b">>>>>>> ", b"||||||| "].iter().any(|mark| line.starts_with(*mark));
        if has_label || [b"<<<<<<<", b">>>>>>>", b"|||||||", b"======="].iter().any(|bare| mark == *bare) {
            return Some(at);
        }
        at += line.len() + 1;
    }
    None
}
