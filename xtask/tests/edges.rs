//! Giants, where the limits stand by default: the last that is accepted, the first that is refused and one far beyond,
//! each in memory that has nothing to do with what is claimed. With `--nocapture` it prints what each of them needed.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test fails by panicking; figures are for people")]

use fixtures::broken::both;
use fixtures::png::{Picture, assemble};
use fixtures::wav::Format;
use serde_json::{Value, json};
use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use wait4::Wait4;

const MIB: u64 = 1 << 20;
/// What the program may need beside what it may hold of a file.
const BASE: u64 = 32 * MIB;
const SPRITE: &str = "assets/ui/a.png";
const SAMPLE: &str = "assets/sfx/a.wav";
const DECLARATION: &str = "assets/ui/asset.json";
const ARCHIVE: &str = "a.pa";

struct Answer {
    exit: Option<i32>,
    said: String,
    peak: u64,
    busy: Duration,
}

impl Answer {
    /// Whether its report has a finding of this code.
    fn has(&self, code: &str) -> bool {
        let report: Value = serde_json::from_str(&self.said).unwrap();
        report["diagnostics"].as_array().unwrap().iter().any(|finding| finding["code"] == code)
    }

    fn within(self, most: u64, what: &str) -> Answer {
        eprintln!("{what}: {:.1} MiB, {:.1} s", self.peak as f64 / MIB as f64, self.busy.as_secs_f64());
        assert!(self.peak <= most, "{what} needed {} MiB", self.peak / MIB);
        assert!(self.busy < Duration::from_secs(60), "{what} took {:?}", self.busy);
        self
    }
}

/// Runs the program in `folder`, tells it `input`, and measures it. Until it is started it counts as this process, whose
/// memory has to stay small for that.
fn ask(folder: &Path, arguments: &[&str], input: &mut dyn Read) -> Answer {
    let started = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // It may stop before it has heard everything.
    let _ = io::copy(input, &mut stdin);
    drop(stdin);
    let mut said = String::new();
    child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    let used = child.wait4().unwrap();
    Answer { exit: used.status.code(), said, peak: used.rusage.maxrss, busy: started.elapsed() }
}

/// What `doctor` says of the project once `change` was made to it.
fn doctor(change: impl FnOnce(&Path)) -> Answer {
    let folder = tempfile::tempdir().unwrap();
    both().write(folder.path()).unwrap();
    change(folder.path());
    ask(folder.path(), &["doctor", "--format", "json"], &mut io::empty())
}

fn lengthen(path: &Path, length: u64) {
    fs::OpenOptions::new().write(true).open(path).unwrap().set_len(length).unwrap();
}

#[test]
fn a_file_of_8_tebibytes() {
    let inputs = [(512 * MIB, false), (512 * MIB + 1, true), (8 << 40, true)];
    for (length, is_refused) in inputs {
        let answer = doctor(|project| lengthen(&project.join(SPRITE), length));
        let answer = answer.within(BASE, &format!("picture of {length} bytes"));
        // Behind the picture nothing is of use.
        let codes = ["trust/too-large", "image/trailing-bytes"].map(|code| answer.has(code));
        assert_eq!(codes, [is_refused, !is_refused], "{}", answer.said);
    }
    for (length, is_refused) in [(MIB, false), (MIB + 1, true), (8 << 40, true)] {
        let answer = doctor(|project| {
            let text = fs::read_to_string(project.join(DECLARATION)).unwrap();
            let spaces = usize::try_from(length.min(2 * MIB)).unwrap() - text.len();
            fs::write(project.join(DECLARATION), text + &" ".repeat(spaces)).unwrap();
            lengthen(&project.join(DECLARATION), length);
        });
        let answer = answer.within(BASE, &format!("declaration of {length} bytes"));
        assert_eq!(
            (answer.has("trust/too-large"), answer.exit == Some(0)),
            (is_refused, !is_refused),
            "{}",
            answer.said
        );
    }
}

#[test]
fn json_of_100_000_levels() {
    // The declaration itself is the first level.
    for (lists, is_refused) in [(31, false), (32, true), (100_000, true)] {
        let answer = doctor(|project| {
            let text = fs::read_to_string(project.join(DECLARATION)).unwrap();
            let more = format!("{{\"x\": {}{},", "[".repeat(lists), "]".repeat(lists));
            fs::write(project.join(DECLARATION), text.replacen('{', &more, 1)).unwrap();
        });
        let answer = answer.within(BASE, &format!("JSON of {} levels", lists + 1));
        assert_eq!((answer.has("json/too-deep"), answer.exit == Some(0)), (is_refused, !is_refused), "{}", answer.said);
    }
}

