//! Gate `layers`: in each crate, the order of the `mod` lines at its root is the road that data takes, and a
//! module names only modules that stand above its own. It reads source; it does not judge other crates' names.

use super::repository::Repository;
use super::source::{Path, Source};
use super::{Gate, Group, Verdict};

pub(super) const GATE: Gate = Gate {
    name: "layers",
    why: "a module names only modules above it in the `mod` lines of its crate, and the gates name no library of ours",
    group: Group::Repo,
    is_divided: false,
    run,
    repair: "cargo xtask gate --only layers names each import; move the item up the road, or hand its value down",
};

/// The crates whose order is law, by folder.
const CRATES: [&str; 4] = ["packer", "studio-adapter", "xtask", "simulator"];

fn run(repository: &Repository) -> anyhow::Result<Verdict> {
    let mut found = Vec::new();
    let mut read = 0;
    for folder in CRATES {
        let sources = repository.sources(&[&format!("{folder}/src")])?;
        read += sources.len();
        found.extend(examine(&format!("{folder}/src/"), &sources));
    }
    if read == 0 {
        found.push("no source was read, so nothing was checked".into());
    }
    Ok(if found.is_empty() { Verdict::Passed(Vec::new()) } else { Verdict::Failed(found) })
}

/// What is wrong in one crate, whose files lie below `src`, a path with a slash at its end.
fn examine(src: &str, sources: &[Source]) -> Vec<String> {
    let below = |source: &Source| source.path.strip_prefix(src).unwrap_or(&source.path).to_owned();
    let order: Vec<String> = sources.iter().filter(|source| is_root(&below(source))).flat_map(modules).collect();
    let mut found = Vec::new();
    let mut stray = Vec::new();
    for source in sources {
        let below = below(source);
        if below.starts_with("gate/") || below == "gate.rs" {
            found.extend(source.paths().iter().filter_map(|path| names_library(source, path)));
        }
        if is_root(&below) {
            continue;
        }
        let own = module_path(&below);
        match order.iter().position(|module| *module == own[0]) {
            Some(rank) => found.extend(source.paths().iter().filter_map(|p| upward(source, p, &own, rank, &order))),
            None => stray.push((own[0].clone(), &source.path)),
        }
    }
    // Said once for each module, not for each of its files.
    stray.dedup_by(|next, first| next.0 == first.0);
    found.extend(stray.iter().map(|(module, path)| format!("{path}: no `mod {module};` at the crate's root")));
    found
}

/// The crate's own roots, which may name every module: they put them together.
fn is_root(below: &str) -> bool {
    matches!(below, "lib.rs" | "main.rs") || below.starts_with("bin/")
}

/// The modules that a root declares, in order.
fn modules(root: &Source) -> Vec<String> {
    let declares = |at: &usize| root.text(*at) == "mod" && matches!(root.text(at + 2), ";" | "{");
    (0..root.tokens.len()).filter(declares).map(|at| root.text(at + 1).to_owned()).collect()
}

/// `disk/os.rs` is the module `disk::os`.
fn module_path(below: &str) -> Vec<String> {
    below.trim_end_matches(".rs").trim_end_matches("/mod").split('/').map(str::to_owned).collect()
}

/// Says what is wrong with a path, if it leads upward.
fn upward(source: &Source, path: &Path, own: &[String], rank: usize, order: &[String]) -> Option<String> {
    let target = match path.names[0].as_str() {
        "crate" => path.names.get(1)?,
        "super" | "self" => {
            let climbs = path.names.iter().filter(|name| *name == "super").count();
            // Inside the module it starts from, unless it climbs to the crate's root.
            (climbs == own.len() + path.inside.len())
                .then(|| path.names.iter().find(|name| !is_step(name)))
                .flatten()?
        }
        _ => return None,
    };
    let at = format!("{}:{}: `{}`", source.path, path.line, path.names.join("::"));
    let module = &own[0];
    match order.iter().position(|name| name == target) {
        Some(position) if position <= rank => None,
        Some(_) => Some(format!("{at}: `{module}` stands above `{target}` and must not name it")),
        None => Some(format!("{at}: `{target}` is no module of the crate's root; name the module that defines it")),
    }
}

fn is_step(name: &str) -> bool {
    matches!(name, "super" | "self")
}

fn names_library(source: &Source, path: &Path) -> Option<String> {
    let name = &path.names[0];
    name.starts_with("prometeu_").then(|| {
        format!("{}:{}: `{name}`: a gate looks from outside, through files and programs", source.path, path.line)
    })
}

#[cfg(test)]
mod tests {
    use super::examine;
    use crate::gate::source::Source;

    const ROOT: (&str, &str) = ("a/src/lib.rs", "mod low;\n#[cfg(test)]\npub(crate) mod middle;\npub mod high;");

    fn found(path: &str, text: &str) -> Vec<String> {
        let files = [ROOT, ("a/src/low.rs", ""), (path, text)];
        examine("a/src/", &files.map(|(path, text)| Source::new(path, text)))
    }

    #[test]
    fn naming_what_stands_above_is_allowed() {
        let text =
            "use crate::low::X; use crate::middle::{self, part::Y}; use super::Z; mod tests { use super::super::*; }";
        assert_eq!(found("a/src/middle/part.rs", text), Vec::<String>::new());
        assert_eq!(found("a/src/bin/program.rs", "use crate::high::X;"), Vec::<String>::new());
    }

    #[test]
    fn every_spelling_of_an_upward_import_is_refused() {
        for text in [
            "use crate::high::X;",
            "use crate::{low::A, high::{B, C}};",
            "fn f() { crate::high::g() }",
            "use super::super::high::X;",
            "mod inner { use super::super::super::high; }",
            "use self::super::super::high::X;",
        ] {
            let found = found("a/src/middle/part.rs", text);
            assert!(found[0].contains("`middle` stands above `high`"), "{text}: {found:?}");
        }
    }

    #[test]
    fn a_complaint_names_file_line_and_import() {
        let expected = "a/src/low.rs:2: `crate::high::X`: `low` stands above `high` and must not name it";
        assert_eq!(found("a/src/low.rs", "\nuse crate::high::X;"), [expected]);
    }

    #[test]
    fn comments_and_texts_are_no_imports() {
        assert!(found("a/src/low.rs", "/// [`crate::high::X`]\nconst A: &str = \"crate::high::X\";").is_empty());
    }

    #[test]
    fn a_name_re_exported_at_the_root_hides_where_it_comes_from() {
        assert!(found("a/src/high.rs", "use crate::Thing;")[0].contains("`Thing` is no module of the crate's root"));
    }

    #[test]
    fn a_file_that_no_root_declares_is_refused() {
        let files = ["a/src/lib.rs", "a/src/stray/part.rs", "a/src/stray.rs"].map(|path| Source::new(path, "mod low;"));
        assert_eq!(examine("a/src/", &files), ["a/src/stray/part.rs: no `mod stray;` at the crate's root"]);
    }

    #[test]
    fn a_gate_names_no_library_of_ours() {
        let found = examine(
            "x/src/",
            &[Source::new("x/src/main.rs", "mod gate;"), Source::new("x/src/gate/a.rs", "use prometeu_packer::ops;")],
        );
        assert!(found[0].contains("a gate looks from outside"), "{found:?}");
    }
}
