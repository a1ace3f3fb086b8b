//! Whatever a project holds, the page is the page: nothing in it is markup but the packer's own, and it leads nowhere else.

use crate::{built, page, page_and_exit};
use fixtures::forgery::{BAITS, forgeries};
use fixtures::{hostile, showcase};

/// What the packer writes; no other element is on any page.
const ELEMENTS: &str = "html head meta link title style body main header footer section article figure nav h1 h2 h3 h4 p a b \
    strong code pre mark ul li dl div dt dd span details summary table caption thead tbody tr th td img svg rect path text";

/// Every tag of a page with its attributes, the style sheet left out.
fn check(page: &str, what: &str) {
    let (before, rest) = page.split_once("<style>").unwrap();
    let (style, after) = rest.split_once("</style>").unwrap();
    for strange in ["url(", "@import", "expression", "//"] {
        assert!(!style.contains(strange), "{strange} is in the style sheet");
    }
    let elements: Vec<&str> = ELEMENTS.split_whitespace().collect();
    let markup = format!("{before}{after}").replacen("<!doctype html>\n<!-- prometeu-packer: report -->\n", "", 1);
    for tag in markup.split('<').skip(1) {
        let (tag, text) = tag.split_once('>').unwrap_or_else(|| panic!("{what}: <{tag} has no end"));
        assert!(!text.contains(['>', '"', '\'']), "{what}: {text:?} is not escaped");
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap();
        assert!(elements.contains(&name), "{what}: <{tag}> is none of ours");
        for attribute in tag.split('"').step_by(2).map(str::trim).filter(|attribute| attribute.ends_with('=')) {
            let attribute = attribute.rsplit(' ').next().unwrap();
            assert!(!attribute.starts_with("on") && attribute != "style=", "{what}: {tag}");
        }
        for link in ["href", "src", "action", "xlink:href"] {
            let Some(to) = tag.split(&format!(" {link}=\"")).nth(1) else { continue };
            assert!(to.starts_with('#') || to.starts_with("data:"), "{what}: {tag} leads away");
        }
    }
    let printable = page.chars().all(|c| c == '\n' || !prometeu_packer::escape::is_unprintable(c));
    assert!(printable, "{what}: something that cannot be seen is on the page");
    let policy = "default-src 'none'; img-src data:; style-src 'sha256-";
    assert!(page.contains(policy) && !page.contains("unsafe"), "{what}: another policy");
}

#[test]
fn a_sound_page_holds_no_address_at_all() {
    let project = built(&showcase());
    let page = page(project.path());
    check(&page, "the showcase");
    for address in ["http:", "https:", "ftp:", "file:", "www.", "@import", "<script", "javascript:"] {
        assert!(!page.contains(address), "{address} is on the page");
    }
}

#[test]
fn no_text_of_a_project_becomes_markup() {
    let markup = "<script>alert('x')</script><img src=http://x/ onerror=\"x\">--><!--\u{202e}&lt;\"' style='";
    for bait in BAITS.into_iter().chain([markup]) {
        for (name, files) in forgeries(bait) {
            let folder = tempfile::tempdir().unwrap();
            // Not every system has such file names.
            if files.write(folder.path()).is_ok() {
                check(&page_and_exit(folder.path()).0, name);
            }
        }
    }
}

#[test]
fn every_hostile_project_has_a_page_like_any_other() {
    let mut seen = 0;
    // A sample; `PROMETEU_COMPLETE=1` leaves nothing out.
    let is_complete = std::env::var_os("PROMETEU_COMPLETE").is_some_and(|value| value == "1");
    for attack in hostile::kit().into_iter().step_by(if is_complete { 1 } else { 9 }) {
        let folder = tempfile::tempdir().unwrap();
        if attack.write(folder.path()).is_err() {
            continue;
        }
        let (page, exit) = page_and_exit(folder.path());
        check(&page, &attack.name);
        assert!([0, 1, 3, 4, 5].contains(&exit), "{}: exit {exit}", attack.name);
        seen += 1;
    }
    assert!(seen > 50, "only {seen} projects were tried");
}
