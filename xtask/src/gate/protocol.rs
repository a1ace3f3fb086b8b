//! Gate `protocol`: the page that documents the wire is about the wire as it is. It is locked to the source of the wire's
//! types, names every method, and its examples are taken from recorded sessions, which the tests replay.

use super::repository::Repository;
use super::{Gate, Group, Verdict};
use anyhow::{Context, ensure};
use camino::Utf8Path;
use serde_json::Value;
use sha2::{Digest, Sha256};

pub(super) const GATE: Gate = Gate {
    name: "protocol",
    why: "PROTOCOL.md was looked at since the wire's types changed last, has every method, and its examples were recorded",
    group: Group::Studio,
    is_divided: false,
    run,
    repair: "cargo xtask gate --only protocol says which line PROTOCOL.md is to have, once its text is right again",
};

const PAGE: &str = "studio-adapter/PROTOCOL.md";
const RECORDED: &str = "fixtures/cases/wire";
/// What a client sees the wire by.
const TYPES: [&str; 5] = ["wire.rs", "wire/event.rs", "wire/frame.rs", "wire/message.rs", "from_wire.rs"];
/// Where the methods stand.
const METHODS: &str = "from_wire.rs";

fn run(repository: &Repository) -> anyhow::Result<Verdict> {
    let root = &repository.root;
    let page = read(&root.join(PAGE))?;
    let mut recorded = Vec::new();
    for entry in root.join(RECORDED).read_dir_utf8().with_context(|| format!("could not list {RECORDED}"))? {
        recorded.extend(messages(&read(entry?.path())?)?);
    }
    let types: Vec<String> =
        TYPES.iter().map(|name| read(&root.join("studio-adapter/src").join(name))).collect::<anyhow::Result<_>>()?;
    let methods = methods(&types[TYPES.iter().position(|name| *name == METHODS).context("it is one of them")?]);
    let wrong = examine(&page, &types, &methods, &recorded)?;
    Ok(if wrong.is_empty() { Verdict::Passed(Vec::new()) } else { Verdict::Failed(wrong) })
}

fn read(path: &Utf8Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(path).with_context(|| format!("could not read {path}"))?;
    Ok(text.replace("\r\n", "\n"))
}

/// The messages of a recorded session, one a line behind who said it.
fn messages(text: &str) -> anyhow::Result<Vec<Value>> {
    text.lines().map(|line| Ok(serde_json::from_str::<Value>(line)?["message"].take())).collect()
}

/// The names of methods, as the source of the parameters has them.
fn methods(source: &str) -> Vec<&str> {
    let quoted = source.split('"').skip(1).step_by(2);
    quoted.filter(|text| text.starts_with("packer/")).collect()
}

fn examine(page: &str, types: &[String], methods: &[&str], recorded: &[Value]) -> anyhow::Result<Vec<String>> {
    ensure!(!methods.is_empty() && !recorded.is_empty(), "nothing was found to compare the page with");
    let mut hasher = Sha256::new();
    types.iter().for_each(|text| hasher.update(text.as_bytes()));
    let digest: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let lock = format!("<!-- the wire's types have sha256 {digest} -->");
    let mut wrong = Vec::new();
    if !page.lines().any(|line| line == lock) {
        wrong.push(format!("{PAGE}: the wire's types changed; bring the text up to date, and then this line: {lock}"));
    }
    for method in methods {
        if !page.contains(&format!("### `{method}`\n")) {
            wrong.push(format!("{PAGE}: no section is about `{method}`"));
        }
    }
    let blocks: Vec<&str> =
        page.split("```json\n").skip(1).filter_map(|rest| rest.split_once("\n```")).map(|it| it.0).collect();
    if blocks.len() < methods.len() {
        wrong.push(format!("{PAGE}: {} examples for {} methods", blocks.len(), methods.len()));
    }
    for block in blocks {
        let messages = serde_json::Deserializer::from_str(block).into_iter::<Value>();
        for message in messages {
            let is_recorded = message.as_ref().is_ok_and(|message| recorded.contains(message));
            if !is_recorded {
                let shown: String = block.chars().take(80).collect();
                wrong.push(format!("{PAGE}: this example was not recorded: {shown}"));
                break;
            }
        }
    }
    Ok(wrong)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::{examine, methods};
    use serde_json::json;

    fn found(page: &str, types: &str) -> Vec<String> {
        examine(page, &[types.to_owned()], &["packer/a"], &[json!({ "id": 1 })]).unwrap()
    }

    const LOCK: &str =
        "<!-- the wire's types have sha256 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad -->";

    #[test]
    fn a_page_that_is_locked_whole_and_recorded_passes() {
        let page = format!("{LOCK}\n### `packer/a`\n```json\n{{ \"id\":\n1 }}\n```\n");
        assert_eq!(found(&page, "abc"), Vec::<String>::new());
        assert!(found(&page, "abd")[0].contains("the wire's types changed"));
        assert!(found(&page.replace("packer/a", "packer/b"), "abc")[0].contains("no section is about `packer/a`"));
        assert!(found(&page.replace('1', "2"), "abc").iter().any(|line| line.contains("was not recorded")));
        assert!(found(&page.replace("```json", "```"), "abc")[0].contains("0 examples for 1 methods"));
    }

    #[test]
    fn nothing_to_compare_with_is_no_pass() {
        assert!(examine("", &[], &[], &[json!(1)]).is_err());
        assert!(examine("", &[], &["packer/a"], &[]).is_err());
    }

    #[test]
    fn methods_are_read_off_the_source() {
        assert_eq!(methods(r#"[("packer/a", f), ("packer/b", g("x"))]"#), ["packer/a", "packer/b"]);
    }
}
