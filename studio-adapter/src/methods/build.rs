//! `packer/build`: the archive, made and published.

use prometeu_packer::ops::{self, BuildMode, Context};
use prometeu_packer::report::{OperationResult, Report};
use std::time::Instant;

pub(super) fn build(context: &Context<'_>, _full: bool) -> Report {
    let started = Instant::now();
    // Every build makes everything anew, so far.
    let mut report = ops::build(context, BuildMode::Publish);
    if let OperationResult::Build(built) = &mut report.result {
        built.elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    }
    report
}
