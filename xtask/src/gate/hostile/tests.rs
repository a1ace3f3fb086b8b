//! What the gate guards, broken.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use super::kit::{Answer, Run, judge};
use super::{trace, untouched};
use camino::Utf8Path;
use std::time::Duration;

fn run() -> Run {
    Run { arguments: vec!["list".to_owned()], exit: 4, code: Some("trust/link".to_owned()) }
}

fn answer() -> Answer {
    let findings = Some(vec![("trust/link".to_owned(), true)]);
    Answer { exit: Some(4), findings, busy: Duration::from_secs(1), peak_bytes: 1 << 20 }
}

#[test]
fn an_answer_that_is_not_as_the_kit_says_is_named() {
    assert_eq!(judge(&run(), &answer()), Vec::<String>::new());
    let is = |answer: Answer, why: &str| assert_eq!(judge(&run(), &answer), [why]);
    is(Answer { exit: Some(1), ..answer() }, "ended with 1, not 4");
    is(Answer { exit: None, ..answer() }, "ended with a signal, not 4");
    is(Answer { findings: None, ..answer() }, "standard output is no report");
    is(
        Answer { findings: Some(vec![("json/syntax".to_owned(), true)]), ..answer() },
        "no trust/link among [\"json/syntax\"]",
    );
    is(Answer { busy: Duration::from_secs(11), ..answer() }, "took 11.0 s");
    is(Answer { peak_bytes: 600 << 20, ..answer() }, "needed 600 MiB");
    let quiet = Run { exit: 0, code: None, ..run() };
    assert_eq!(judge(&quiet, &Answer { exit: Some(0), ..answer() }), ["trust/link blocks"]);
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
