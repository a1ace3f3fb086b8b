//! A control file of any kind and version: opened, then brought to the current version in memory.

use crate::project::{check, opened};
use prometeu_packer::diagnostic::Diagnostic;
use prometeu_packer::envelope::{self, Artifact, Envelope, Windows};
use prometeu_packer::migrate::{Known, to_current};
use prometeu_packer::trust::{Limit, Limits, admit};

const KINDS: [(Artifact, &str); 3] = [
    (Artifact::Declaration, "assets/a/asset.json"),
    (Artifact::Registry, "assets/.prometeu/index.json"),
    (Artifact::Journal, "assets/.prometeu/txn/a/journal.json"),
];

pub(crate) fn body(data: &[u8]) {
    for (artifact, path) in KINDS {
        let found = match open(artifact, path, data) {
            Ok(found) => found,
            Err(finding) => {
                assert!(matches!(finding.code.family(), "json" | "file" | "version"), "{finding:?}");
                check(&[finding]);
                continue;
            }
        };
        let written = artifact.written();
        assert!(found.version() <= written, "nothing newer than known gets here");
        if artifact == Artifact::Journal {
            continue;
        }
        let from = found.version();
        match to_current(found, &Known::default()) {
            Ok(current) => {
                assert_eq!(current.steps().len(), usize::from(written - from));
                let again = open(artifact, path, current.tree().text().as_bytes());
                let again = again.expect("what was brought up to date is a control file");
                assert_eq!(again.version(), written);
                let twice = to_current(again, &Known::default()).expect("there is nothing left to do");
                assert_eq!((twice.steps().len(), twice.tree().text()), (0, current.tree().text()));
            }
            Err(finding) => check(&[finding]),
        }
    }
}

fn open(artifact: Artifact, path: &str, data: &[u8]) -> Result<Envelope, Diagnostic> {
    let admitted = admit(opened(path, data), Limit::DeclarationBytes, &Limits::default())?;
    envelope::open(admitted, artifact, &Windows::default())
}