#[test]
fn a_picture_of_2_to_the_31_pixels_a_side() {
    // Side, area and rows as stored: each at its own edge. One bit a pixel where that is not what is tried.
    let sizes = [
        ((16_384, 8, 1), false),
        ((16_392, 8, 1), true),
        ((16_384, 4096, 1), false),
        ((16_384, 4104, 1), true),
        ((8192, 8192, 1), false),
        ((2048, 1024, 32), false),
        ((2048, 1032, 32), true),
        ((1 << 31, 1 << 31, 1), true),
    ];
    for ((width, height, bits), is_refused) in sizes {
        let answer = doctor(|project| {
            let picture = match bits {
                1 => Picture::indexed(1, (8, 8), vec![[0; 3]; 2], |_, _| 0),
                _ => Picture::rgba(8, 8, |_, _| [0; 4]),
            };
            let mut chunks = picture.chunks();
            chunks[0].1[..8].copy_from_slice(&[u32::to_be_bytes(width), u32::to_be_bytes(height)].concat());
            fs::write(project.join(SPRITE), assemble(&chunks)).unwrap();
        });
        let answer = answer.within(BASE, &format!("picture of {width} x {height} pixels of {bits} bits"));
        // More tiles than a sheet has room for, which is counted where the sides are believed.
        let codes = ["image/too-large", "glyph/sheet-overflow"].map(|code| answer.has(code));
        assert_eq!(codes, [is_refused, !is_refused], "{}", answer.said);
    }
}

#[test]
fn a_header_that_claims_4_gibibytes() {
    let folder = tempfile::tempdir().unwrap();
    // A header of 64 MiB that is all there, one that is not, and two over the limit.
    let limit = 64 * MIB;
    let headers = [
        (limit, 32 + limit, "archive/header-invalid"),
        (limit, 32, "archive/truncated"),
        (limit + 1, 33 + limit, "archive/header-too-large"),
        (u64::from(u32::MAX), 32, "archive/header-too-large"),
    ];
    for (claimed, length, code) in headers {
        let prelude = [&b"ASPA\x01\0\0\0"[..], &claimed.to_le_bytes()[..4], &(32 + claimed).to_le_bytes(), &[0; 12]];
        fs::write(folder.path().join(ARCHIVE), prelude.concat()).unwrap();
        lengthen(&folder.path().join(ARCHIVE), length);
        let answer = ask(folder.path(), &["verify", ARCHIVE, "--format", "json"], &mut io::empty());
        let there = (length - 32).min(limit);
        let answer = answer.within(BASE + there, &format!("header of {claimed} bytes, {there} of them there"));
        assert!(answer.has(code), "{}", answer.said);
    }

    let sound = Format::integers(8000, 1, 16).file(&[0.0; 4]);
    for (claimed, is_refused) in [(8, false), (9, true), (u32::MAX, true)] {
        let answer = doctor(|project| {
            let mut bytes = sound.clone();
            let at = bytes.len() - 12;
            assert_eq!(bytes[at..at + 4], 8_u32.to_le_bytes(), "the data chunk is the last one");
            bytes[at..at + 4].copy_from_slice(&claimed.to_le_bytes());
            fs::write(project.join(SAMPLE), bytes).unwrap();
        });
        let answer = answer.within(BASE, &format!("sound data of {claimed} bytes"));
        assert_eq!(answer.has("sound/malformed"), is_refused, "{}", answer.said);
    }
}

#[test]
fn a_frame_that_claims_4_gibibytes() {
    let folder = tempfile::tempdir().unwrap();
    let request = json!({ "jsonrpc": "2.0", "id": 1, "method": "a" }).to_string();
    for (length, is_refused) in [(8 * MIB, false), (8 * MIB + 1, true), (u64::from(u32::MAX), true)] {
        let spaces = length.min(9 * MIB) - request.len() as u64;
        let frame = format!("Content-Length: {length}\r\n\r\n{request}");
        let mut input = frame.as_bytes().chain(io::repeat(b' ').take(spaces));
        let answer = ask(folder.path(), &["serve"], &mut input);
        // A frame, and its text once more.
        check_frame(&answer.within(BASE + 16 * MIB, &format!("frame of {length} bytes")), is_refused);
    }
    for (length, is_refused) in [(8192, false), (8193, true), (100 * MIB, true)] {
        let start = format!("Content-Length: {}\r\nX: ", request.len());
        let end = format!("\r\n\r\n{request}");
        let filling = io::repeat(b'x').take(length - start.len() as u64 - 4);
        let answer = ask(folder.path(), &["serve"], &mut start.as_bytes().chain(filling).chain(end.as_bytes()));
        check_frame(&answer.within(BASE, &format!("frame header of {length} bytes")), is_refused);
    }
}

/// A request that was read is told that it comes too early.
fn check_frame(answer: &Answer, is_refused: bool) {
    let (exit, code, id) = if is_refused { (1, "-32700", "null") } else { (0, "-32002", "1") };
    assert_eq!(answer.exit, Some(exit), "{}", answer.said);
    let wanted = [format!("\"code\":{code}"), format!("\"id\":{id}")];
    assert!(wanted.iter().all(|text| answer.said.contains(text)), "{}", answer.said);
}
