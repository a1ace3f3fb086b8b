//! A registry that is lost, or cannot be read, is built anew from the declarations. Assets get back the ids that are known of
//! them; the others get new ones, above all that are known, in the order of their roots.

use super::draft::Draft;
use super::evidence::Evidence;
use super::patient::{Subject, index};
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::Digest;
use crate::emit::read_control_file;
use crate::envelope::{self, Artifact};
use crate::ops::mutate::blocker;
use crate::path::PortablePath;
use crate::plan::PlannedChange;
use crate::schema::{entry_line, registry::ASSET_ID_MAX, registry_text};
use crate::workspace::Asset;
use semver::{Version, VersionReq};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A root that is to be registered.
struct Root<'a> {
    asset: &'a Asset,
    /// Its uuid; `None` when it has to get one.
    uuid: Option<Uuid>,
    id: Option<u32>,
    /// Where the id is known from.
    source: &'static str,
    included: bool,
}

pub(super) fn plan(draft: &mut Draft<'_, '_>, subject: &Subject) -> Result<(), Diagnostic> {
    let patient = draft.patient;
    let (context, evidence) = (patient.context, patient.evidence());
    check_ours(evidence, &subject.path)?;
    let broken = read_control_file(context.disk, &index(), &context.limits)?;
    let (mut roots, left_out) = choose(patient.roots(), evidence);
    if broken.is_none() && roots.is_empty() {
        let message = "there is no declaration to build a registry from";
        let help = "run `{program} init` to make the registry of a new project";
        return Err(blocker(Code::RegistryMissing, message, &subject.path, help));
    }
    let next = hand_out(&mut roots, evidence, &subject.path)?;
    let mut seen = evidence.seen.clone();
    for asset in patient.roots() {
        if let Some(path) = asset.declaration_path() {
            let bytes = read_control_file(context.disk, &path, &context.limits).ok().flatten();
            seen.push((path, bytes.as_deref().map(Digest::of)));
        }
    }
    let (mut lines, mut changes) = (Vec::new(), Vec::new());
    for root in &roots {
        let Some(id) = root.id else { continue };
        let uuid = root.uuid.map_or_else(|| (draft.fresh.uuid)(), |uuid| uuid.to_string());
        let line = entry_line(id, &uuid, root.included, &root.asset.reference.root);
        let name = root.asset.reference.name.as_deref().map(|name| format!(" `{name}`")).unwrap_or_default();
        let told = format!("asset {id}{name} at {}, {}", root.asset.reference.root, root.source);
        changes.push(PlannedChange { verb: "add", path: index().to_string(), detail: line.clone(), told });
        lines.push(line);
    }
    let told = format!("the next new asset gets the id {next}");
    let detail = format!("`next_asset_id` becomes {next}");
    changes.push(PlannedChange { verb: "change", path: index().to_string(), detail, told });
    let requires = evidence.requires_packer.as_ref().map(|text| format!("\"requires_packer\": {text}, "));
    let text = format!(
        "{{\"schema_version\": {}, {}\"next_asset_id\": {next}, \"assets\": [{}]}}",
        Artifact::Registry.written(),
        requires.unwrap_or_default(),
        lines.join(",")
    );
    let tree = envelope::object(text, &context.limits)?;
    draft.depend(seen);
    left_out.into_iter().for_each(|finding| draft.remark(finding));
    draft.replace_registry(broken.as_deref().map(Digest::of), registry_text(&tree), changes);
    Ok(())
}

/// A registry that another packer wrote, or that asks for another one, is left alone even when it is broken.
fn check_ours(evidence: &Evidence, path: &str) -> Result<(), Diagnostic> {
    let help = "use a packer that the project asks for; this one changes nothing here";
    if evidence.version.is_some_and(|version| version > u64::from(Artifact::Registry.written())) {
        let message = "the registry that cannot be read is of a newer version";
        return Err(blocker(Code::VersionTooNew, message, path, help));
    }
    let Some(raw) = &evidence.requires_packer else { return Ok(()) };
    let own = Version::parse(env!("CARGO_PKG_VERSION")).expect("Cargo accepts semantic versions only");
    let wanted = serde_json::from_str::<String>(raw).ok().and_then(|text| VersionReq::parse(&text).ok());
    match wanted {
        Some(wanted) if !wanted.matches(&own) => {
            let message = format!("the project asks for packer {wanted}, and this is {own}");
            Err(blocker(Code::VersionRequiresPacker, message, path, help))
        }
        _ => Ok(()),
    }
}

