//! Gate `complete`: whatever the code promises by name, a test names, too. The names are read off the tables in the source
//! that the programs themselves use; that the test proves anything is for its reader to judge.

use super::repository::Repository;
use super::source::{Kind, Source, Token, end_of_item};
use super::{Gate, Group, Verdict};
use std::collections::BTreeSet;

pub(super) const GATE: Gate = Gate {
    name: "complete",
    why: "every command, code, limit, exit code, event, method, migration step, version and gate is named by a test",
    group: Group::Repo,
    is_divided: false,
    run,
    repair: "cargo xtask gate --only complete names what no test does; write the test that shows it from outside",
};

/// Where the tests are, and what they are made of.
const FOLDERS: [&str; 10] = [
    "packer/src",
    "packer/tests",
    "studio-adapter/src",
    "studio-adapter/tests",
    "xtask/src",
    "xtask/tests",
    "simulator/src",
    "simulator/tests",
    "fuzz-bodies/tests",
    "fixtures/src",
];

/// Where damage is done to each gate.
const SABOTAGES: &str = "xtask/tests/sabotage/";

/// One kind of name: what it is called, the file or folder whose tables have them all, how they are read off a file.
struct List {
    what: &'static str,
    place: &'static str,
    read: fn(&Source) -> Vec<String>,
    /// The same names as tests write them, of one file.
    tested: fn(&Source) -> Vec<String>,
}

const LISTS: [List; 10] = [
    List { what: "command", place: "xtask/src/cli.rs", read: commands, tested: literals },
    List { what: "code", place: "packer/src/diagnostic/code.rs", read: codes, tested: literals },
    List { what: "limit", place: "packer/src/trust/limits.rs", read: rows, tested: literals },
    List { what: "exit code", place: "packer/src/doctor/rule.rs", read: exits, tested: compared_exits },
    List { what: "exit code", place: "xtask/src/", read: exits, tested: compared_exits },
    List { what: "event", place: "studio-adapter/src/wire/event.rs", read: events, tested: literals },
    List { what: "method", place: "studio-adapter/src/", read: methods, tested: literals },
    List { what: "migration step", place: "packer/src/migrate/steps/", read: steps, tested: literals },
    List {
        what: "format with its versions",
        place: "packer/src/envelope/kind.rs",
        read: versions,
        tested: versions_of_tests,
    },
    List { what: "gate", place: "xtask/src/gate/", read: gates, tested: sabotages },
];

fn run(repository: &Repository) -> anyhow::Result<Verdict> {
    Ok(examine(&repository.sources(&FOLDERS)?))
}

fn examine(sources: &[Source]) -> Verdict {
    let (mut counted, mut wrong) = (Vec::new(), Vec::new());
    for List { what, place, read, tested } in &LISTS {
        let names: BTreeSet<String> =
            sources.iter().filter(|source| source.path.starts_with(place)).flat_map(read).collect();
        let tried: BTreeSet<String> = sources.iter().flat_map(tested).collect();
        if names.is_empty() {
            wrong.push(format!("{place}: no {what} was found there, so none was looked for"));
        }
        wrong.extend(names.difference(&tried).map(|name| format!("{place}: no test names the {what} `{name}`")));
        counted.push(format!("{} of {what}", names.len()));
    }
    if wrong.is_empty() { Verdict::Passed(vec![counted.join(", ")]) } else { Verdict::Failed(wrong) }
}

/// What stands between quotes in a test, or in what tests are made of.
fn literals(source: &Source) -> Vec<String> {
    // The table of sabotages calls gates by names that other things have, too.
    if source.path.starts_with(SABOTAGES) {
        return Vec::new();
    }
    let is_input = source.path.starts_with("fixtures/");
    let quoted = source.tokens.iter().filter(|token| token.kind == Kind::Literal && (token.in_test || is_input));
    quoted.map(|token| token.text.clone()).collect()
}

/// The gates that damage to the repository is held against.
fn sabotages(source: &Source) -> Vec<String> {
    let table = source.path.starts_with(SABOTAGES);
    source.tokens.iter().filter(|token| table && token.kind == Kind::Literal).map(|token| token.text.clone()).collect()
}

