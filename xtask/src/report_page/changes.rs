//! How the project differs from the archive that was built last: by asset, with the inputs that are others now.

use super::Scene;
use super::html::{Text, counted, sentence};
use super::provenance::Origin;
use prometeu_packer::bank::InputDigest;
use prometeu_packer::ops::{Altered, Change, ChangeKind, Published};
use std::collections::BTreeMap;

/// So many assets are listed.
const SHOWN_MAX: usize = 500;
/// So many inputs of one asset are listed.
const INPUTS_MAX: usize = 12;

/// The section about what a build would change.
pub(super) fn section(scene: &Scene<'_>) -> String {
    let mut html = "<section id=\"changes\">\n<h2>Since the last build</h2>\n".to_owned();
    html += &match (&scene.overview.archive, &scene.overview.changes) {
        (Published::Missing, _) => {
            let program = Text(scene.program);
            format!(
                "<p>There is no archive, <code>build/assets.pa</code>. <code>{program} build</code> makes it.</p>\n"
            )
        }
        (Published::Refused(_), _) => {
            let program = Text(scene.program);
            format!(
                "<p>The archive cannot be believed, so nothing was compared. <code>{program} build</code> makes it anew.</p>\n"
            )
        }
        (Published::Whole(_), None) => "<p>The registry cannot be read, so nothing was compared.</p>\n".to_owned(),
        (Published::Whole(archive), Some(changes)) => {
            let (note, nothing) = match archive.has_metadata() {
                true => ("", "Nothing changed: a build would give the same archive."),
                false => (METADATA_UNKNOWN, "No name and no payload changed."),
            };
            match changes.is_empty() {
                true => format!("{note}<p class=\"fine\">{nothing}</p>\n"),
                false => format!("{note}{}", list(changes, scene)),
            }
        }
    };
    html + "</section>\n"
}

const METADATA_UNKNOWN: &str = "<p class=\"left\">The archive's header is over 4 MiB; what the runtime is told of each asset \
                                was not compared.</p>\n";

fn list(changes: &[Change], scene: &Scene<'_>) -> String {
    let mut html = String::new();
    let count = |wanted: &str| changes.iter().filter(|change| word(&change.kind).0 == wanted).count();
    let told: Vec<String> = ["added", "removed", "renamed", "changed", "blocked"]
        .iter()
        .map(|word| (word, count(word)))
        .filter(|(_, count)| *count > 0)
        .map(|(word, count)| format!("{count} {word}"))
        .collect();
    html += &format!("<p>{} not as the archive has them: {}.</p>\n", are(changes.len()), told.join(", "));
    if let (Err(why), true) = (&scene.provenance, count("changed") > 0) {
        html += &format!(
            "<p class=\"left\">Which inputs are others is not known, because <code>build/asset_table_metadata.json</code> is \
             of no use: {}.</p>\n",
            Text(why)
        );
    }
    html += "<ul class=\"changes\">\n";
    for change in changes.iter().take(SHOWN_MAX) {
        html += &row(change, scene);
    }
    html += "</ul>\n";
    if changes.len() > SHOWN_MAX {
        html += &format!("<p class=\"left\">{} left out here.</p>\n", counted(changes.len() - SHOWN_MAX, "more asset"));
    }
    html
}

fn are(count: usize) -> String {
    format!("{} {}", counted(count, "asset"), if count == 1 { "is" } else { "are" })
}

/// What became of an asset in one word, and the class that gives the word its colour.
pub(super) fn word(kind: &ChangeKind) -> (&'static str, &'static str) {
    match kind {
        ChangeKind::Added => ("added", "good"),
        ChangeKind::Removed => ("removed", "bad"),
        ChangeKind::Unknown => ("blocked", "note"),
        ChangeKind::Altered(altered) if altered.was_named.is_some() => ("renamed", "glyph"),
        ChangeKind::Altered(_) => ("changed", "warning"),
    }
}

fn row(change: &Change, scene: &Scene<'_>) -> String {
    let (word, class) = word(&change.kind);
    let root = change.root.as_ref().map(|root| format!(" <span class=\"path\">{}</span>", Text(root)));
    let mut html = format!(
        "<li><span class=\"chip {class}\">{word}</span> <b>{}</b> <span class=\"count\">#{}</span>{}",
        Text(&change.name),
        change.asset_id,
        root.clone().unwrap_or_default()
    );
    html += &match &change.kind {
        ChangeKind::Added => String::new(),
        ChangeKind::Removed if root.is_some() => "<p>It takes no part in builds any more.</p>".to_owned(),
        ChangeKind::Removed => "<p>The project does not have it any more.</p>".to_owned(),
        ChangeKind::Unknown => "<p>It cannot be made as it is; the findings say why.</p>".to_owned(),
        ChangeKind::Altered(altered) => {
            let origin = scene.provenance.as_ref().ok().and_then(|provenance| provenance.of(change.asset_id));
            told(altered, change.root.as_deref().unwrap_or_default(), origin)
        }
    };
    html + "</li>\n"
}

fn told(altered: &Altered, root: &str, origin: Option<&Origin>) -> String {
    let mut html = String::new();
    if let Some(was) = &altered.was_named {
        html += &format!("<p>It was called <b>{}</b>.</p>", Text(was));
    }
    if altered.metadata {
        html += "<p>What the runtime is told of it is other: type or metadata.</p>";
    }
    if altered.preload {
        html += "<p>Whether it is loaded at the start is other.</p>";
    }
    if altered.payload {
        let inputs = origin.map(|origin| differing(&altered.inputs, root, origin));
        html += &match inputs {
            None => "<p>Its bytes are others.</p>".to_owned(),
            Some(inputs) if inputs.is_empty() => {
                sentence_of("Its bytes are others, of the same inputs: `asset.json` says to make them in another way.")
            }
            Some(inputs) => input_list(&inputs),
        };
    }
    html
}

fn sentence_of(text: &str) -> String {
    format!("<p>{}</p>", sentence(text))
}

fn input_list(inputs: &[(String, &'static str)]) -> String {
    let shown = inputs.iter().take(INPUTS_MAX);
    let items: String =
        shown.map(|(path, word)| format!("<li><span class=\"path\">{}</span> {word}</li>", Text(path))).collect();
    let more = match inputs.len().saturating_sub(INPUTS_MAX) {
        0 => String::new(),
        more => format!("<li>and {}</li>", counted(more, "more input")),
    };
    format!("<ul class=\"inputs\">{items}{more}</ul>")
}

/// Paths relative to the root, with what became of them; compared by role and place, so that a folder may have moved.
fn differing(now: &[InputDigest], root: &str, origin: &Origin) -> Vec<(String, &'static str)> {
    let within = |path: &str, root: &str| {
        path.strip_prefix("assets/")
            .and_then(|path| path.strip_prefix(root)?.strip_prefix('/'))
            .unwrap_or(path)
            .to_owned()
    };
    let mut before: BTreeMap<(String, &str), &str> = BTreeMap::new();
    for input in &origin.inputs {
        before.insert((within(&input.path, &origin.root), &input.role), &input.sha256);
    }
    let mut differing = Vec::new();
    for input in now {
        let path = within(&input.path, root);
        match before.remove(&(path.clone(), input.role.name())) {
            None => differing.push((path, "is new")),
            Some(digest) if digest != input.digest.to_string() => differing.push((path, "was edited")),
            Some(_) => {}
        }
    }
    differing.extend(before.into_keys().map(|(path, _)| (path, "is gone")));
    differing
}
