//! `packer/build`: the archive, made and published.

use prometeu_packer::ops::{self, BuildMode, Context};
use prometeu_packer::report::{OperationResult, Report};
use std::time::Instant;

pub(super) fn build(context: &Context<'_>, full: bool) -> Report {
    let started = Instant::now();
    let mode = if full { BuildMode::PublishAnew } else { BuildMode::Publish };
    let mut report = ops::build(context, mode);
    if let OperationResult::Build(built) = &mut report.result {
        built.elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    }
    report
}