/// The tokens of the item whose name follows this keyword, such as `fn` and `name`.
fn item<'a>(source: &'a Source, keyword: &str, name: &str) -> &'a [Token] {
    let at = (0..source.tokens.len()).find(|at| source.has(*at, &[keyword, name]));
    at.map_or(&[], |at| &source.tokens[at..end_of_item(&source.tokens, at)])
}

fn quoted(tokens: &[Token]) -> impl Iterator<Item = String> {
    tokens.iter().filter(|token| token.kind == Kind::Literal && !token.in_test).map(|token| token.text.clone())
}

fn commands(source: &Source) -> Vec<String> {
    quoted(item(source, "fn", "name")).collect()
}

/// The literals of a table.
fn rows(source: &Source) -> Vec<String> {
    quoted(item(source, "const", "TABLE")).collect()
}

fn codes(source: &Source) -> Vec<String> {
    quoted(&source.tokens).filter(|text| text.split('/').count() == 2 && !text.contains(' ')).collect()
}

fn methods(source: &Source) -> Vec<String> {
    ["METHODS", "METHOD", "OTHERS"].iter().flat_map(|name| quoted(item(source, "const", name))).collect()
}

fn steps(source: &Source) -> Vec<String> {
    names(source, "Step")
}

fn gates(source: &Source) -> Vec<String> {
    names(source, "Gate")
}

/// The names in constants of a type, of which each file of a table has one: `Step { …, name: "…"`.
fn names(source: &Source, of: &str) -> Vec<String> {
    let constants = (1..source.tokens.len()).filter(|at| source.has(at - 1, &["=", of, "{"]));
    let named = constants.filter_map(|at| (at + 2..source.tokens.len()).find(|at| source.has(at - 2, &["name", ":"])));
    named.flat_map(|at| quoted(&source.tokens[at..=at])).collect()
}

/// `BuildStarted` goes on the wire as `build_started`.
fn events(source: &Source) -> Vec<String> {
    let table = item(source, "const", "KINDS");
    let variants = table.windows(4).filter(|it| it[0].text == "Kind" && it[1].text == "::");
    let snake = |name: &str| {
        let parts = name.chars().flat_map(|c| c.is_uppercase().then_some('_').into_iter().chain(c.to_lowercase()));
        parts.collect::<String>().trim_start_matches('_').to_owned()
    };
    variants.map(|it| snake(&it[2].text)).collect()
}

