//! Methods that change nothing.

use crate::from_wire::Call;
use crate::surroundings;
use prometeu_packer::ops::{self, Context, Scope};
use prometeu_packer::report::Report;

pub(super) fn read(context: &Context<'_>, call: &Call) -> Report {
    match call {
        Call::Details(asset) => ops::show(context, asset),
        Call::Doctor { workspace: false } => ops::doctor(context, Scope::Registered),
        Call::Doctor { workspace: true } => ops::doctor(context, Scope::Workspace { today: surroundings::today() }),
        Call::Explain(code) => ops::explain(code, &context.program),
        Call::PackSummary => ops::pack_summary(context),
        Call::ValidatePack => ops::validate_pack(context),
        Call::ListAssets | Call::Preview(_) | Call::Apply { .. } | Call::Build { .. } => {
            unreachable!("it has a place of its own")
        }
    }
}
