//! The page about projects with which nothing is wrong, or nothing that keeps it from being made.

use crate::{ARCHIVE, built, page, page_and_exit, run, section, written};
use base64_of::picture;
use fixtures::{Files, showcase, snapshot};
use std::fs;
use std::process::Command;

/// The first picture of a page, decoded.
mod base64_of {
    use data_encoding::BASE64;
    use std::io::Cursor;

    /// Width, height and RGBA pixels.
    pub(super) fn picture(page: &str, alt: &str) -> (u32, u32, Vec<u8>) {
        let card = &page[page.find(&format!("alt=\"{alt}\"")).unwrap()..];
        let text = card.split("base64,").nth(1).unwrap().split('"').next().unwrap();
        let mut decoder = png::Decoder::new(Cursor::new(BASE64.decode(text.as_bytes()).unwrap()));
        decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::ALPHA);
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        (info.width, info.height, pixels)
    }
}

#[test]
fn the_page_shows_what_is_in_the_archive() {
    let project = built(&showcase());
    let page = page(project.path());
    assert!(section(&page, "findings").contains("Nothing was found."));
    assert!(section(&page, "changes").contains("a build would give the same archive"));
    let contents = section(&page, "contents");
    for (id, name) in
        [(1, "world_tiles"), (2, "actors"), (3, "ui_font"), (4, "burst"), (6, "backdrop"), (7, "sfx_world")]
    {
        assert!(contents.contains(&format!("<tr id=\"row-{id}\"")) && contents.contains(name), "{name}");
        assert!(contents.contains(&format!("href=\"#asset-{id}\"")) && page.contains(&format!("id=\"asset-{id}\"")));
    }
    assert!(!contents.contains("boss_draft"), "it takes no part in builds");
    assert_eq!(section(&page, "sheets").matches("<img ").count(), 5);
    assert_eq!(section(&page, "sounds").matches("class=\"wave\"").count(), 2);
    assert!(section(&page, "sounds").contains("3 sounds, 1.000 s at 22\u{202f}050 Hz"));
}

/// Each tile has the palette that the build found for it, told by decoding the picture and the input that it was made of.
#[test]
fn a_picture_has_the_colours_of_its_inputs() {
    let project = built(&showcase());
    let (width, height, shown) = picture(&page(project.path()), "The sheet of world_tiles");
    let mut decoder = png::Decoder::new(
        fs::File::open(project.path().join("assets/world/tiles/sheet.png")).map(std::io::BufReader::new).unwrap(),
    );
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::ALPHA);
    let mut reader = decoder.read_info().unwrap();
    let mut input = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut input).unwrap();
    assert_eq!((width, height % 16, info.height % 16), (256, 0, 0));
    let mut seen = 0;
    for (tile, at) in (0..info.height / 16).flat_map(|y| (0..info.width / 16).map(move |x| (y, x))).enumerate() {
        for (y, x) in (0..16).flat_map(|y| (0..16).map(move |x| (y, x))) {
            let from = (((at.0 * 16 + y) * info.width + at.1 * 16 + x) * 4) as usize;
            let to = (((tile as u32 / 16 * 16 + y) * 256 + tile as u32 % 16 * 16 + x) * 4) as usize;
            let (wanted, found) = (&input[from..from + 4], &shown[to..to + 4]);
            assert_eq!(wanted[3] > 0, found[3] > 0, "tile {tile}, {x}, {y}");
            if wanted[3] > 0 {
                seen += 1;
                // The archive has five or six bits a channel.
                assert!(wanted.iter().zip(found).all(|(a, b)| a.abs_diff(*b) <= 4), "{wanted:?} became {found:?}");
            }
        }
    }
    assert!(seen > 50, "only {seen} pixels were compared");
}

#[test]
fn the_same_project_gives_the_same_page_wherever_it_lies() {
    let one = built(&showcase());
    let other = tempfile::tempdir().unwrap();
    let deep = other.path().join("some/where else");
    for name in ["assets", "build"] {
        Files::read(&one.path().join(name)).unwrap().write(&deep.join(name)).unwrap();
    }
    // What the last build noted is about other files now; the page tells the same without it.
    let first = page(one.path());
    assert_eq!(first, page(one.path()));
    let out = other.path().join("page.html");
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["report", "some/where else", "--threads", "1", "--out"])
        .arg(&out)
        .current_dir(other.path())
        .env("TZ", "Asia/Kathmandu")
        .env("LC_ALL", "tr_TR.UTF-8")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(first == fs::read_to_string(out).unwrap(), "another page");
    let place = one.path().to_str().unwrap();
    assert!(!first.contains(place) && !first.contains("/tmp"), "it names a place of this machine");
}

#[test]
fn a_page_is_made_of_a_project_without_an_archive() {
    let project = written(&showcase());
    let before = snapshot(project.path()).unwrap();
    let page = page(project.path());
    assert!(section(&page, "changes").contains("There is no archive, <code>build/assets.pa</code>."));
    assert!(!page.contains("<img ") && !page.contains("id=\"contents\""));
    assert_eq!(snapshot(project.path()).unwrap(), before, "a page elsewhere leaves the project alone");
}

#[test]
fn an_archive_that_no_build_wrote_is_refused_and_not_shown() {
    let project = built(&showcase());
    let archive = project.path().join(ARCHIVE);
    let good = fs::read(&archive).unwrap();
    let swapped = |from: &str, to: &str| {
        let at = good.windows(from.len()).position(|bytes| bytes == from.as_bytes()).unwrap();
        [&good[..at], to.as_bytes(), &good[at + from.len()..]].concat()
    };
    for (bytes, code) in [
        (good[..good.len() - 1].to_vec(), "archive/truncated"),
        ([&good[..], b"more"].concat(), "archive/trailing-bytes"),
        (b"<html><script>alert(1)</script>".to_vec(), "archive/bad-magic"),
        (swapped("\"ui_font\"", "\"<i_font\""), "archive/header-invalid"),
        (swapped("\"size\":34816", "\"size\":34817"), "archive/"),
        ([&good[..4], &[9, 0, 0, 0], &good[8..]].concat(), "version/too-new"),
        (Vec::new(), "archive/truncated"),
    ] {
        fs::write(&archive, bytes).unwrap();
        let (page, exit) = page_and_exit(project.path());
        let (_, verified) = run(project.path(), &["verify", archive.to_str().unwrap()]);
        let said = verified["diagnostics"][0]["message"].as_str().unwrap();
        let findings = section(&page, "findings");
        assert!(findings.contains("About the archive") && findings.contains(code), "{code} is not named: {findings}");
        let plain = findings
            .replace("<code>", "`")
            .replace("</code>", "`")
            .replace("&lt;", "<")
            .replace("&quot;", "\"")
            .replace("&#96;", "`");
        assert!(plain.contains(said), "`verify` says {said:?}, and the page does not");
        assert!(section(&page, "changes").contains("The archive cannot be believed"));
        assert!(!page.contains("<img ") && !page.contains("id=\"contents\""), "{code}: something of it is shown");
        assert_eq!(exit, 0, "the page was made");
    }
}
