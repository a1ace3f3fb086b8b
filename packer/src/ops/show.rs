//! `show`: everything about one asset.

use super::{Context, settle};
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::Hasher;
use crate::envelope::{self, Artifact, Tree};
use crate::migrate::{self, Known};
use crate::report::{AssetDetails, InputFile, OperationResult, Report};
use crate::schema::value_of;
use crate::trust::{self, Limit, refusal};
use crate::workspace::{Asset, Lookup, State, load};
use std::io::Read as _;

/// Shows the asset that `wanted` names: an id, a uuid, a root, or a name.
#[must_use]
pub fn show(context: &Context<'_>, wanted: &str) -> Report {
    let (mut workspace, notes) = match settle::read(context, || {
        let mut workspace = load(context.disk, &context.options(true), context.events);
        workspace.note_actions();
        workspace
    }) {
        Ok(read) => read,
        Err(finding) => {
            return Report::new("show", &context.program, "nothing was shown", vec![finding], OperationResult::Nothing);
        }
    };
    // What was not looked at any more is not known by its name.
    if let Err(finding) = context.go_on() {
        let findings = [notes, vec![finding]].concat();
        let summary = "stopped before anything was shown";
        return Report::new("show", &context.program, summary, findings, OperationResult::Nothing);
    }
    if workspace.registry.is_none() {
        let summary = "the registry could not be read";
        return Report::new("show", &context.program, summary, workspace.findings, OperationResult::Nothing);
    }
    let asset = match find(&Lookup::of(&workspace.assets), wanted) {
        Ok(asset) => asset.clone(),
        Err(finding) => {
            let summary = finding.message.to_string();
            let findings = std::iter::once(finding).chain(notes).collect();
            return Report::new("show", &context.program, summary, findings, OperationResult::Nothing);
        }
    };
    let root = asset.reference.root.clone();
    let mut findings = std::mem::take(&mut workspace.findings);
    findings.retain(|finding| finding.asset.as_ref().is_some_and(|of| of.root == root));
    findings.extend(notes);
    let summary = format!("{} at `{root}`", asset.reference.name.as_deref().unwrap_or("an asset without a name"));
    let details = details(context, asset, &mut findings);
    Report::inspection("show", &context.program, summary, findings, OperationResult::Show(Box::new(details)))
}

/// The one asset that `wanted` names.
pub(super) fn find<'w>(lookup: &Lookup<'w>, wanted: &str) -> Result<&'w Asset, Diagnostic> {
    let hits: Vec<&Asset> = lookup.find(wanted).collect();
    match hits.as_slice() {
        [one] => Ok(one),
        [] => {
            let unknown = Diagnostic::new(Code::UsageUnknownAsset, format!("no asset is called `{wanted}`"));
            let spelled = wanted.replace('\\', "/");
            let spelled = spelled.trim_start_matches("./").trim_start_matches("assets/").trim_end_matches('/');
            Err(match lookup.at_root(spelled).next().filter(|_| spelled != wanted) {
                Some(asset) => unknown
                    .help(format!("roots are written with `/`, relative to `assets/`: `{}`", asset.reference.root)),
                None => unknown.help_to_run("`{program} list` shows all; name one by id, uuid, name or root"),
            })
        }
        several => {
            let roots: Vec<&str> = several.iter().map(|asset| &*asset.reference.root).collect();
            let message = format!("`{wanted}` names {} assets: {}", several.len(), roots.join(", "));
            Err(Diagnostic::new(Code::UsageAmbiguousAsset, message).help("name it by its root"))
        }
    }
}

fn details(context: &Context<'_>, asset: Asset, findings: &mut Vec<Diagnostic>) -> AssetDetails {
    let tree = current_tree(context, &asset);
    let root = tree.as_ref().map(Tree::root);
    let output = root.and_then(|root| root.member("output")).map(value_of);
    let declaration = root.map(value_of);
    let mut inputs = Vec::new();
    if let (Some(folder), Some(declared)) = (&asset.folder, &asset.declaration) {
        for (_, text) in declared.inputs.iter() {
            let path = folder.own(text);
            // What was refused already is not opened again.
            if findings.iter().any(|finding| finding.path.as_deref() == Some(path.as_str())) {
                continue;
            }
            let Ok(file) = context.disk.open(&path) else { continue };
            match hash(file, context) {
                Ok(input) => inputs.push(input),
                Err(mut finding) => {
                    finding.blocking &= asset.included_in_build;
                    findings.push(finding.of(&asset.reference));
                }
            }
        }
    }
    AssetDetails { asset, inputs, output, declaration }
}

/// The declaration read once more, for its text.
fn current_tree(context: &Context<'_>, asset: &Asset) -> Option<Tree> {
    asset.declaration.as_ref()?;
    let file = context.disk.open(&asset.declaration_path()?).ok()?;
    let admitted = trust::admit(file, Limit::DeclarationBytes, &context.limits).ok()?;
    let envelope = envelope::open(admitted, Artifact::Declaration, &context.windows).ok()?;
    let known = Known {
        asset_uuid: asset.asset_uuid.filter(|_| asset.state == State::Registered).map(|uuid| uuid.to_string()),
    };
    migrate::to_current(envelope, &known).ok().map(migrate::Migrated::into_tree)
}

fn hash(file: crate::disk::RawFile, context: &Context<'_>) -> Result<InputFile, Diagnostic> {
    let mut stream = trust::admit_stream(file, Limit::InputBytes, &context.limits)?;
    let (mut hasher, mut buffer, mut bytes) = (Hasher::default(), vec![0; 64 << 10], 0);
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => {
                hasher.update(&buffer[..count]);
                bytes += count as u64;
            }
            Err(error) => return Err(refusal(&crate::disk::DiskError::new(stream.path(), error))),
        }
    }
    stream.check_unchanged()?;
    Ok(InputFile { path: stream.path().to_owned(), bytes, sha256: hasher.finish() })
}
