//! Unregistered roots, and whether they claim an identity that somebody else has.

use super::sieve::Sieve;
use super::warning;
use crate::diagnostic::Code;
use crate::workspace::{Asset, State, Workspace};
use std::collections::HashMap;
use uuid::Uuid;

pub(super) fn check(workspace: &Workspace, sieve: &mut Sieve<'_>) {
    let (registered, unregistered): (Vec<&Asset>, Vec<&Asset>) =
        workspace.assets.iter().partition(|asset| asset.state == State::Registered);
    let mut holders: HashMap<Uuid, Vec<&Asset>> = HashMap::new();
    for asset in registered.into_iter().chain(unregistered.iter().copied()) {
        if let Some(uuid) = asset.asset_uuid {
            holders.entry(uuid).or_default().push(asset);
        }
    }
    for asset in unregistered {
        let Some(folder) = &asset.folder else { continue };
        // Registered ones come first: where there is one, it is the one that the others were copied from.
        let twins = asset.asset_uuid.and_then(|uuid| holders.get(&uuid)).map_or(&[][..], Vec::as_slice);
        let twin = twins.iter().find(|other| other.reference.root != asset.reference.root);
        sieve.take(Code::HygieneUnregisteredRoot, folder.as_str(), || {
            let finding = warning(
                Code::HygieneUnregisteredRoot,
                folder.as_str(),
                "the folder has a declaration, and the registry has no entry for it",
            );
            let root = &asset.reference.root;
            match twin {
                None => finding.help_to_run_on("run `{program} adopt {}` to register it, or move it away", root),
                Some(_) => finding
                    .help_to_run_on("run `{program} adopt {} --new-identity` to register it, or move it away", root),
            }
            .of(&asset.reference)
        });
        let Some((twin, uuid)) = twin.zip(asset.asset_uuid) else { continue };
        let path = folder.own("asset.json");
        sieve.take(Code::HygieneCopiedIdentity, path.as_str(), || {
            let whose = if twin.state == State::Registered { "registered" } else { "unregistered, too" };
            let message = format!("the uuid is that of the root `{}`, which is {whose}", twin.reference.root);
            warning(Code::HygieneCopiedIdentity, path.as_str(), message)
                .of(&asset.reference)
                .help_to_run_on("run `{program} adopt {} --new-identity`, or move the copy away", &asset.reference.root)
                .text("asset_uuid", uuid.to_string())
                .text("other_root", &twin.reference.root)
        });
    }
}
