//! `report`: one HTML page about a project. It holds all that it shows, asks for nothing from anywhere, runs no script, and
//! is the same for the same project, wherever and whenever it is made. What is in the archive is shown only after the whole
//! of it was verified.

mod html;
mod squarify;
mod provenance;
mod glyph;
mod waveform;
mod summary;
mod findings;
mod changes;
mod contents;
mod treemap;
mod sheets;
mod sounds;
mod publish;

use prometeu_packer::diagnostic::{Code, Diagnostic};
use prometeu_packer::ops::{Change, Context, Overview, Published, overview};
use prometeu_packer::report::{OperationResult, Report};
use provenance::Provenance;
pub(crate) use publish::Destination;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// How the page looks. It is inlined, and the page's policy names its digest.
const STYLE: &str = include_str!("report_page/style.css");

/// Makes the page about the project and puts it where `to` says.
pub(crate) fn report(context: &Context<'_>, to: &Destination) -> Report {
    let answer = |summary: String, findings: Vec<Diagnostic>| {
        Report::new("report", &context.program, summary, findings, OperationResult::Nothing)
    };
    if let Err(finding) = to.check(context) {
        return answer("no page was written".to_owned(), vec![finding]);
    }
    let mut overview = overview(context);
    let page = match page(&mut overview, context) {
        Ok(page) => page,
        Err(finding) => return answer("no page was written".to_owned(), vec![finding]),
    };
    // What was examined until somebody asked to stop is no whole project.
    if let Err(finding) = go_on(context).and_then(|()| to.publish(context, page.as_bytes())) {
        return answer("no page was written".to_owned(), vec![finding]);
    }
    let summary = format!("wrote {}, {} bytes: {}", to.shown(), page.len(), overview.doctor.summary);
    let findings = overview.doctor.findings;
    match overview.is_readable {
        true => Report::inspection("report", &context.program, summary, findings, OperationResult::Nothing),
        false => answer(summary, findings),
    }
}

/// Whether nobody asked to stop.
fn go_on(context: &Context<'_>) -> Result<(), Diagnostic> {
    match context.events.cancelled() {
        false => Ok(()),
        true => Err(Diagnostic::new(Code::UsageInterrupted, "stopped on request; no page was written")),
    }
}

/// What the sections of a page share.
struct Scene<'a> {
    overview: &'a Overview,
    provenance: Result<Provenance, String>,
    /// By id, what differs from the archive.
    changes: BTreeMap<u32, &'a Change>,
    program: &'a str,
}

/// The whole page.
///
/// # Errors
/// `usage/interrupted`, when somebody asked to stop.
fn page(overview: &mut Overview, context: &Context<'_>) -> Result<String, Diagnostic> {
    // Read first, because reading moves the place in the file, and everything else only looks.
    let (sheets, sounds) = match &mut overview.archive {
        Published::Whole(archive) => (Some(sheets::read(archive, context)?), Some(sounds::read(archive, context)?)),
        _ => (None, None),
    };
    let overview = &*overview;
    let scene = Scene {
        provenance: provenance::read(context, &overview.archive),
        changes: overview.changes.iter().flatten().map(|change| (change.asset_id, change)).collect(),
        program: &context.program,
        overview,
    };
    let mut body = summary::section(&scene);
    body += &findings::section(&scene);
    body += &changes::section(&scene);
    if let Published::Whole(archive) = &overview.archive {
        let mut cards = BTreeSet::new();
        let sheets = sheets.map(|sheets| sheets.section(&scene, archive, &mut cards)).unwrap_or_default();
        let sounds = sounds.map(|sounds| sounds.section(archive, &mut cards)).unwrap_or_default();
        body += &contents::section(&scene, archive, &cards);
        body += &(sheets + &sounds);
    }
    Ok(document(&body))
}

fn document(body: &str) -> String {
    let digest = data_encoding::BASE64.encode(&Sha256::digest(STYLE));
    let marker = publish::MARKER;
    format!(
        "{marker}<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; \
         style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <link rel=\"icon\" href=\"data:,\">\n<title>Asset report</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n\
         {body}</main>\n<footer>Made by prometeu-packer {}. Sizes are those of payloads as they lie in the archive.</footer>\n\
         </body>\n</html>\n",
        env!("CARGO_PKG_VERSION"),
    )
}
