//! Checks that the declared inputs of one asset are there, are files, and are named so that every system finds them.

use super::Asset;
use super::folder::{Ask, Folder, Found};
use crate::diagnostic::{AssetRef, Code, Diagnostic};
use crate::disk::{Disk, DiskError, DiskErrorKind, Kind, Stamp};
use crate::path::{PortablePath, fold};
use crate::schema::{Inputs, Role};
use crate::trust::{Limit, Limits, refusal};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The stamp of each input in the declared order, as far as `top` has stamps; `None` unless all are there and none is too
/// large, which only a stamp tells.
pub(super) fn check(
    disk: &dyn Disk,
    root: &PortablePath,
    top: &Folder,
    declared: &Inputs,
    asset: &Arc<AssetRef>,
    limits: &Limits,
    findings: &mut Vec<Diagnostic>,
) -> Option<Box<[Stamp]>> {
    collisions(root, declared, asset, findings);
    let first_finding = findings.len();
    let mut folders = Folders { disk, root, top, below: BTreeMap::new() };
    let mut stamps = Vec::new();
    for (role, text) in declared.iter() {
        match folders.look_up(text).and_then(|stamp| check_size(stamp, role, limits)) {
            Ok(stamp) => stamps.extend(stamp),
            Err(finding) => findings.push(finding.at(format!("{root}/{text}")).of(asset)),
        }
    }
    (findings.len() == first_finding).then(|| stamps.into())
}

/// How large an input of a role may be.
pub(crate) fn limit_of(role: Role) -> Limit {
    if role == Role::Palettes { Limit::PaletteBytes } else { Limit::InputBytes }
}

pub(super) fn check_size(stamp: Option<Stamp>, role: Role, limits: &Limits) -> Result<Option<Stamp>, Diagnostic> {
    let limit = limit_of(role);
    let most = limits.get(limit);
    match stamp.map_or(0, |stamp| stamp.bytes) {
        bytes if bytes > most => {
            let message = format!("{bytes} bytes are over the limit of {most} for this kind of input");
            let help = format!("make it smaller, or raise `--limit {}=BYTES` if you trust it", limit.name());
            Err(Diagnostic::new(Code::TrustTooLarge, message).help(help))
        }
        _ => Ok(stamp),
    }
}

/// Checks the declared inputs of a root by name, kind and size.
pub fn check_inputs(
    disk: &dyn Disk,
    root: &PortablePath,
    declared: &Inputs,
    asset: &Arc<AssetRef>,
    limits: &Limits,
    findings: &mut Vec<Diagnostic>,
) {
    match Folder::list(disk, root, Ask::Stamps) {
        Ok(top) => drop(check(disk, root, &top, declared, asset, limits, findings)),
        Err(error) => findings.push(refusal(&error).of(asset)),
    }
}

/// What a loaded asset's inputs have against them where only their names were asked for: those that are too large. It is for
/// assets whose inputs nobody opens, or where one was found to be too large, so that the doctor says the same of a project
/// whether or not it has a cache.
pub fn check_sizes(asset: &Asset, disk: &dyn Disk, limits: &Limits) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if let (Some(root), Some(declaration)) = (&asset.folder, &asset.declaration)
        && asset.has_inputs
        && asset.input_stamps.is_empty()
    {
        check_inputs(disk, root, &declaration.inputs, &asset.reference, limits, &mut found);
        found.retain(|finding| finding.code == Code::TrustTooLarge);
        found.iter_mut().for_each(|finding| finding.blocking &= asset.included_in_build);
    }
    found
}

struct Folders<'a> {
    disk: &'a dyn Disk,
    root: &'a PortablePath,
    top: &'a Folder,
    /// Folders below the root that inputs name, listed once each.
    below: BTreeMap<String, Result<Folder, DiskError>>,
}

impl Folders<'_> {
    fn look_up(&mut self, text: &str) -> Result<Option<Stamp>, Diagnostic> {
        let mut done = String::new();
        let mut components = text.split('/').peekable();
        loop {
            let name = components.next().unwrap_or_default();
            let is_last = components.peek().is_none();
            let folder = self.folder(&done)?;
            let standing = match folder.find(name) {
                Found::Entry(standing) => standing,
                Found::Similar(other) => {
                    let right = if done.is_empty() { other.to_owned() } else { format!("{done}/{other}") };
                    let message = format!("the input `{text}` is not there under exactly this name");
                    return Err(Diagnostic::new(Code::DeclarationInputMissing, message)
                        .help(format!("write `{right}`, as the folder has it"))
                        .text("found", right));
                }
                Found::Nothing => {
                    return Err(Diagnostic::new(
                        Code::DeclarationInputMissing,
                        format!("the input `{text}` is not there"),
                    )
                    .help("put the file there, or drop it from `inputs`"));
                }
            };
            let wanted = if is_last { Kind::File } else { Kind::Folder };
            match standing.kind {
                Kind::Link => return Err(refuse(DiskErrorKind::Link)),
                Kind::File if !is_last => {
                    return Err(Diagnostic::new(
                        Code::DeclarationInputMissing,
                        format!("the input `{text}` is not there: `{name}` is a file"),
                    )
                    .help("put the file there, or correct the path in `inputs`"));
                }
                kind if kind != wanted => return Err(refuse(DiskErrorKind::NotRegular)),
                _ => {}
            }
            if let Some(other) = folder.rival(name) {
                let message =
                    format!("`{name}` and `{other}` stand in one folder, and some systems take them for one name");
                return Err(Diagnostic::new(Code::TrustNameCollision, message).help("rename one of them"));
            }
            if is_last {
                return Ok(standing.stamp);
            }
            if !done.is_empty() {
                done.push('/');
            }
            done.push_str(name);
        }
    }

    fn folder(&mut self, below: &str) -> Result<&Folder, Diagnostic> {
        if below.is_empty() {
            return Ok(self.top);
        }
        let list = || Folder::list(self.disk, &self.root.own(below), self.top.ask());
        let listed = self.below.entry(below.to_owned()).or_insert_with(list);
        listed.as_ref().map_err(refusal)
    }
}

fn refuse(kind: DiskErrorKind) -> Diagnostic {
    refusal(&DiskError::of("", kind, ""))
}

/// Two declared names that are one name on some system, or a name that is both a file and a folder.
fn collisions(root: &PortablePath, declared: &Inputs, asset: &Arc<AssetRef>, findings: &mut Vec<Diagnostic>) {
    if declared.iter().all(|(_, text)| fold(text) == text && !text.contains('/')) {
        return;
    }
    let mut spelled: BTreeMap<Cow<'_, str>, (&str, bool)> = BTreeMap::new();
    for (_, text) in declared.iter() {
        let ends = text.char_indices().filter(|(_, c)| *c == '/').map(|(at, _)| at).chain([text.len()]);
        for end in ends {
            let (name, is_file) = (&text[..end], end == text.len());
            let (first, first_is_file) = *spelled.entry(fold(name)).or_insert((name, is_file));
            let message = if first != name {
                format!("`{first}` and `{name}` are one name on some systems")
            } else if first_is_file != is_file {
                format!("`{name}` is named as a file and as a folder")
            } else {
                continue;
            };
            let finding = Diagnostic::new(Code::TrustNameCollision, message).at(format!("{root}/{text}"));
            findings.push(finding.of(asset).help("rename one of them"));
            return;
        }
    }
}
