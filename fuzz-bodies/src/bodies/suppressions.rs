//! `doctor.toml`: it can silence hygiene and nothing else.

use crate::project::unmoved;
use fixtures::broken::glyph_project;
use prometeu_packer::ops;
use prometeu_packer::schema::suppressions::Date;

pub(crate) fn body(data: &[u8]) {
    let today = Date::parse("2026-02-02").expect("a date");
    let files = glyph_project()
        .with("assets/.prometeu/doctor.toml", data)
        .with("assets/ui/notes.txt", "unused")
        .with("assets/ui/a.gpl", "no palette");
    let report = unmoved(&files, |context| ops::doctor(context, ops::Scope::Workspace { today }));
    let malformed = report.findings.iter().any(|finding| finding.code.as_str() == "glyph/palette-malformed");
    assert!(malformed, "a project silenced what blocks: {:?}", report.findings);
}
