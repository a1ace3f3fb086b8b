//! Gate `report`: the page of `report` in a real browser, headless. It is opened as a file in both colours and two widths; the
//! browser says what it asked for, what it had to say, and what can be seen.

mod browser;

use super::repository::Repository;
use super::tree::Tree;
use super::{Gate, Group, Verdict};
use anyhow::{Context, ensure};
use browser::{Browser, Window};
use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;
use std::process::{Command, Stdio};
use xshell::cmd;

pub(super) const GATE: Gate = Gate {
    name: "report",
    why: "a browser shows the page of `report` whole, in both colours and on small screens: it runs no script and asks for nothing",
    group: Group::Packer,
    is_divided: false,
    run,
    repair: "cargo xtask report fixtures/projects/showcase --out page.html makes such a page; open it, with the developer tools",
};

/// Names that one browser or another has.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const PROJECT: &str = "fixtures/projects/showcase";
/// What is edited once the archive is built: file, from, to. A name that would be markup, and a finding with a place.
const EDITS: [(&str, &str, &str); 2] = [
    ("assets/sfx/ui/asset.json", "\"sfx_ui\"", "\"<img src=x onerror=alert(1)>\\u202e\""),
    ("assets/world/tiles/asset.json", "\"tile_size\": 16", "\"tile_size\": 12"),
];
const WINDOWS: [Window; 2] =
    [Window { width: 1280, height: 900, scheme: "light" }, Window { width: 360, height: 640, scheme: "dark" }];

/// What can be seen, as the browser tells it.
const LOOK: &str = r"(() => {
    const all = (what) => [...document.querySelectorAll(what)];
    const seen = (it) => { const at = it.getBoundingClientRect(); return at.width > 0 && at.height > 0; };
    const ids = all('[id]').map((it) => it.id);
    return JSON.stringify({
        pictures: all('img').length,
        blank: all('img').filter((it) => !it.complete || it.naturalWidth === 0 || !seen(it)).map((it) => it.alt),
        cells: all('.map a').filter(seen).length,
        waves: all('.wave path.sound').filter(seen).length,
        rows: all('tbody tr').length,
        findings: all('#findings .finding li').filter(seen).length,
        changes: all('#changes .changes > li').filter(seen).length,
        text: document.body.innerText,
        scripts: document.scripts.length,
        beyond: document.documentElement.scrollWidth - window.innerWidth,
        dead: all('a').map((it) => it.getAttribute('href')).filter((it) => !it.startsWith('#') || !ids.includes(it.slice(1))),
        twice: ids.filter((it, at) => ids.indexOf(it) !== at),
        nameless: all('[role=img], img').filter((it) => !(it.getAttribute('aria-label') || it.alt)).length,
        paper: getComputedStyle(document.body).backgroundColor,
    });
})()";

#[derive(Debug, Deserialize)]
struct Seen {
    pictures: usize,
    blank: Vec<String>,
    cells: usize,
    waves: usize,
    rows: usize,
    findings: usize,
    changes: usize,
    text: String,
    scripts: usize,
    beyond: i64,
    dead: Vec<String>,
    twice: Vec<String>,
    nameless: usize,
    paper: String,
}

fn run(repository: &Repository) -> anyhow::Result<Verdict> {
    let shell = &repository.shell;
    if cfg!(windows) {
        return Ok(Verdict::Skipped("the browser is driven by a pipe that only Unix has".into()));
    }
    let Some(program) = BROWSERS.into_iter().find(|name| repository.answers(cmd!(shell, "{name} --version"))) else {
        return Ok(Verdict::Skipped(
            "Chromium is missing; get it by `apt-get install chromium`, or Google Chrome".into(),
        ));
    };
    let folder = tempfile::tempdir()?;
    let place = Utf8Path::from_path(folder.path()).context("the folder for temporary files has no UTF-8 name")?;
    let pages = [built(repository, &place.join("built"))?, bare(repository, &place.join("bare"))?];
    let mut browser = Browser::start(program, &place.join("profile"))?;
    let mut wrong = Vec::new();
    let mut papers = Vec::new();
    for (page, judge) in &pages {
        for window in &WINDOWS {
            let (answer, said) = browser.look(page, window, LOOK)?;
            let seen: Seen = serde_json::from_str(&answer).context("the browser's answer is not what was asked for")?;
            let found = said.into_iter().chain(everywhere(&seen)).chain(judge(&seen));
            wrong.extend(found.map(|why| format!("{page}, {} px wide, {}: {why}", window.width, window.scheme)));
            papers.push(seen.paper);
        }
    }
    if papers[0] == papers[1] {
        wrong.push(format!("the page has one paper, {}, in light and in dark", papers[0]));
    }
    let passed = vec![format!("{} pages in {} windows of {program}", pages.len(), WINDOWS.len())];
    Ok(if wrong.is_empty() { Verdict::Passed(passed) } else { Verdict::Failed(wrong) })
}

