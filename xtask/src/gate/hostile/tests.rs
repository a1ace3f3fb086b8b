//! What the gate guards, broken.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use super::kit::{Answer, Ended, Run, judge};
use super::{adapter, half, trace, untouched};
use camino::Utf8Path;
use std::time::Duration;

fn run() -> Run {
    Run { arguments: vec!["list".to_owned()], exit: 4, code: Some("trust/link".to_owned()) }
}

fn answer() -> Answer {
    let findings = Some(vec![("trust/link".to_owned(), true)]);
    Answer { findings, ended: ended() }
}

fn ended() -> Ended {
    Ended { said: Vec::new(), exit: Some(4), busy: Duration::from_secs(1), peak_bytes: 1 << 20 }
}

#[test]
fn an_answer_that_is_not_as_the_kit_says_is_named() {
    assert_eq!(judge(&run(), &answer()), Vec::<String>::new());
    let is = |answer: Answer, why: &str| assert_eq!(judge(&run(), &answer), [why]);
    is(Answer { ended: Ended { exit: Some(1), ..ended() }, ..answer() }, "ended with 1, not 4");
    is(Answer { ended: Ended { exit: None, ..ended() }, ..answer() }, "ended with a signal, not 4");
    is(Answer { findings: None, ..answer() }, "standard output is no report");
    is(
        Answer { findings: Some(vec![("json/syntax".to_owned(), true)]), ..answer() },
        "no trust/link among [\"json/syntax\"]",
    );
    is(Answer { ended: Ended { busy: Duration::from_secs(11), ..ended() }, ..answer() }, "took 11.0 s");
    is(Answer { ended: Ended { peak_bytes: 600 << 20, ..ended() }, ..answer() }, "needed 600 MiB");
    let quiet = Run { exit: 0, code: None, ..run() };
    assert_eq!(judge(&quiet, &Answer { ended: Ended { exit: Some(0), ..ended() }, ..answer() }), ["trust/link blocks"]);
}

/// A session that answers request 1 with this report.
fn session(report: &serde_json::Value) -> Ended {
    let body = serde_json::json!({ "id": 1, "result": report }).to_string();
    Ended { said: format!("Content-Length: {}\r\n\r\n{body}", body.len()).into(), exit: Some(0), ..ended() }
}

#[test]
fn a_half_is_repeated_by_its_seed_and_every_case_is_in_some() {
    let all = || (0..9).collect::<Vec<u32>>();
    let halves: Vec<Vec<u32>> = (0..40).map(|seed| half(all(), seed)).collect();
    assert!(halves.iter().all(|half| half.len() == 5 && half.is_sorted()), "{halves:?}");
    assert_eq!(half(all(), 7), halves[7]);
    assert!(all().iter().all(|case| halves.iter().any(|half| half.contains(case))));
    assert!(halves.iter().any(|half| half != &halves[0]));
}

#[test]
fn a_session_that_is_not_like_the_command_line_is_named() {
    let (said, asked) = adapter::session(&[run(), Run { arguments: vec!["--help".to_owned()], ..run() }], "/p".into());
    assert_eq!(said[1].1["method"], "packer/list_assets");
    assert_eq!(asked, [(1, 0)].into(), "the adapter has no method for help");
    let told = |ended: Ended| adapter::judge(&ended, &asked, &[&answer()]).join("; ");
    let report = |status: &str, code: &str| serde_json::json!({ "status": status, "diagnostics": [{ "code": code, "blocking": true }] });
    let good = report("blocked", "trust/link");
    assert_eq!(told(session(&good)), "");
    assert_eq!(told(Ended { exit: Some(1), ..session(&good) }), "ended with Some(1), not 0");
    assert_eq!(told(Ended { said: Vec::new(), ..session(&good) }), "request 1 has 0 answers");
    assert_eq!(told(Ended { said: b"hello".to_vec(), ..session(&good) }), "standard output holds more than frames");
    assert_eq!(told(Ended { peak_bytes: 600 << 20, ..session(&good) }), "needed 600 MiB");
    assert!(told(session(&report("ok", "trust/link"))).contains("status \"ok\", not blocked"));
    assert!(told(session(&report("blocked", "json/syntax"))).contains("the command line Some([(\"trust/link\""));
    assert!(told(session(&report("blocked", "trust/\u{1b}[31m"))).contains("not escaped"));
}

#[test]
fn whatever_is_touched_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let place = Utf8Path::from_path(folder.path()).unwrap();
    std::fs::create_dir(place.join("a")).unwrap();
    std::fs::write(place.join("a/b"), "one").unwrap();
    let before = untouched::look(place).unwrap();
    let named = |change: &dyn Fn()| {
        std::thread::sleep(Duration::from_millis(20));
        change();
        let after = untouched::look(place).unwrap();
        untouched::difference(&before, &after).map(str::to_owned).collect::<Vec<_>>()
    };
    assert!(named(&|| ()).is_empty());
    assert_eq!(named(&|| std::fs::write(place.join("a/b"), "two").unwrap()), ["a/b"]);
    let found = named(&|| {
        std::fs::write(place.join("a/c"), "").unwrap();
        std::fs::remove_file(place.join("a/c")).unwrap();
    });
    assert_eq!(found, ["a", "a/b"], "a file that came and went leaves the folder's time");
}

#[test]
fn what_is_opened_elsewhere_is_named() {
    let calls = "1 openat(AT_FDCWD</p>, \"assets\", O_RDONLY) = 3</p/assets>\n\
                 1 openat(AT_FDCWD</p>, \"/etc/ld.so.cache\", O_RDONLY) = 3</etc/ld.so.cache>\n\
                 1 openat(AT_FDCWD</p>, \"x\", O_RDONLY) = -1 ENOENT (No such file or directory)\n\
                 1 openat(3</p/assets>, \"ui/a.png\", O_RDONLY) = 4</etc/passwd>\n\
                 1 openat(3</p/assets>, \"b\", O_RDONLY) = 4</projects/b>\n";
    let found = trace::outside(calls, Utf8Path::new("/p"));
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].contains("/etc/passwd") && found[1].contains("/projects/b"), "{found:?}");
}
