//! The head of the page: how the project is, in one sentence and four figures, and where to read on.

use super::Scene;
use super::html::{counted, number, sentence, size};
use prometeu_packer::ops::Published;
use prometeu_packer::report::Status;
use prometeu_packer::schema::BankType;

/// The first section.
pub(super) fn section(scene: &Scene<'_>) -> String {
    let doctor = &scene.overview.doctor;
    let (class, word) = match doctor.status() {
        Status::Ok => ("good", "A build would succeed"),
        Status::Blocked | Status::Failed => ("bad", "A build would be refused"),
    };
    let mut html = format!(
        "<header>\n<h1>Asset report</h1>\n<p class=\"verdict {class}\"><strong>{word}.</strong> {}.</p>\n",
        sentence(&doctor.summary)
    );
    html += "<dl class=\"figures\">\n";
    for (name, value, more) in [archive(scene), assets(scene), changes(scene), findings(scene)] {
        html += &format!("<div><dt>{name}</dt><dd>{value}</dd><dd class=\"more\">{more}</dd></div>\n");
    }
    html += "</dl>\n<nav aria-label=\"Sections\"><a href=\"#findings\">Findings</a> <a href=\"#changes\">Changes</a>";
    if let Published::Whole(_) = scene.overview.archive {
        html += " <a href=\"#contents\">Contents</a> <a href=\"#sheets\">Pictures</a> <a href=\"#sounds\">Sounds</a>";
    }
    html + "</nav>\n</header>\n"
}

type Figure = (&'static str, String, String);

fn archive(scene: &Scene<'_>) -> Figure {
    match &scene.overview.archive {
        Published::Missing => ("Archive", "none".into(), "nothing was built yet".into()),
        Published::Refused(_) => ("Archive", "refused".into(), "nothing in it is shown".into()),
        Published::Whole(archive) => {
            let digest = archive.sha256().map(|digest| digest.to_string()).unwrap_or_default();
            let digest = format!(
                "<span class=\"digest\" title=\"SHA-256 {digest}\">{}…</span>",
                &digest[..digest.len().min(16)]
            );
            ("Archive", size(archive.bytes()), digest)
        }
    }
}

fn assets(scene: &Scene<'_>) -> Figure {
    let Published::Whole(archive) = &scene.overview.archive else {
        return ("Assets in it", "–".into(), String::new());
    };
    let all = archive.entries().len();
    let glyphs = archive.entries().iter().filter(|entry| entry.bank == BankType::Glyph).count();
    (
        "Assets in it",
        number(all as u64),
        format!("{}, {}", counted(glyphs, "glyph bank"), counted(all - glyphs, "sound bank")),
    )
}

fn changes(scene: &Scene<'_>) -> Figure {
    match &scene.overview.changes {
        None => ("Changed since", "–".into(), "there is nothing to compare".into()),
        Some(changes) if changes.is_empty() => ("Changed since", "0".into(), "no asset is another by now".into()),
        Some(changes) => {
            ("Changed since", number(changes.len() as u64), "assets are not as the archive has them".into())
        }
    }
}

fn findings(scene: &Scene<'_>) -> Figure {
    let doctor = &scene.overview.doctor;
    let counts = doctor.counts();
    let more = [(counts.errors, "error"), (counts.warnings, "warning"), (counts.notes, "note")]
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| counted(*count, what))
        .collect::<Vec<_>>();
    let more = if more.is_empty() { "nothing is wrong".to_owned() } else { more.join(", ") };
    ("Findings", number(doctor.findings.len() as u64), more)
}
