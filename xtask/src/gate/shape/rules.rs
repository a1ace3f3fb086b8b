//! The rules of the gate `shape`, one function each. A function takes a file and says what breaks its rule.

use crate::gate::source::{Kind, Source, Token};

/// Names that say nothing about what a module is for.
const EMPTY_NAMES: [&str; 9] = ["utils", "common", "helpers", "misc", "core", "types", "imp", "shared", "manager"];
/// What declarations before version 3 said; joined here, so that this file does not break its own rule.
const OLD_WORDS: [&str; 3] = [concat!("image", "_bank"), concat!("tile", "_bank"), concat!("TILES", "/indexed_v1")];
/// The codec of those declarations, a literal of its own.
const OLD_CODEC: &str = concat!("R", "AW");
/// What only `packer/src/disk` may name, because only it touches the world.
const WORLD: [&[&str]; 12] = [
    &["std", "fs"],
    &["std", "env"],
    &["std", "net"],
    &["std", "process"],
    &["std", "io", "stdin"],
    &["std", "io", "stdout"],
    &["std", "io", "stderr"],
    &["std", "time", "Instant"],
    &["std", "time", "SystemTime"],
    &["cap_std"],
    &["cap_fs_ext"],
    &["rustix"],
];
const CONSOLE: [&str; 5] = ["print", "println", "eprint", "eprintln", "dbg"];

/// Everything that is wrong with one file.
pub(super) fn examine(source: &Source) -> Vec<String> {
    let rules: [fn(&Source) -> Vec<String>; 8] =
        [header, names, glob_of_parent, reasons, serde_attributes, serialize, old_words, pure];
    rules.iter().flat_map(|rule| rule(source)).collect()
}

fn header(source: &Source) -> Vec<String> {
    if source.has_header {
        return Vec::new();
    }
    vec![format!("{}:1: no `//!` header; begin with one to three lines on what the file is, and is not", source.path)]
}

fn names(source: &Source) -> Vec<String> {
    let parts = source.path.trim_end_matches(".rs").split('/');
    let empty = parts.filter(|part| EMPTY_NAMES.contains(part));
    empty.map(|part| format!("{}: `{part}` says nothing; find the noun for what is in it", source.path)).collect()
}

fn glob_of_parent(source: &Source) -> Vec<String> {
    let paths = source.paths();
    let globs = paths.iter().filter(|path| !path.in_test && path.names[0] == "super" && path.names[1..] == ["*"]);
    globs.map(|path| at(source, path.line, "`use super::*` outside tests; name what is used")).collect()
}

fn reasons(source: &Source) -> Vec<String> {
    let bare = places(source, |at| source.has(at, &["#", "[", "ignore", "]"]));
    bare.map(|token| at(source, token.line, "`#[ignore]` without a reason; write `#[ignore = \"why\"]`")).collect()
}

fn serde_attributes(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    for start in (0..source.tokens.len()).filter(|at| source.has(*at, &["#", "[", "serde"])) {
        let end = (start..source.tokens.len()).find(|at| source.text(*at) == "]").unwrap_or(source.tokens.len());
        for index in (start..end).filter(|index| matches!(source.text(*index), "untagged" | "flatten")) {
            let rule = format!("`{}` in a serde attribute; it accepts what no schema says", source.text(index));
            found.push(at(source, source.tokens[index].line, &rule));
        }
    }
    found
}

fn serialize(source: &Source) -> Vec<String> {
    if !source.path.starts_with("packer/src/") {
        return Vec::new();
    }
    let named = places(source, |at| source.text(at) == "Serialize");
    let rule = "`Serialize` in the library; how a report looks on the wire is studio-adapter's business";
    named.map(|token| at(source, token.line, rule)).collect()
}

/// The texts of `doctor/rules` may name them: they tell people what an old file says, and decide nothing.
fn old_words(source: &Source) -> Vec<String> {
    let ours = ["packer/src/", "studio-adapter/src/", "xtask/src/"].iter().any(|src| source.path.starts_with(src));
    let knows =
        ["packer/src/migrate/steps/", "packer/src/doctor/rules/"].iter().any(|src| source.path.starts_with(src));
    if !ours || knows {
        return Vec::new();
    }
    let mut found = Vec::new();
    for token in source.tokens.iter().filter(|token| !token.in_test) {
        let codec = (token.kind == Kind::Literal && token.text == OLD_CODEC).then_some(OLD_CODEC);
        if let Some(word) = codec.or_else(|| OLD_WORDS.into_iter().find(|word| token.text.contains(word))) {
            let rule = format!("`{word}` is a word of an old version; only packer/src/migrate/steps knows those");
            found.push(at(source, token.line, &rule));
        }
    }
    found
}

