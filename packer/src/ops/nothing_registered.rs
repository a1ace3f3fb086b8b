//! Says so where a project registers no asset although folders in it are declared as some: most likely its registry lost
//! its entries, and an archive without them is nobody's game.

use super::fix::highest_known_id;
use super::{Context, counted};
use crate::diagnostic::{Code, Diagnostic};
use crate::path::PortablePath;
use crate::workspace::{Workspace, load_roots};

/// The warning, for a project whose registry has no entry.
pub(super) fn nothing_registered(context: &Context<'_>) -> Option<Diagnostic> {
    say(context, Code::HygieneUnregisteredRoot, "no asset is registered")
}

/// The id that a registry without entries would hand out next; `None` for all others.
pub(super) fn next_without_entries(workspace: &Workspace) -> Option<u32> {
    let registry = workspace.registry.as_ref().filter(|registry| registry.entries.is_empty())?;
    Some(registry.next_asset_id.unwrap_or(1))
}

/// What blocks a build where such a registry would hand out `next`, an id that is known to have been handed out: it lost its
/// entries, and the build would overwrite the archive that knows them still.
pub(super) fn entries_lost(context: &Context<'_>, next: u32) -> Option<Diagnostic> {
    let (known, _) = highest_known_id(context);
    let why = format!("the registry lost its entries: the next id would be {next}, and {known} was handed out before");
    (next <= known).then(|| say(context, Code::RegistryAllocatorBehind, &why)).flatten()
}

fn say(context: &Context<'_>, code: Code, what: &str) -> Option<Diagnostic> {
    let roots = load_roots(context.disk, &context.options(true)).0.len();
    let message = format!("{what}, and below `assets/` there is more: {}", counted(roots, "declared folder"));
    let help = "a registry that lost its entries comes back from version control; `{program} doctor --fix --only \
                hygiene/unregistered-root` shows how all are registered, with the ids that are still known";
    let finding = Diagnostic::new(code, message).at(PortablePath::control().own("index.json").as_str());
    (roots > 0).then(|| finding.help_to_run(help).number("roots", roots))
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::ops::init;
    use crate::ops::trial::{context, disk};
    use fixtures::broken::both;
    use fixtures::{Files, INDEX};

    #[test]
    fn who_makes_a_registry_where_assets_are_declared_is_told_how_a_lost_one_comes_back() {
        let codes = |files: &Files| {
            let report = init(&context(&disk(files), "20261101T120000.000Z-00000001"));
            assert_eq!(report.exit(), 0, "{report:?}");
            report.findings.iter().map(|finding| finding.code).collect::<Vec<_>>()
        };
        assert_eq!(codes(&both().without(INDEX)), [Code::HygieneUnregisteredRoot]);
        assert_eq!(codes(&both()), []);
        assert_eq!(codes(&Files::default()), []);
    }
}
