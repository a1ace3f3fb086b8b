//! The journal of a transaction that somebody else wrote, beside every file that it may try to reach. Whatever it says,
//! nothing changes but what lies below `assets/` or `build/`, and the second recovery finds nothing left to do.

use crate::project::{check, context, disk};
use fixtures::broken::glyph_project;
use prometeu_packer::ops;

const FOLDERS: [&str; 2] =
    ["assets/.prometeu/txn/20260101T000000Z-0123abcd", "build/.staging/20260101T000000Z-0123abcd"];
const OUTSIDE: [&str; 3] = [".git/config", "readme.md", "secret/key"];

pub(crate) fn body(data: &[u8]) {
    for folder in FOLDERS {
        let mut files = glyph_project().with(&format!("{folder}/journal.json"), data);
        files.put(&format!("{folder}/originals"), "before, as it is said");
        files.put(&format!("{folder}/new-0"), "after");
        files.put("build/assets.pa", "an archive");
        for path in OUTSIDE {
            files.put(path, "none of the packer's business");
        }
        let disk = disk(&files);
        let before = disk.snapshot();
        let report = ops::list(&context(&disk));
        check(&report.findings);
        let after = disk.snapshot();
        for path in OUTSIDE {
            assert_eq!(before.get(path), after.get(path), "{path} was reached");
        }
        for (path, content) in &after {
            assert!(
                path.starts_with("assets") || path.starts_with("build") || before.get(path) == Some(content),
                "{path} was made"
            );
        }
        if report.findings.iter().any(|finding| finding.code.as_str() == "journal/malformed") {
            assert_eq!(before, after, "a malformed journal was followed");
        }
        check(&ops::list(&context(&disk)).findings);
        assert_eq!(after, disk.snapshot(), "recovering twice is not recovering once");
    }
}