fn is_number(token: &Token) -> bool {
    token.kind == Kind::Word && token.text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Numbers that `fn exit` gives, and constants called `EXIT_…`.
fn exits(source: &Source) -> Vec<String> {
    let arms = item(source, "fn", "exit").windows(3).filter(|it| it[0].text == "=" && it[1].text == ">");
    let constants = source.tokens.windows(5).filter(|it| it[0].text.starts_with("EXIT_") && it[3].text == "=");
    let numbers = arms.map(|it| &it[2]).chain(constants.map(|it| &it[4])).filter(|token| is_number(token));
    numbers.map(|token| token.text.clone()).collect()
}

/// Numbers on a line of a test that speaks of an exit.
fn compared_exits(source: &Source) -> Vec<String> {
    let tests: Vec<&Token> = source.tokens.iter().filter(|token| token.in_test).collect();
    let lines = tests.chunk_by(|a, b| a.line == b.line);
    let about = lines.filter(|line| line.iter().any(|token| token.text.contains("exit") && token.kind == Kind::Word));
    about.flatten().filter(|token| is_number(token)).map(|token| token.text.clone()).collect()
}

/// Each literal of the table of windows with the numbers behind it: what is written, and the range that is read.
fn versions(source: &Source) -> Vec<String> {
    with_numbers(item(source, "const", "TABLE"))
}

/// The same in tests, where a row is a literal with numbers behind it, too.
fn versions_of_tests(source: &Source) -> Vec<String> {
    let tests: Vec<Token> = source.tokens.iter().filter(|token| token.in_test).cloned().collect();
    with_numbers(&tests)
}

fn with_numbers(tokens: &[Token]) -> Vec<String> {
    let starts = (0..tokens.len()).filter(|at| tokens[*at].kind == Kind::Literal);
    let row = |at: usize| {
        // The artifact of the next row stands before its literal, and so does the end of the table.
        let row = tokens[at + 1..].iter().take_while(|token| token.kind != Kind::Literal && token.text != "]");
        let numbers: Vec<&str> = row.filter(|token| is_number(token)).map(|token| &*token.text).collect();
        (!numbers.is_empty()).then(|| format!("{} {}", tokens[at].text, numbers.join(" ")))
    };
    starts.filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::{LISTS, examine};
    use crate::gate::Verdict;
    use crate::gate::source::Source;

    /// For each list, a file that makes one name known, and a test of it.
    const KNOWN: [(&str, &str, &str); 10] = [
        ("xtask/src/cli.rs", "impl C { fn name(&self) -> &str { match self { C::Pack(_) => \"pack\" } } }", "\"pack\""),
        ("packer/src/diagnostic/code.rs", "const A: &[(Code, &str)] = &[(Code::X, \"trust/x\")];", "\"trust/x\""),
        ("packer/src/trust/limits.rs", "const TABLE: &[R] = &[(L::A, \"a-bytes\", 1)];", "\"a-bytes\""),
        ("packer/src/doctor/rule.rs", "fn exit() -> u8 { match f { _ => 9 } }", "assert_eq!(run.exit, 9);"),
        ("xtask/src/command.rs", "const EXIT_FAULT: u8 = 71;", "let exit = 71;"),
        ("studio-adapter/src/wire/event.rs", "const KINDS: [Kind; 1] = [Kind::BuildEnded];", "\"build_ended\""),
        ("studio-adapter/src/from_wire.rs", "const METHODS: &[M] = &[(\"packer/pack\", f)];", "\"packer/pack\""),
        ("packer/src/migrate/steps/a.rs", "const STEP: Step = Step { from: 1, name: \"asset_v2\" };", "\"asset_v2\""),
        (
            "packer/src/envelope/kind.rs",
            "const TABLE: &[R] = &[(A::B, \"b.json\", read(2, 1, 2))];",
            "(\"b.json\", 2, Some(1), Some(2))",
        ),
        ("xtask/src/gate/a.rs", "const GATE: Gate = Gate { name: \"a\" };", "\"a\""),
    ];

    /// What is found when every name is known, and all but one of them is tested.
    fn found(forgotten: Option<usize>) -> Verdict {
        let mut sources: Vec<Source> = KNOWN.iter().map(|(path, text, _)| Source::new(path, text)).collect();
        for (at, (_, _, test)) in KNOWN.iter().enumerate().filter(|(at, _)| Some(*at) != forgotten) {
            let folder = if test == &"\"a\"" { super::SABOTAGES } else { "xtask/tests/" };
            sources.push(Source::new(&format!("{folder}t{at}.rs"), test));
        }
        examine(&sources)
    }

    #[test]
    fn what_is_new_and_in_no_test_is_named() {
        assert!(matches!(found(None), Verdict::Passed(_)), "{:?}", found(None));
        for (at, list) in LISTS.iter().enumerate() {
            let Verdict::Failed(lines) = found(Some(at)) else { unreachable!("{} was not missed", list.what) };
            assert_eq!(lines.len(), 1, "{lines:?}");
            assert!(lines[0].contains(&format!("no test names the {}", list.what)), "{lines:?}");
        }
    }

    #[test]
    fn a_table_that_is_not_found_is_no_pass() {
        let Verdict::Failed(lines) = examine(&[]) else { unreachable!("nothing was looked for") };
        assert_eq!(lines.len(), LISTS.len());
    }

    #[test]
    fn code_that_is_no_test_names_nothing() {
        let mut sources: Vec<Source> = KNOWN.iter().map(|(path, text, _)| Source::new(path, text)).collect();
        sources.push(Source::new("xtask/src/render.rs", "const A: &str = \"pack\";"));
        let Verdict::Failed(lines) = examine(&sources) else { unreachable!("no test is there") };
        assert!(lines.iter().any(|line| line.ends_with("the command `pack`")), "{lines:?}");
    }
}