fn pure(source: &Source) -> Vec<String> {
    let library = source.path.starts_with("packer/src/");
    if !library || source.path == "packer/src/disk.rs" || source.path.starts_with("packer/src/disk/") {
        return Vec::new();
    }
    let paths = source.paths();
    let worldly = paths.iter().filter(|path| !path.in_test && WORLD.iter().any(|world| begins(&path.names, world)));
    let mut found: Vec<String> = worldly
        .map(|path| {
            let rule = format!("`{}` outside packer/src/disk; have the value handed in", path.names.join("::"));
            at(source, path.line, &rule)
        })
        .collect();
    let prints = places(source, |at| CONSOLE.contains(&source.text(at)) && source.text(at + 1) == "!");
    found.extend(prints.filter(|token| !token.in_test).map(|token| {
        at(source, token.line, &format!("`{}!` in the library; send an event or give a finding", token.text))
    }));
    found
}

fn begins(names: &[String], world: &[&str]) -> bool {
    names.len() >= world.len() && names.iter().zip(world).all(|(name, part)| name == part)
}

fn places(source: &Source, is: impl Fn(usize) -> bool) -> impl Iterator<Item = &Token> {
    (0..source.tokens.len()).filter(move |at| is(*at)).map(|at| &source.tokens[at])
}

fn at(source: &Source, line: usize, rule: &str) -> String {
    format!("{}:{line}: {rule}", source.path)
}

#[cfg(test)]
mod tests {
    use super::examine;
    use crate::gate::source::Source;

    fn found(path: &str, code: &str) -> Vec<String> {
        examine(&Source::new(path, &format!("//! A file.\n{code}")))
    }

    #[test]
    fn each_broken_rule_is_named_with_its_line() {
        for (path, code, expected) in [
            ("packer/src/utils/a.rs", "", "packer/src/utils/a.rs: `utils` says nothing"),
            ("xtask/src/a.rs", "use super::*;", "xtask/src/a.rs:2: `use super::*` outside tests"),
            ("packer/tests/a.rs", "\n#[ignore]\nfn a() {}", "packer/tests/a.rs:3: `#[ignore]` without a reason"),
            ("packer/src/a.rs", "#[serde(untagged)]\nenum A {}", "packer/src/a.rs:2: `untagged` in a serde attribute"),
            (
                "xtask/src/a.rs",
                "struct A {\n #[serde(default, flatten)]\n b: B }",
                "xtask/src/a.rs:3: `flatten` in a serde",
            ),
            (
                "packer/src/a.rs",
                "use serde::{Deserialize, Serialize};",
                "packer/src/a.rs:2: `Serialize` in the library",
            ),
            (
                "packer/src/schema/a.rs",
                "const A: &str = \"tile_bank\";",
                "packer/src/schema/a.rs:2: `tile_bank` is a word",
            ),
            ("packer/src/a.rs", "f(\"RAW\")", "packer/src/a.rs:2: `RAW` is a word of an old version"),
            (
                "packer/src/a.rs",
                "use std::{io, fs::File};",
                "packer/src/a.rs:2: `std::fs::File` outside packer/src/disk",
            ),
            ("packer/src/a.rs", "let a = std::env::var(\"A\");", "packer/src/a.rs:2: `std::env::var` outside"),
            ("packer/src/a.rs", "use std::time::SystemTime;", "packer/src/a.rs:2: `std::time::SystemTime` outside"),
            (
                "packer/src/emit/a.rs",
                "cap_std::fs::Dir::open()",
                "packer/src/emit/a.rs:2: `cap_std::fs::Dir::open` outside",
            ),
            ("packer/src/a.rs", "println!(\"a\")", "packer/src/a.rs:2: `println!` in the library"),
        ] {
            let found = found(path, code);
            assert_eq!(found.len(), 1, "{code}: {found:?}");
            assert!(found[0].starts_with(expected), "{code}: {found:?}");
        }
    }

    #[test]
    fn a_file_without_a_header_is_refused() {
        let found = examine(&Source::new("xtask/src/a.rs", "fn a() {}"));
        assert!(found[0].starts_with("xtask/src/a.rs:1: no `//!` header"), "{found:?}");
    }

    #[test]
    fn what_only_looks_like_a_broken_rule_is_let_through() {
        for (path, code) in [
            ("packer/src/migrate/steps/asset_v3.rs", "const A: [&str; 2] = [\"image_bank\", \"RAW\"];"),
            ("packer/src/a.rs", "#[cfg(test)]\nmod tests { use super::*; use std::fs; const A: &str = \"RAW\"; }"),
            ("packer/src/doctor/rules/a.rs", "const TEXT: &str = \"`tile_bank` is an older word\";"),
            ("packer/src/disk/os.rs", "use std::fs::File; use std::time::Instant;"),
            ("packer/src/a.rs", "// println!(std::fs)\nfn a(b: Vec<Vec<u8>>) { b.into_iter().flatten() }"),
            ("xtask/src/a.rs", "#[command(flatten)]\nglobal: Global,"),
            ("packer/src/a.rs", "use std::time::Duration; use std::io::{Read, Write};"),
            ("studio-adapter/src/a.rs", "#[derive(Serialize)]\n#[serde(rename_all = \"snake_case\")]\nstruct A;"),
            ("packer/tests/a.rs", "#[ignore = \"needs a server\"]\nfn a() {}"),
            ("fixtures/src/a.rs", "const OLD: &str = \"tile_bank\";"),
        ] {
            assert_eq!(found(path, code), Vec::<String>::new(), "{path}");
        }
    }
}
