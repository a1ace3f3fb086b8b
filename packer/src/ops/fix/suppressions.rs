//! An entry of `doctor.toml` that allows nothing any more is taken out. With it go the words of whoever wrote it, and where
//! it allows nothing, its path may be what is wrong; so this asks.

use super::draft::Draft;
use super::patient::{Patient, Subject};
use crate::diagnostic::{Code, Diagnostic};
use crate::doctor::suppressions_path;
use crate::emit::read_control_file;
use crate::ops::Context;
use crate::ops::mutate::blocker;
use crate::schema::suppressions::cuts;
use std::ops::Range;

/// The file, and what there is to take out of it.
pub(super) struct Suppressions {
    text: String,
    cuts: Vec<(usize, Range<usize>)>,
}

impl Suppressions {
    pub(super) fn read(context: &Context<'_>) -> Option<Suppressions> {
        let bytes = read_control_file(context.disk, &suppressions_path(), &context.limits).ok()??;
        let text = String::from_utf8(bytes).ok()?;
        Some(Suppressions { cuts: cuts(&text), text })
    }
}

/// The entries with a finding of this code, the last one first, so that what is before it still stands where it stood.
pub(super) fn subjects(patient: &Patient<'_>, code: Code) -> Vec<Subject> {
    let path = suppressions_path();
    let of_file = patient.findings(code).filter(|finding| finding.path.as_deref() == Some(path.as_str()));
    let mut offsets: Vec<u64> = of_file.filter_map(|finding| Some(finding.place.as_ref()?.span.offset)).collect();
    offsets.sort_unstable_by(|a, b| b.cmp(a));
    let at = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX);
    let subject = |offset| Subject { offset: Some(offset), ..Subject::new(path.as_str(), at(offset)) };
    offsets.into_iter().map(subject).collect()
}

pub(super) fn plan(draft: &mut Draft<'_, '_>, subject: &Subject) -> Result<(), Diagnostic> {
    let by_hand = |message| blocker(Code::PlanBlocked, message, &subject.path, "delete the entry by hand");
    let Some(Suppressions { text, cuts }) = draft.patient.suppressions() else {
        return Err(by_hand("the file cannot be read"));
    };
    let Ok(found) = cuts.binary_search_by_key(&subject.at, |(start, _)| *start) else {
        return Err(by_hand("the entry does not stand in a table of its own"));
    };
    let (path, cut) = (suppressions_path(), cuts[found].1.clone());
    let removed = text[cut.clone()].trim().to_owned();
    let before = draft.rewritten(&path).unwrap_or(text);
    let after = format!("{}{}", &before[..cut.start], &before[cut.end..]);
    draft.rewrite(&path, text, after, format!("without this entry: {removed}"));
    Ok(())
}
