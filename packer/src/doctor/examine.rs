//! Looks at everything that a build would look at, inputs decoded, and writes nothing: a clean examination means a
//! build that succeeds.

use crate::bank::{Bank, LaidOut, Recalled};
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::Disk;
use crate::event::{Event, Events, Phase};
use crate::schema::BankType;
use crate::schema::archive::{MetadataBytes, PRELOAD_SLOTS};
use crate::trust::Limits;
use crate::workspace::{Workspace, check_sizes, in_batches};
use std::sync::atomic::{AtomicU64, Ordering};

/// What was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Registered assets.
    pub assets: u64,
    /// Declarations, and inputs that were opened or known.
    pub files: u64,
}

/// What came of an examination, besides findings.
#[derive(Debug, Default)]
pub struct Examined {
    /// What was looked at.
    pub checked: Checked,
    /// The layout of every included asset, ascending by id; absent when one of them cannot be made.
    pub laid_out: Option<Vec<LaidOut<MetadataBytes>>>,
}

/// Decodes the inputs of every registered asset that can be made, and adds what is wrong with them. What is known of
/// an asset is not looked at again.
pub fn examine(
    workspace: &Workspace,
    disk: &dyn Disk,
    limits: &Limits,
    recalled: &Recalled,
    events: &dyn Events,
    findings: &mut Vec<Diagnostic>,
) -> Examined {
    let registered = workspace.registered();
    let (done, files, total) = (AtomicU64::new(0), AtomicU64::new(0), registered.len() as u64);
    let included = registered.iter().filter(|asset| asset.included_in_build).count();
    let mut laid_out_all = Vec::with_capacity(included);
    in_batches(
        registered.iter().enumerate(),
        |(index, asset)| {
            if events.cancelled() {
                return (Vec::new(), None);
            }
            let (mut found, is_slow) = (Vec::new(), recalled.fresh(index).is_none());
            files.fetch_add(u64::from(asset.declaration.is_some()), Ordering::Relaxed);
            let laid_out = match Bank::of(asset, disk, limits) {
                None => {
                    found = check_sizes(asset, disk, limits);
                    None
                }
                Some(bank) => {
                    files.fetch_add(bank.inputs().count() as u64, Ordering::Relaxed);
                    match recalled.fresh(index) {
                        Some(known) => {
                            let (bytes, metadata) = known.measured(&bank);
                            known.say(bank, &mut found);
                            Some(LaidOut { index, bytes, metadata })
                        }
                        None => bank.examine(&mut found).map(|layout| LaidOut::measured(index, &layout)),
                    }
                }
            };
            let laid_out = laid_out.filter(|_| asset.included_in_build);
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            if is_slow || done == total {
                events.emit(Event::Progress { phase: Phase::Examine, done, total });
            }
            (found, laid_out)
        },
        |(found, laid_out)| {
            findings.extend(found);
            laid_out_all.extend(laid_out);
        },
    );
    preload(workspace, findings);
    let laid_out = (laid_out_all.len() == included).then_some(laid_out_all);
    Examined { checked: Checked { assets: done.into_inner(), files: files.into_inner() }, laid_out }
}

/// Refuses more preloaded assets of one type than the runtime has slots.
pub fn preload(workspace: &Workspace, findings: &mut Vec<Diagnostic>) {
    for bank in [BankType::Glyph, BankType::Sound] {
        let enabled: Vec<_> = workspace
            .assets
            .iter()
            .filter(|asset| asset.included_in_build && asset.bank() == Some(bank))
            .filter(|asset| asset.declaration.as_ref().is_some_and(|declaration| declaration.preload == Some(true)))
            .collect();
        if let Some(first_over) = enabled.get(PRELOAD_SLOTS as usize) {
            let message = format!(
                "{} assets of type {} are preloaded, and there are {PRELOAD_SLOTS} slots",
                enabled.len(),
                bank.name()
            );
            let path = first_over.declaration_path().map(|path| path.to_string()).unwrap_or_default();
            let finding = Diagnostic::new(Code::PreloadTooMany, message).at(path).of(&first_over.reference);
            findings
                .push(finding.help("set `preload.enabled` to false in some of them").number("count", enabled.len()));
        }
    }
}