/// The roots that can be registered, each with the uuid that it has or had, and why the others cannot.
fn choose<'a>(all: &'a [Asset], evidence: &Evidence) -> (Vec<Root<'a>>, Vec<Diagnostic>) {
    let (mut roots, mut left_out): (Vec<Root<'a>>, _) = (Vec::new(), Vec::new());
    let mut sorted: Vec<&Asset> = all.iter().collect();
    // Where a folder was copied, the one that the registry knew keeps the identity.
    let was_registered = |asset: &Asset| {
        asset.asset_uuid.is_some() && evidence.by_root.get(&*asset.reference.root) == asset.asset_uuid.as_ref()
    };
    sorted.sort_by_key(|asset| (!was_registered(asset), &asset.reference.root));
    let mut uuids = BTreeSet::new();
    for asset in sorted {
        let root = &asset.reference.root;
        let inside = |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
        let around = all.iter().find(|other| inside(root, &other.reference.root));
        let path = asset.folder.as_ref().map(ToString::to_string).unwrap_or_default();
        let mut leave_out = |code, message: String, help| left_out.push(blocker(code, message, &path, help));
        let uuid = asset.asset_uuid.or_else(|| evidence.by_root.get(&**root).copied());
        if let Some(outer) = around {
            let message = format!("`{root}` lies inside `{}` and is left out", outer.reference.root);
            leave_out(Code::RegistryNestedRoot, message, "move one of them out of the other");
        } else if asset.declaration.is_none() || PortablePath::assets().join(root).is_err() {
            let message = format!("`{root}` is left out, because its declaration or its name is refused");
            leave_out(Code::HygieneUnregisteredRoot, message, "repair it, and run `{program} adopt` then");
        } else if uuid.is_none() && asset.schema_version == Some(Artifact::Declaration.written()) {
            let message = format!("`{root}` is left out, because its declaration has no uuid");
            leave_out(Code::HygieneUnregisteredRoot, message, "repair it, and run `{program} adopt` then");
        } else if uuid.is_some_and(|uuid| !uuids.insert(uuid)) {
            let message = format!("`{root}` has the uuid of another root and is left out");
            leave_out(Code::HygieneCopiedIdentity, message, "register it with `{program} adopt --new-identity`");
        } else {
            roots.push(Root { asset, uuid, id: None, source: "", included: true });
        }
    }
    (roots, left_out)
}

/// Gives each root its id, and says which the next asset gets.
fn hand_out(roots: &mut [Root<'_>], evidence: &Evidence, path: &str) -> Result<u64, Diagnostic> {
    let known = |root: &Root<'_>| root.uuid.and_then(|uuid| evidence.by_uuid.get(&uuid)).cloned();
    // Of two that claim one id, the one that stood first keeps it.
    roots.sort_by_cached_key(|root| {
        (known(root).map_or(usize::MAX, |known| known.rank), root.asset.reference.root.clone())
    });
    let mut used = BTreeSet::new();
    for root in roots.iter_mut() {
        let Some(known) = known(root) else { continue };
        root.included = known.included;
        if used.insert(known.asset_id) {
            (root.id, root.source) = (Some(known.asset_id), "as it was registered");
        }
    }
    for root in roots.iter_mut().filter(|root| root.id.is_none() && known(root).is_none()) {
        let named = root.asset.reference.name.as_ref().and_then(|name| evidence.by_name.get(&**name));
        if let Some(id) = named.filter(|id| used.insert(**id)) {
            (root.id, root.source) = (Some(*id), "as the last archive knows it by its name");
        }
    }
    let mut next = u64::from(evidence.highest()) + 1;
    roots.sort_by(|a, b| a.asset.reference.root.cmp(&b.asset.reference.root));
    for root in roots.iter_mut().filter(|root| root.id.is_none()) {
        let id = u32::try_from(next).ok().filter(|id| *id <= ASSET_ID_MAX);
        let Some(id) = id else {
            let help = "ids are never reused; start a new registry for new assets";
            return Err(blocker(Code::RegistryAllocatorExhausted, "every asset id was handed out", path, help));
        };
        (root.id, root.source) = (Some(id), "new, because nothing knows which it had");
        next += 1;
    }
    roots.sort_by_key(|root| root.id);
    Ok(next)
}
