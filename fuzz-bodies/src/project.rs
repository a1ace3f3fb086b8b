//! A project in memory with one file of the fuzzer's making, and the packer's commands on it.

use fixtures::Files;
use prometeu_packer::diagnostic::{Code, Diagnostic};
use prometeu_packer::disk::memory::MemoryDisk;
use prometeu_packer::disk::{Disk as _, RawFile};
use prometeu_packer::envelope::Windows;
use prometeu_packer::event::Silent;
use prometeu_packer::ops::Context;
use prometeu_packer::path::PortablePath;
use prometeu_packer::report::Report;
use prometeu_packer::trust::Limits;
use std::time::Duration;

/// A disk with these files.
pub(crate) fn disk(files: &Files) -> MemoryDisk {
    MemoryDisk::new(files.iter().map(|(path, content)| (path, content.to_vec())))
}

/// A file that was opened, with this content.
pub(crate) fn opened(path: &str, content: &[u8]) -> RawFile {
    let disk = MemoryDisk::new([(path, content.to_vec())]);
    let path = PortablePath::assets().own(path.strip_prefix("assets/").expect("targets name files below assets"));
    disk.open(&path).expect("it was just put there")
}

/// What a command is given.
pub(crate) fn context(disk: &MemoryDisk) -> Context<'_> {
    Context {
        disk,
        limits: Limits::default(),
        windows: Windows::default(),
        events: &Silent,
        operation_id: "20260203T000000Z-0000000b".to_owned(),
        wait: Duration::ZERO,
        program: "cargo xtask".to_owned(),
    }
}

/// Runs a command that must change nothing, twice; both times it must say the same, and no decoder may have failed.
pub(crate) fn unmoved(files: &Files, command: impl Fn(&Context<'_>) -> Report) -> Report {
    let disk = disk(files);
    let before = disk.snapshot();
    let report = command(&context(&disk));
    assert_eq!(before, disk.snapshot(), "a command that only looks changed something");
    let again = command(&context(&disk));
    assert_eq!(report.findings, again.findings, "two runs differ");
    check(&report.findings);
    report
}

/// What holds for every finding, whatever it is about.
pub(crate) fn check(findings: &[Diagnostic]) {
    for finding in findings {
        assert_ne!(finding.code, Code::PayloadDecoderFault, "{finding:?}");
        let texts = [Some(&*finding.message), finding.path.as_deref(), finding.help.as_deref()];
        for text in texts.into_iter().flatten() {
            assert!(!text.chars().any(char::is_control), "a control character in {text:?}");
        }
    }
}
