//! What is known of ids beside the registry as it is read: whole lines of a registry that cannot be read, kept
//! transactions, what is quarantined, and the table of the last archive. It is evidence, and nothing decides by it alone.

use super::patient::index;
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::disk::Kind;
use crate::emit::{read_control_file, transactions};
use crate::envelope;
use crate::ops::Context;
use crate::path::PortablePath;
use crate::schema::archive::{self, Keep};
use crate::schema::journal::{Change, EntryChange, Original};
use crate::schema::{identity_of, registry::ASSET_ID_MAX};
use crate::trust::Limits;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What is known of an asset.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) asset_id: u32,
    pub(super) included: bool,
    /// What is known sooner is better known.
    pub(super) rank: usize,
}

/// Everything that is known.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    pub(super) by_uuid: BTreeMap<Uuid, Known>,
    /// The uuid that stood beside a root.
    pub(super) by_root: BTreeMap<String, Uuid>,
    /// Ids by name, from the archive.
    pub(super) by_name: BTreeMap<String, u32>,
    /// The text of `requires_packer`, as written.
    pub(super) requires_packer: Option<String>,
    /// The highest version that a registry which cannot be read names.
    pub(super) version: Option<u64>,
    /// What it was read from.
    pub(super) seen: Vec<(PortablePath, Option<Digest>)>,
    highest: u32,
}

impl Evidence {
    /// Looks everywhere. What cannot be read gives none.
    pub(super) fn gather(context: &Context<'_>) -> Evidence {
        let mut evidence = Evidence::default();
        let disk = context.disk;
        let read = |path: &PortablePath| read_control_file(disk, path, &context.limits).ok().flatten();
        if let Some(bytes) = read(&index()) {
            evidence.take_text(&String::from_utf8_lossy(&bytes), true);
        }
        evidence.take_transactions(context);
        let quarantine = PortablePath::control().own("quarantine");
        let mut entries = disk.read_dir(&quarantine).unwrap_or_default();
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        for name in entries.into_iter().filter(|entry| entry.metadata.kind == Kind::Folder).filter_map(|e| e.name.ok())
        {
            let path = quarantine.own(&name).own("index.json");
            if let Some(bytes) = read(&path) {
                evidence.take_text(&String::from_utf8_lossy(&bytes), false);
                evidence.seen.push((path, Some(Digest::of(&bytes))));
            }
        }
        evidence.take_archive(context);
        evidence
    }

    /// The highest id that was ever handed out, as far as is known.
    pub(super) fn highest(&self) -> u32 {
        self.highest
    }

    /// The kept transactions, newest first: the entries that they changed, and the registries that they replaced.
    fn take_transactions(&mut self, context: &Context<'_>) {
        let disk = context.disk;
        for folder in transactions(disk).unwrap_or_default().iter().rev() {
            let Ok(Some(journal)) = folder.journal(disk, &context.limits, &context.windows) else { continue };
            let path = folder.path().own("journal.json");
            let bytes = read_control_file(disk, &path, &context.limits).ok().flatten();
            self.seen.push((path, bytes.as_deref().map(Digest::of)));
            for EntryChange { before, after } in journal.entries.iter().rev() {
                after.iter().chain(before).for_each(|line| self.take_line(line));
            }
            for change in &journal.changes {
                let Change::File { path, before: Some(Original::Slice { digest, offset, bytes }), .. } = change else {
                    continue;
                };
                if *path == index()
                    && let Ok(original) = folder.original(disk, *digest, *offset, *bytes)
                {
                    self.take_text(&String::from_utf8_lossy(&original), false);
                }
            }
        }
    }

    fn take_archive(&mut self, context: &Context<'_>) {
        let path = PortablePath::build().own("assets.pa");
        let Ok(file) = context.disk.open(&path) else { return };
        let mut findings: Vec<Diagnostic> = Vec::new();
        let verified = archive::verify(file, Keep::Places, &context.limits, &context.windows, &mut findings);
        self.seen.push((path, verified.sha256));
        for entry in verified.entries {
            self.highest = self.highest.max(entry.asset_id);
            self.by_name.entry(entry.asset_name.to_string()).or_insert(entry.asset_id);
        }
    }

    /// Takes a registry, whole or not: what can be read of it however it is laid out, else line by line. `is_current` says
    /// that it is the one in its place.
    fn take_text(&mut self, text: &str, is_current: bool) {
        if let Ok(tree) = envelope::object(text.to_owned(), &Limits::default()) {
            for (name, value) in tree.root().members() {
                self.take_member(&format!("{}:{}", name.raw(), value.raw()), is_current);
            }
            let entries = tree.root().member("assets");
            entries.into_iter().flat_map(|list| list.items()).for_each(|entry| self.take_line(entry.raw()));
            return;
        }
        for line in text.lines() {
            let line = line.trim().trim_end_matches(',');
            if line.starts_with('{') {
                self.take_line(line);
            } else if line.starts_with('"') {
                self.take_member(line, is_current);
            }
        }
    }

    /// Takes the text of an entry, if it is one.
    fn take_line(&mut self, line: &str) {
        let Some((asset_id, uuid, root)) = identity_of(line).filter(|row| (1..=ASSET_ID_MAX).contains(&row.0)) else {
            return;
        };
        let tree = envelope::object(line.to_owned(), &Limits::default()).ok();
        let participation = tree.as_ref().and_then(|tree| tree.root().member("included_in_build")?.bool());
        self.highest = self.highest.max(asset_id);
        let rank = self.by_uuid.len();
        self.by_uuid.entry(uuid).or_insert(Known { asset_id, included: participation.unwrap_or(true), rank });
        self.by_root.entry(root).or_insert(uuid);
    }

    /// Takes a member of the top that stands on a line of its own.
    fn take_member(&mut self, line: &str, is_current: bool) {
        let Ok(tree) = envelope::object(format!("{{{line}}}"), &Limits::default()) else { return };
        let member = |name: &str| tree.root().member(name).map(|node| node.raw().to_owned());
        if let Some(next) = member("next_asset_id").and_then(|raw| raw.parse::<u32>().ok()) {
            self.highest = self.highest.max(next.saturating_sub(1).min(ASSET_ID_MAX));
        }
        if is_current {
            self.requires_packer = self.requires_packer.take().or_else(|| member("requires_packer"));
            let version = member("schema_version").and_then(|raw| raw.parse::<u64>().ok());
            self.version = self.version.max(version);
        }
    }
}
