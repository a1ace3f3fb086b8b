//! Says so where a project registers no asset although folders in it are declared as some: most likely its registry lost
//! its entries, and an archive without them is nobody's game.

use super::{Context, counted};
use crate::diagnostic::{Code, Diagnostic};
use crate::path::PortablePath;
use crate::workspace::load_roots;

/// The warning, for a project whose registry has no entry.
pub(super) fn nothing_registered(context: &Context<'_>) -> Option<Diagnostic> {
    let roots = load_roots(context.disk, &context.options(true)).0.len();
    let folders = counted(roots, "declared folder");
    let message = format!("no asset is registered, and there are some below `assets/`: {folders}");
    let help = "a registry that lost its entries comes back from version control; `{program} doctor --fix --only \
                hygiene/unregistered-root` shows how all are registered, with the ids that are still known";
    let warning = Diagnostic::new(Code::HygieneUnregisteredRoot, message)
        .at(PortablePath::control().own("index.json").as_str())
        .help_to_run(help)
        .number("roots", roots);
    (roots > 0).then_some(warning)
}
