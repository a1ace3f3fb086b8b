//! Every answer to a version, for every file that has one, through the program: code, place, exit code, what still works,
//! and that nothing is written.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../program/mod.rs"]
mod program;
#[path = "../shape/mod.rs"]
mod shape;
mod declaration;
mod registry;
mod journal;
mod cache;
mod tables;

use fixtures::broken::both;
use fixtures::{INDEX, snapshot};
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const UI: &str = "assets/ui/asset.json";
const JOURNAL: &str = "assets/.prometeu/txn/20261101T120000.000Z-00000001/journal.json";

/// What is no integer from 1 to 65535 in plain digits.
const MALFORMED: [&str; 16] = [
    "\"3\"",
    "\"\"",
    "3.0",
    "3e0",
    "3E0",
    "-1",
    "-0",
    "0",
    "null",
    "true",
    "[3]",
    "{\"is\": 3}",
    "65536",
    "18446744073709551616",
    "99999999999999999999999999999999",
    "1e400",
];

/// Commands that look at the registry and every root.
const LOOKING: [&[&str]; 3] = [&["doctor"], &["build", "--check"], &["migrate", "--check"]];
const ACTING: [&[&str]; 3] = [&["build"], &["migrate"], &["migrate", "--apply"]];
/// Commands that would change the registry, a declaration or both.
const CHANGING: [&[&str]; 10] = [
    &["register", "new", "--apply"],
    &["adopt", "stray", "--apply"],
    &["forget", "1", "--apply"],
    &["remove", "1", "--confirm", "ui", "--apply"],
    &["quarantine", "1", "--apply"],
    &["relocate", "1", "elsewhere", "--apply"],
    &["rename", "1", "other", "--apply"],
    &["include", "1", "--apply"],
    &["exclude", "1", "--apply"],
    &["undo", "20261101T120000.000Z-00000001", "--apply"],
];
const LISTING: [&[&str]; 2] = [&["list"], &["show", "1"]];
/// Commands that look at what was done.
const PAST: [&[&str]; 7] = [
    &["history"],
    &["migrate", "--history"],
    &["migrate", "--rollback", "20261101T120000.000Z-00000001"],
    &["migrate", "--rollback", "20261101T120000.000Z-00000001", "--apply"],
    &["migrate", "--forget", "20261101T120000.000Z-00000001"],
    &["recover"],
    &["recover", "--keep-edited", "--apply"],
];
/// Commands that need no project.
const TABLES: [&[&str]; 3] = [&["window"], &["limits"], &["explain", "version/too-new"]];

/// What the packer says of a version.
struct Answer {
    /// As it stands in the file; nothing when it is missing.
    version: Option<String>,
    code: &'static str,
    /// The floor that makes it too old.
    floor: Option<String>,
    /// Whether it stands for all of its kind in the longer tables.
    is_typical: bool,
}

fn answers(name: &str, oldest: u16, newest: u16) -> Vec<Answer> {
    let plain = |version: Option<&str>, code, is_typical| Answer {
        version: version.map(str::to_owned),
        code,
        floor: None,
        is_typical,
    };
    let mut all = vec![plain(None, "version/missing", true)];
    all.extend(MALFORMED.map(|version| plain(Some(version), "version/malformed", version == "-0")));
    all.push(plain(Some(&(newest + 1).to_string()), "version/too-new", true));
    all.push(plain(Some("65535"), "version/too-new", false));
    let floor = Some(format!("--window-floor={name}={}", oldest + 1));
    all.push(Answer { floor, ..plain(Some(&oldest.to_string()), "version/too-old", true) });
    all
}

impl Answer {
    /// A file of which nothing else can be understood: the version is read before anything.
    fn file(&self) -> String {
        let version = self.version.as_ref().map_or(String::new(), |text| format!("  \"schema_version\": {text},\n"));
        format!(
            "{{\n  \"unheard_of\": {{\"deep\": [null, 1e999, -0, {{\"\": true}}]}},\n{version}  \"asset_uuid\": 7,\n  \
             \"assets\": \"none\",\n  \"changes\": {{}},\n  \"name\": [[]]\n}}\n"
        )
    }

    /// Checks what is said of the file at `path`, once and no more.
    fn check(&self, report: &Value, path: &str, is_blocking: bool) {
        let about = all(report, path);
        assert_eq!(about.len(), 1, "{path} {:?}: {report:#}", self.version);
        let finding = about[0];
        assert_eq!((finding["code"].as_str(), finding["blocking"].as_bool()), (Some(self.code), Some(is_blocking)));
        let offset = self.version.as_ref().map_or(0, |_| {
            let key = "\"schema_version\": ";
            self.file().find(key).unwrap() + key.len()
        });
        let (line, column) = if self.version.is_some() { (3, 21) } else { (1, 1) };
        let span = &finding["span"];
        assert_eq!((&span["line"], &span["column"], &span["offset"]), (&line.into(), &column.into(), &offset.into()));
        let said = format!("{} {}", finding["message"].as_str().unwrap(), finding["help"].as_str().unwrap());
        let name = Path::new(path).file_name().unwrap().to_str().unwrap();
        assert!(said.contains(name) && said.contains("this packer reads"), "{said}");
        assert!(self.version.as_ref().is_none_or(|version| said.contains(version.as_str())), "{said}");
        assert!(finding["evidence"]["min"].is_u64() && finding["evidence"]["max"].is_u64(), "{finding:#}");
        if matches!(self.code, "version/too-new" | "version/too-old") {
            assert_eq!(finding["evidence"]["found"].to_string(), *self.version.as_ref().unwrap());
        }
    }
}

fn project() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    both().write(folder.path()).unwrap();
    folder
}

fn put(project: &Path, path: &str, content: impl AsRef<[u8]>) {
    let path = project.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

fn edit(project: &Path, path: &str, from: &str, to: &str) {
    let text = fs::read_to_string(project.join(path)).unwrap();
    assert!(text.contains(from), "{path} has {from}");
    fs::write(project.join(path), text.replacen(from, to, 1)).unwrap();
}

/// Runs a command that ends with `exit`; its answer has the shape of all answers.
fn run(project: &Path, command: &[&str], floor: Option<&String>, exit: i32) -> Value {
    // No other writer is at work here that would have to be waited for.
    let arguments: Vec<&str> = command.iter().copied().chain(floor.map(String::as_str)).chain(["--wait=0"]).collect();
    let run = program::run(&arguments, project).unwrap();
    assert_eq!(run.exit, exit, "{arguments:?} {:#}", run.report);
    let is_inspection = matches!(command[0], "list" | "show");
    if !is_inspection {
        shape::check(&run.report, command[0], exit).unwrap_or_else(|error| panic!("{arguments:?}: {error:#}"));
    }
    run.report
}

/// The same of a command that must leave everything as it is.
fn unchanged(project: &Path, command: &[&str], floor: Option<&String>, exit: i32) -> Value {
    let before = snapshot(project).unwrap();
    let report = run(project, command, floor, exit);
    assert!(snapshot(project).unwrap() == before, "{command:?} changed something");
    report
}

fn all<'r>(report: &'r Value, path: &str) -> Vec<&'r Value> {
    report["diagnostics"].as_array().unwrap().iter().filter(|finding| finding["path"] == path).collect()
}

fn codes(report: &Value) -> Vec<&str> {
    report["diagnostics"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

fn commands<'c>(tables: &[&'c [&'c [&'c str]]]) -> Vec<&'c [&'c str]> {
    tables.concat()
}
