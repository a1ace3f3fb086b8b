//! Reads each format as its readers do, strictly, and gives what it says.

use serde_json::Value;
use std::sync::LazyLock;

/// What every format says of one answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Said {
    /// Findings that are errors.
    pub(crate) errors: usize,
    /// Findings that are warnings.
    pub(crate) warnings: usize,
    /// Findings that are notes.
    pub(crate) notes: usize,
}

static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let schema: Value = serde_json::from_str(include_str!("sarif.schema.json")).unwrap();
    jsonschema::validator_for(&schema).unwrap()
});

pub(crate) fn json(text: &str) -> Said {
    let report: Value = serde_json::from_str(text).unwrap();
    assert_eq!(report["report_version"], 1);
    let count = |name: &str| usize::try_from(report["counts"][name].as_u64().unwrap()).unwrap();
    Said { errors: count("errors"), warnings: count("warnings"), notes: count("notes") }
}

/// A SARIF document that is valid, and whose references lead somewhere.
pub(crate) fn sarif(text: &str) -> (Value, Said) {
    let document: Value = serde_json::from_str(text).unwrap();
    let wrong: Vec<String> =
        SCHEMA.iter_errors(&document).map(|error| format!("{} at {}", error, error.instance_path())).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let run = &document["runs"][0];
    let results = run["results"].as_array().unwrap();
    for result in results {
        let rule = &run["tool"]["driver"]["rules"][usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        for location in result["locations"].as_array().into_iter().flatten() {
            let file = &location["physicalLocation"]["artifactLocation"];
            assert!(
                file["uriBaseId"].is_null()
                    || run["originalUriBaseIds"][file["uriBaseId"].as_str().unwrap()].is_object()
            );
        }
    }
    let count = |level: &str| results.iter().filter(|result| result["level"] == level).count();
    let said = Said { errors: count("error"), warnings: count("warning"), notes: count("note") };
    (document, said)
}

/// Workflow commands and nothing else; the last one says how it ended and is no finding.
pub(crate) fn github(text: &str) -> (Vec<Annotation>, Said) {
    let mut annotations: Vec<Annotation> = text.lines().map(annotation).collect();
    let last = annotations.pop().unwrap();
    assert!(last.property("title").unwrap().starts_with("prometeu-packer "), "{last:?}");
    let count = |level: &str| annotations.iter().filter(|annotation| annotation.level == level).count();
    let said = Said { errors: count("error"), warnings: count("warning"), notes: count("notice") };
    (annotations, said)
}

/// One workflow command, decoded.
#[derive(Debug)]
pub(crate) struct Annotation {
    pub(crate) level: String,
    pub(crate) properties: Vec<(String, String)>,
    pub(crate) message: String,
}

impl Annotation {
    pub(crate) fn property(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// As the runner reads a line: name and properties up to the next `::`, properties parted by commas.
fn annotation(line: &str) -> Annotation {
    let (head, message) =
        line.strip_prefix("::").and_then(|rest| rest.split_once("::")).unwrap_or_else(|| panic!("{line}"));
    let (level, properties) = head.split_once(' ').unwrap();
    assert!(matches!(level, "error" | "warning" | "notice"), "{line}");
    let decoded = |text: &str| {
        let plain = text.replace("%3A", ":").replace("%2C", ",").replace("%0A", "\n").replace("%0D", "\r");
        plain.replace("%25", "%")
    };
    let property = |property: &str| {
        let (key, value) = property.split_once('=').unwrap_or_else(|| panic!("{line}"));
        assert!(matches!(key, "file" | "line" | "col" | "endColumn" | "title"), "{line}");
        (key.to_owned(), decoded(value))
    };
    Annotation {
        level: level.to_owned(),
        properties: properties.split(',').map(property).collect(),
        message: decoded(message),
    }
}

/// What a dashboard reads from JUnit XML: each case with whether it failed. The counts are right.
pub(crate) fn junit(text: &str) -> Vec<(String, bool)> {
    let document = roxmltree::Document::parse(text).unwrap_or_else(|error| panic!("{error} in {text}"));
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "testsuites");
    let suites: Vec<_> = root.children().filter(roxmltree::Node::is_element).collect();
    assert_eq!(suites.len(), 1);
    let cases: Vec<_> = suites[0].children().filter(roxmltree::Node::is_element).collect();
    let outcome = |case: &roxmltree::Node<'_, '_>, name: &str| case.children().any(|child| child.has_tag_name(name));
    for counted in [root, suites[0]] {
        let said = |name: &str| counted.attribute(name).unwrap().parse::<usize>().unwrap();
        let found = |name: &str| cases.iter().filter(|case| outcome(case, name)).count();
        assert_eq!(said("tests"), cases.len());
        assert_eq!(
            (said("failures"), said("errors"), said("skipped")),
            (found("failure"), found("error"), found("skipped"))
        );
    }
    let mut names: Vec<(String, bool)> = Vec::new();
    for case in &cases {
        assert!(case.has_tag_name("testcase"), "{case:?}");
        for child in case.children().filter(roxmltree::Node::is_element) {
            assert!(matches!(child.tag_name().name(), "failure" | "error" | "skipped" | "system-out"), "{child:?}");
            assert!(child.children().all(|inside| inside.is_text()), "{child:?}");
        }
        names.push((case.attribute("name").unwrap().to_owned(), outcome(case, "failure") || outcome(case, "error")));
    }
    let unique: std::collections::BTreeSet<&str> = names.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(unique.len(), names.len(), "two cases of one name in {names:?}");
    names
}