/// A page, and what is to be seen on it beside what is to be seen on all.
type Page = (Utf8PathBuf, fn(&Seen) -> Vec<String>);

/// A project that was built and then edited.
fn built(repository: &Repository, project: &Utf8Path) -> anyhow::Result<Page> {
    Tree::read(&repository.root.join(PROJECT))?.below("assets/").write(project)?;
    packer(project, &["build"], 0)?;
    for (file, from, to) in EDITS {
        let file = project.join(file);
        let text = std::fs::read_to_string(&file).with_context(|| format!("could not read {file}"))?;
        ensure!(text.contains(from), "{file} no longer holds {from}; the edit needs another place");
        std::fs::write(&file, text.replacen(from, to, 1))?;
    }
    packer(project, &["report"], 0)?;
    Ok((project.join("build/report.html"), |seen| {
        let expected = [
            (seen.pictures == 5, "five pictures"),
            (seen.cells == 7, "seven assets on the map"),
            (seen.waves == 2, "two sounds"),
            (seen.rows == 7, "seven rows"),
            (seen.findings >= 2, "two findings"),
            (seen.changes == 2, "two changes"),
            (seen.text.contains(r"<img src=x onerror=alert(1)>\u{202e}"), "the name that would be markup, as text"),
            (seen.text.contains("glyph/tile-size"), "the code of a finding"),
        ];
        missing(&expected)
    }))
}

/// A project that never was.
fn bare(repository: &Repository, project: &Utf8Path) -> anyhow::Result<Page> {
    Tree::read(&repository.root.join(PROJECT))?.below("assets/").write(project)?;
    packer(project, &["report"], 0)?;
    Ok((project.join("build/report.html"), |seen| {
        missing(&[
            (seen.text.contains("There is no archive"), "that there is no archive"),
            (seen.pictures == 0, "no picture"),
        ])
    }))
}

fn missing(expected: &[(bool, &str)]) -> Vec<String> {
    expected.iter().filter(|(is_there, _)| !is_there).map(|(_, what)| format!("{what} should be there")).collect()
}

fn everywhere(seen: &Seen) -> Vec<String> {
    let mut wrong: Vec<String> = seen.blank.iter().map(|alt| format!("the picture \"{alt}\" is not shown")).collect();
    wrong.extend(seen.dead.iter().map(|link| format!("the link {link} leads nowhere")));
    wrong.extend(seen.twice.iter().map(|id| format!("the id {id} is there twice")));
    for (is_wrong, why) in [
        (seen.scripts > 0, format!("{} scripts", seen.scripts)),
        (seen.beyond > 0, format!("{} pixels beyond the window", seen.beyond)),
        (seen.nameless > 0, format!("{} pictures without a name", seen.nameless)),
    ] {
        wrong.extend(is_wrong.then_some(why));
    }
    wrong
}

/// Runs this program on a project.
fn packer(project: &Utf8Path, arguments: &[&str], exit: i32) -> anyhow::Result<()> {
    let output = Command::new(std::env::current_exe()?)
        .args(arguments)
        .args(["--project", project.as_str()])
        .stdin(Stdio::null())
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.code() == Some(exit), "`{}` ended with {}: {said}", arguments.join(" "), output.status);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Seen, everywhere};

    #[test]
    fn each_thing_that_no_page_may_have_is_named() {
        let good = || Seen {
            pictures: 0,
            blank: Vec::new(),
            cells: 0,
            waves: 0,
            rows: 0,
            findings: 0,
            changes: 0,
            text: String::new(),
            scripts: 0,
            beyond: 0,
            dead: Vec::new(),
            twice: Vec::new(),
            nameless: 0,
            paper: String::new(),
        };
        assert_eq!(everywhere(&good()), Vec::<String>::new());
        let lists = Seen { blank: vec!["a".into()], dead: vec!["#b".into()], twice: vec!["c".into()], ..good() };
        assert_eq!(everywhere(&lists).len(), 3);
        let counts = Seen { scripts: 1, beyond: 4, nameless: 2, ..good() };
        assert_eq!(everywhere(&counts), ["1 scripts", "4 pixels beyond the window", "2 pictures without a name"]);
    }
}
