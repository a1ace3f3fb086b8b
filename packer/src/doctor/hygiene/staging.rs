//! What lies where the packer prepares its changes and is not the packer's. Its own leftovers are settled before any
//! command looks, and nothing is opened here.

use super::sieve::Sieve;
use super::warning;
use crate::diagnostic::Code;
use crate::disk::{Disk, Entry, Kind};
use crate::path::PortablePath;
use crate::schema::journal::is_id;

pub(super) fn check(disk: &dyn Disk, sieve: &mut Sieve<'_>) {
    let control = PortablePath::control();
    let (builds, transactions) = (PortablePath::build().own(".staging"), control.own("txn"));
    look(disk, sieve, &builds, |entry, name| entry.metadata.kind != Kind::Folder || !is_id(name));
    look(disk, sieve, &transactions, |entry, name| {
        let has_journal = || disk.metadata(&transactions.own(name).own("journal.json")).is_ok();
        let is_named = is_id(name) || name.strip_prefix("drop-").is_some_and(is_id);
        entry.metadata.kind != Kind::Folder || !(is_named || has_journal())
    });
    // A control file is made beside its place, under its name and the id of what made it.
    let is_half_made = |name: &str| name.match_indices('.').any(|(at, _)| is_id(&name[at + 1..]));
    look(disk, sieve, &control, |entry, name| entry.metadata.kind == Kind::File && is_half_made(name));
}

/// Reports the entries of a folder that are `stray`. Links there are refused by whoever comes to use the folder.
fn look(disk: &dyn Disk, sieve: &mut Sieve<'_>, folder: &PortablePath, stray: impl Fn(&Entry, &str) -> bool) {
    if !disk.metadata(folder).is_ok_and(|found| found.kind == Kind::Folder) {
        return;
    }
    let entries = disk.read_dir(folder).unwrap_or_default();
    let entries = entries.iter().filter(|entry| entry.metadata.kind != Kind::Link);
    let mut strays: Vec<String> = entries
        .filter_map(|entry| match &entry.name {
            Ok(name) => stray(entry, name).then(|| format!("{folder}/{name}")),
            Err(shown) => Some(format!("{folder}/{shown}")),
        })
        .collect();
    strays.sort_unstable();
    for path in strays {
        sieve.take(Code::HygieneStrayStaging, &path, || {
            warning(
                Code::HygieneStrayStaging,
                &path,
                "this lies where the packer prepares its changes, and is not its own",
            )
            .help("delete it, if nobody needs it")
        });
    }
}
