//! What a file really is, told from its first bytes. For messages only: nothing is decoded by what this says.

use super::source::Source;
use crate::diagnostic::{Code, Diagnostic};

/// How many first bytes [`describe`] wants to see.
const HEAD_BYTES: usize = 64;

/// File signatures at offset 0, from the formats' own specifications.
const SIGNATURES: &[(&[u8], &str)] = &[
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\x89PNG", MANGLED_PNG),
    (b"\x09PNG", MANGLED_PNG),
    (b"\xc2\x89PNG", MANGLED_PNG),
    (b"\xef\xbf\xbdPNG", MANGLED_PNG),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"8BPS", "a Photoshop document"),
    (b"gimp xcf", "a GIMP document"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"DDS ", "a DDS texture"),
    (b"qoif", "a QOI picture"),
    (b"\0\0\x01\0", "a Windows icon"),
    (b"RIFX", "a big-endian RIFX file"),
    (b"RF64", "a 64-bit RF64 sound"),
    (b"BW64", "a 64-bit BW64 sound"),
    (b"OggS", "an Ogg sound"),
    (b"fLaC", "a FLAC sound"),
    (b"ID3", "an MP3 sound"),
    (b"\xff\xfb", "an MP3 sound"),
    (b"\xff\xf3", "an MP3 sound"),
    (b"FORM", "an IFF file (AIFF sounds are such)"),
    (b"MThd", "a MIDI file"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"version https://git-lfs", "a Git LFS pointer, not the file that it stands for"),
    (b"<<<<<<< ", "a text file with merge conflict markers"),
    (b"GIMP Palette", "a GIMP palette"),
    (b"JASC-PAL", "a JASC palette"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
    (b"\xef\xbb\xbf", "text that starts with a byte order mark"),
    (b"<svg", "an SVG drawing"),
    (b"<?xml", "an XML file"),
];

const MANGLED_PNG: &str = "a PNG picture that was damaged by a transfer in text mode";

/// What a RIFF file holds, by the form at offset 8.
const RIFF_FORMS: &[(&[u8], &str)] =
    &[(b"WAVE", "a WAV sound"), (b"WEBP", "a WebP picture"), (b"PAL ", "a RIFF palette"), (b"AVI ", "an AVI film")];

/// Names the kind of file that starts with `head`, with its article.
pub(super) fn describe(head: &[u8]) -> &'static str {
    if head.is_empty() {
        return "an empty file";
    }
    if head.starts_with(b"RIFF") && head.len() >= 12 {
        let form = RIFF_FORMS.iter().find(|(form, _)| head[8..].starts_with(form));
        return form.map_or("a RIFF file of another kind", |(_, name)| name);
    }
    if let Some((_, name)) = SIGNATURES.iter().find(|(signature, _)| head.starts_with(signature)) {
        return name;
    }
    if head.get(4..6) == Some(b"\xe0\xa5") {
        return "an Aseprite document";
    }
    // Two letters are a weak signature; the reserved fields behind them are zero in every BMP.
    if head.starts_with(b"BM") && head.get(6..10) == Some(&[0; 4]) {
        return "a BMP picture";
    }
    if head.iter().all(|&byte| byte == 0) {
        return "a file of zeros, as a power loss leaves it";
    }
    let is_text = head.iter().all(|&byte| byte >= b' ' && byte != 0x7f || matches!(byte, b'\t' | b'\n' | b'\r'));
    if is_text { "a text file" } else { "a file of an unknown kind" }
}

/// Demands that a file starts as `wanted` does and is named `.extension`, in any case.
///
/// `starts_well` looks at the first bytes (at most 64); a file that is cut off inside its signature passes, for
/// its decoder to say so.
pub(super) fn demand(
    source: &mut Source,
    wanted: &'static str,
    extension: &'static str,
    starts_well: impl FnOnce(&[u8]) -> bool,
) -> Result<(), Diagnostic> {
    let head = source.peek(HEAD_BYTES)?;
    let is_wanted = starts_well(head);
    let kind = describe(head);
    let is_named = has_extension(source.path(), extension);
    let message = match (is_wanted, is_named) {
        (true, true) => return Ok(()),
        (true, false) => format!("the file is {wanted} but is not named .{extension}"),
        (false, true) => format!("the file is named .{extension} but is {kind}"),
        (false, false) => format!("the file is {kind}, where {wanted} named .{extension} is needed"),
    };
    let help = match (is_wanted, kind) {
        (true, _) => format!("rename it to end in .{extension}"),
        (false, MANGLED_PNG) => {
            "copy it again in binary mode; in Git, mark *.png as binary in .gitattributes".to_owned()
        }
        (false, kind) if kind.contains("Git LFS") => "fetch the real file with `git lfs pull`".to_owned(),
        (false, _) => format!("export it as {wanted} instead of renaming it, or take it out of the inputs"),
    };
    Err(source.finding(Code::PayloadTypeMismatch, message).help(help).text("is", kind))
}

/// Whether a path ends in `.extension`, ASCII letters in any case.
pub(super) fn has_extension(path: &str, extension: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').is_some_and(|(_, found)| found.eq_ignore_ascii_case(extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_people_rename() {
        for (head, name) in [
            (&b""[..], "an empty file"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "a JPEG picture"),
            (b"RIFF\x24\0\0\0WEBPVP8 ", "a WebP picture"),
            (b"RIFF\x24\0\0\0PAL data", "a RIFF palette"),
            (b"RIFF\x24\0\0\0sfbk", "a RIFF file of another kind"),
            (b"BM\x46\0\0\0\0\0\0\0", "a BMP picture"),
            (b"BMX racing notes", "a text file"),
            (b"\x12\x34\0\0\xe0\xa5\x01\0", "an Aseprite document"),
            (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
            (b"\x89PNG\n\x1a\n\0", MANGLED_PNG),
            (b"\x89PNG\r\r\n\x1a\r\n", MANGLED_PNG),
            (b"\xef\xbf\xbdPNG\r\n", MANGLED_PNG),
            (&[0; 64], "a file of zeros, as a power loss leaves it"),
            (b"Gr\xc3\xbc\xc3\x9fe\n", "a text file"),
            (b"\x01\x02\x03", "a file of an unknown kind"),
        ] {
            assert_eq!(describe(head), name);
        }
    }

    #[test]
    fn the_extension_is_the_last_one_of_the_name_in_any_case() {
        assert!(has_extension("assets/ui.v2/A.PNG", "png"));
        assert!(!has_extension("assets/ui.png/a", "png"));
        assert!(!has_extension("png", "png"));
    }
}
