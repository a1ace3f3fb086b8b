//! What lies in a folder that is to become an asset: pictures, palettes and sounds, told apart by their extensions. No
//! file is opened and no link followed; names that begin with a dot are tools' own and passed over.

use crate::diagnostic::{Code, Diagnostic};
use crate::disk::{Disk, Entry, Kind};
use crate::path::{PathFault, PortablePath};
use crate::schema::{BankType, Role};
use crate::trust::{Limit, Limits, refusal, refuse_path};
use std::collections::{BTreeMap, BTreeSet};

/// The files of a folder and of the folders in it.
#[derive(Default)]
pub(super) struct Found {
    /// Relative to the folder, in the order in which they are to be listed.
    files: BTreeMap<&'static str, Vec<String>>,
    /// How many other files there are, by extension.
    others: BTreeMap<String, usize>,
    /// Every name, files and folders, relative to the folder.
    names: BTreeSet<String>,
    /// What stands in the way, and what was passed over; with the role that the name speaks for.
    findings: Vec<(Option<Role>, Diagnostic)>,
}

/// Extensions and the roles that files with them have.
const ROLES: [(&str, Role); 5] = [
    ("png", Role::Sprites),
    ("gpl", Role::Palettes),
    ("pal", Role::Palettes),
    ("hex", Role::Palettes),
    ("wav", Role::Sources),
];

impl Found {
    /// Lists everything in `folder`.
    pub(super) fn look(disk: &dyn Disk, folder: &PortablePath, limits: &Limits) -> Found {
        let mut found = Found::default();
        let (mut counted, mut left) = (0, vec![folder.clone()]);
        while let Some(at) = left.pop() {
            let entries = match disk.read_dir(&at) {
                Ok(entries) => entries,
                Err(error) => {
                    found.findings.push((None, refusal(&error)));
                    continue;
                }
            };
            counted += entries.len() as u64;
            if counted > limits.get(Limit::FilesWalked) {
                let message = format!("more than {} files lie in this folder", limits.get(Limit::FilesWalked));
                let help = "register a smaller folder, or move what is no asset out of it";
                let finding = Diagnostic::new(Code::TrustTooMany, message).at(folder.as_str()).help(help);
                found.findings.push((None, finding));
                break;
            }
            for entry in entries {
                found.take(folder, &at, entry, &mut left);
            }
        }
        found.files.values_mut().for_each(|paths| super::order::sort(paths));
        found
    }

    /// The files that have a role.
    pub(super) fn of(&self, role: Role) -> &[String] {
        self.files.get(role.name()).map_or(&[], Vec::as_slice)
    }

    /// What is to be said where files of these roles are looked for.
    pub(super) fn findings_about(&self, roles: &[Role]) -> impl Iterator<Item = Diagnostic> {
        let is_about = |role: Option<Role>| role.is_none_or(|role| roles.contains(&role));
        self.findings.iter().filter(move |row| is_about(row.0)).map(|row| row.1.clone())
    }

    /// Whether a file or folder has this name, as some system would take it.
    pub(super) fn has(&self, below: &str) -> bool {
        let folded = crate::path::fold(below);
        self.names.iter().any(|name| crate::path::fold(name) == folded)
    }

    /// The type of asset that the files suggest, if they suggest one.
    pub(super) fn bank(&self) -> Option<BankType> {
        match (self.of(Role::Sprites).is_empty(), self.of(Role::Sources).is_empty()) {
            (false, true) => Some(BankType::Glyph),
            (true, false) => Some(BankType::Sound),
            _ => None,
        }
    }

    /// What there is, for a message: `3 .png, 1 .txt`.
    pub(super) fn summary(&self) -> String {
        let mut counts: BTreeMap<String, usize> = self.others.clone();
        for path in self.files.values().flatten() {
            *counts.entry(path.rsplit('.').next().unwrap_or_default().to_lowercase()).or_default() += 1;
        }
        let shown = |(extension, count): (&String, &usize)| match extension.as_str() {
            "" => format!("{count} without extension"),
            extension => format!("{count} .{extension}"),
        };
        let mut shown: Vec<String> = counts.iter().map(shown).collect();
        if shown.len() > 5 {
            shown.truncate(5);
            shown.push("others".to_owned());
        }
        if shown.is_empty() { "nothing".to_owned() } else { shown.join(", ") }
    }

    /// Takes one entry of the folder `at`; a folder in it is `left` to be looked into.
    fn take(&mut self, folder: &PortablePath, at: &PortablePath, entry: Entry, left: &mut Vec<PortablePath>) {
        let (name, is_text) = entry.name.map_or_else(|escaped| (escaped, false), |name| (name, true));
        if name.starts_with('.') {
            return;
        }
        let path = at.own(&name);
        let below = path.below(folder).unwrap_or_default().to_owned();
        self.names.insert(below.clone());
        let (kind, role) = (entry.metadata.kind, role_of(&name));
        let is_portable = || match folder.join(&below) {
            _ if !is_text => Err(PathFault::NotPortable("is not in UTF-8".to_owned())),
            joined => joined.map(drop),
        };
        match (kind, role) {
            (Kind::Link, _) => self.findings.push((role, passed_over(&path))),
            (Kind::Other, _) => {}
            (Kind::File, None) => {
                let extension = name.rsplit_once('.').map_or(String::new(), |(_, end)| end.to_lowercase());
                *self.others.entry(extension).or_default() += 1;
            }
            (Kind::File, Some(role)) => match is_portable() {
                Ok(()) => self.files.entry(role.name()).or_default().push(below),
                Err(fault) => self.findings.push((Some(role), refuse_path("input", &below, &fault).at(path.as_str()))),
            },
            (Kind::Folder, _) => match is_portable() {
                Ok(()) => left.push(path),
                Err(fault) => self.findings.push((None, refuse_path("folder", &below, &fault).at(path.as_str()))),
            },
        }
    }
}

/// The warning about a link, which is never opened.
fn passed_over(path: &PortablePath) -> Diagnostic {
    let message = "a symbolic link, which is never followed: it is not among the inputs";
    let help = "put the file itself in its place if it belongs to the asset";
    Diagnostic::new(Code::HygieneLink, message).at(path.as_str()).help(help)
}

fn role_of(name: &str) -> Option<Role> {
    let (_, extension) = name.rsplit_once('.')?;
    ROLES.iter().find(|(known, _)| extension.eq_ignore_ascii_case(known)).map(|(_, role)| *role)
}
