//! An answer as SARIF 2.1.0, the format of code scanning. The same findings give the same bytes: no times, no absolute
//! paths, nothing about the machine.

use super::answer::{Answer, Found, Rule, Spot};
use prometeu_packer::digest::Digest;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::fmt::Write as _;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// What relative addresses are relative to; the name that code scanning gives the checkout.
const BASE: &str = "%SRCROOT%";

/// The document.
pub(super) fn document(answer: &Answer) -> Value {
    let index: HashMap<&str, usize> =
        answer.rules.iter().enumerate().map(|(at, rule)| (rule.id.as_str(), at)).collect();
    let mut seen = HashMap::new();
    let results: Vec<Value> = answer.found.iter().map(|found| result(found, &index, &mut seen)).collect();
    let version = env!("CARGO_PKG_VERSION");
    let mut invocation = json!({ "executionSuccessful": answer.status != "failed", "exitCode": answer.exit });
    if answer.is_unexplained() {
        let text = json!({ "level": "error", "message": { "text": answer.summary } });
        invocation["toolExecutionNotifications"] = json!([text]);
    }
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "prometeu-packer",
                "version": version,
                "semanticVersion": version,
                "rules": answer.rules.iter().map(rule).collect::<Vec<_>>(),
            } },
            "automationDetails": { "id": format!("prometeu-packer/{}/", answer.operation) },
            "invocations": [invocation],
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { BASE: { "description": {
                "text": "The folder that --project is relative to, mostly the checkout; the project itself where it is absolute."
            } } },
            "results": results,
            "properties": { "operation": answer.operation, "status": answer.status, "summary": answer.summary },
        }],
    })
}

fn rule(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "name": rule.name,
        "shortDescription": { "text": rule.short },
        "fullDescription": { "text": rule.full },
        "help": { "text": rule.help, "markdown": rule.markdown },
        "defaultConfiguration": { "level": rule.level },
    })
}

fn result(found: &Found, index: &HashMap<&str, usize>, seen: &mut HashMap<String, usize>) -> Value {
    let mut result = json!({
        "ruleId": found.rule,
        "level": found.level,
        "message": { "text": found.message },
        "partialFingerprints": { "prometeuPacker/v1": fingerprint(found, seen) },
        "properties": found.properties,
    });
    if let Some(at) = index.get(found.rule.as_str()) {
        result["ruleIndex"] = json!(at);
    }
    if let Some(path) = &found.path {
        let mut place = Map::from_iter([("artifactLocation".to_owned(), location(path))]);
        place.extend(found.spot.as_ref().map(|spot| ("region".to_owned(), region(spot))));
        result["locations"] = json!([{ "physicalLocation": place }]);
    }
    result
}

/// What stays the same when lines are added above: rule, file, asset, the text of the line, and which of several it is.
fn fingerprint(found: &Found, seen: &mut HashMap<String, usize>) -> String {
    let asset = found.properties.get("asset").and_then(|asset| asset["asset_uuid"].as_str()).unwrap_or_default();
    let path = found.path.as_deref().unwrap_or_default();
    let digest = Digest::of([&*found.rule, path, asset, &*found.anchor].join("\n").as_bytes()).to_string();
    let digest = digest[..16].to_owned();
    let times = seen.entry(digest.clone()).and_modify(|times| *times += 1).or_insert(1);
    format!("{digest}:{times}")
}

/// A file that was named by an absolute path is known by its name alone.
fn location(path: &str) -> Value {
    let is_absolute = path.starts_with('/') || path.starts_with('\\') || path.get(1..2) == Some(":");
    match is_absolute || path.split('/').any(|part| part == "..") {
        true => json!({ "uri": encoded(path.rsplit(['/', '\\']).next().unwrap_or_default()) }),
        false => json!({ "uri": encoded(path), "uriBaseId": BASE }),
    }
}

/// A relative reference of RFC 3986: everything but unreserved characters and slashes is percent-encoded, so that no
/// colon is taken for a scheme.
fn encoded(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

fn region(spot: &Spot) -> Value {
    let mut region = json!({ "startLine": spot.line });
    if let Some(column) = spot.column {
        region["startColumn"] = json!(column);
    }
    if let Some(column) = spot.end_column {
        region["endColumn"] = json!(column);
    }
    region
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_a_relative_reference_that_decodes_to_it() {
        assert_eq!(encoded("assets/a b#1%.png"), "assets/a%20b%231%25.png");
        assert_eq!(encoded("c:ä?.png"), "c%3A%C3%A4%3F.png");
    }

    #[test]
    fn no_absolute_path_is_told() {
        assert_eq!(location("/home/me/x.pa"), json!({ "uri": "x.pa" }));
        assert_eq!(location(r"C:\games\x.pa"), json!({ "uri": "x.pa" }));
        assert_eq!(location("../x.pa"), json!({ "uri": "x.pa" }));
        assert_eq!(location("build/x.pa"), json!({ "uri": "build/x.pa", "uriBaseId": BASE }));
    }
}
