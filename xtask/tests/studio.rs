//! One truth: every operation through the command line and through the adapter, on the same project, gives one report.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod program;

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// `xtask serve` for one project.
struct Studio {
    child: Child,
    output: BufReader<ChildStdout>,
    next: u64,
}

impl Studio {
    fn open(project: &Path) -> Studio {
        let mut child = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .arg("serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut studio = Studio { child, output, next: 0 };
        let protocol = json!({ "min": 1, "max": 1 });
        let client = json!({ "name": "tests", "version": "1" });
        studio.ask("initialize", json!({ "client": client, "protocol": protocol, "project_root": project }));
        studio
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let text = json!({ "jsonrpc": "2.0", "id": self.next, "method": method, "params": params }).to_string();
        let input = self.child.stdin.as_mut().unwrap();
        write!(input, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        loop {
            let mut line = String::new();
            self.output.read_line(&mut line).unwrap();
            let length: usize = line.trim().strip_prefix("Content-Length: ").unwrap().parse().unwrap();
            self.output.read_line(&mut line).unwrap();
            let mut body = vec![0; length];
            self.output.read_exact(&mut body).unwrap();
            let message: Value = serde_json::from_slice(&body).unwrap();
            if message["id"] == self.next {
                return message["result"].clone();
            }
        }
    }
}

impl Drop for Studio {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the command line says, its exit code and its status in step.
fn command_line(arguments: &[&str], project: &Path) -> Value {
    let program::Run { exit, report } = program::run(arguments, project).unwrap();
    assert_eq!(exit == 0, report["status"] == "ok", "{report}");
    report
}

/// The report without what is made anew each time.
fn plain(mut report: Value) -> Value {
    if report["result"]["elapsed_ms"].is_u64() {
        report["result"]["elapsed_ms"] = json!(0);
    }
    let anew = ["xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", "ddddddddTdddddd.dddZ-xxxxxxxx", "dddd-dd-ddTdd:dd:ddZ"];
    let text = anew.into_iter().fold(report.to_string(), |text, pattern| masked(&text, pattern));
    let mut report: Value = serde_json::from_str(&text).unwrap();
    let result = &report["result"];
    let is_done = result["applied"] == true || result["mode"] == "apply";
    if is_done || result["files"][0]["outcome"] == "rolled-back" {
        // Of which of two folders the preview was that is carried out.
        report["result"]["preview_id"] = json!("(of one folder)");
    }
    report
}

/// The text with the pattern itself in the place of all that fits it: `x` is a hexadecimal digit, `d` a decimal one.
fn masked(text: &str, pattern: &str) -> String {
    let fits = |found: &[u8]| {
        let pairs = std::iter::zip(found, pattern.as_bytes());
        found.len() == pattern.len()
            && pairs.into_iter().all(|(byte, wanted)| match wanted {
                b'x' => byte.is_ascii_hexdigit(),
                b'd' => byte.is_ascii_digit(),
                exact => byte == exact,
            })
    };
    let (mut shown, mut at) = (String::new(), 0);
    while at < text.len() {
        let is_here = text.as_bytes().get(at..at + pattern.len()).is_some_and(fits);
        let end = if is_here { at + pattern.len() } else { at + text[at..].chars().next().map_or(1, char::len_utf8) };
        shown += if is_here { pattern } else { &text[at..end] };
        at = end;
    }
    shown
}

/// A project twice: one for each way.
fn twice(make: &dyn Fn(&Path)) -> [tempfile::TempDir; 2] {
    let one = tempfile::tempdir().unwrap();
    make(one.path());
    let other = tempfile::tempdir().unwrap();
    // The same bytes at the same times, so that previews that depend on either are the same.
    for (path, entry) in fixtures::snapshot(one.path()).unwrap() {
        let to = other.path().join(&path);
        if let fixtures::Entry::File(bytes) = entry {
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::write(&to, bytes).unwrap();
            let time = fs::metadata(one.path().join(&path)).unwrap().modified().unwrap();
            fs::File::options().write(true).open(&to).unwrap().set_modified(time).unwrap();
        } else {
            fs::create_dir_all(&to).unwrap();
        }
    }
    [one, other]
}

fn showcase(folder: &Path) {
    fixtures::showcase().write(folder).unwrap();
    let copied = folder.join("assets/extras/tiles");
    fs::create_dir_all(&copied).unwrap();
    for entry in fs::read_dir(folder.join("assets/world/tiles")).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), copied.join(entry.file_name())).unwrap();
    }
    fs::create_dir_all(folder.join("assets/fresh")).unwrap();
    fs::copy(folder.join("assets/world/tiles/sheet.png"), folder.join("assets/fresh/sheet.png")).unwrap();
}

fn content(project: &Path) -> BTreeMap<String, fixtures::Entry> {
    let mut all = fixtures::snapshot(project).unwrap();
    all.retain(|path, _| {
        // What a build remembers has the identity of this folder's files in it.
        let own = ["assets/.prometeu/txn", "assets/.prometeu/quarantine", "assets/.prometeu/cache.json", "build/"];
        !own.iter().any(|own| path.starts_with(own))
            && path != "assets/fresh/asset.json"
            && !path.starts_with("assets/extras")
    });
    // Minted uuids stand in the registry, too.
    all.remove("assets/.prometeu/index.json");
    all
}

fn same(what: &str, command_line: Value, studio: Value) {
    let (command_line, studio) = (plain(command_line), plain(studio));
    assert!(command_line == studio, "{what}:\ncommand line: {command_line:#}\nstudio: {studio:#}");
}

#[test]
fn what_reads_gives_one_report() {
    for make in [&showcase as &dyn Fn(&Path), &|_| {}, &|folder| {
        showcase(folder);
        fs::write(folder.join("assets/actors/asset.json"), "{\"schema_version\": 3, \"schema_version\": 3}").unwrap();
        fs::write(folder.join("assets/world/tiles/sheet.png"), "no picture").unwrap();
    }] {
        let project = tempfile::tempdir().unwrap();
        make(project.path());
        let mut studio = Studio::open(project.path());
        for (arguments, method, params) in [
            (&["list"][..], "packer/list_assets", json!({})),
            (&["show", "1"], "packer/get_asset_details", json!({ "asset": 1 })),
            (&["show", "actors"], "packer/get_asset_details", json!({ "asset": "actors" })),
            (&["show", "nobody"], "packer/get_asset_details", json!({ "asset": "nobody" })),
            (&["doctor"], "packer/doctor", json!({ "scope": "registered" })),
            (&["doctor", "--workspace"], "packer/doctor", json!({ "scope": "workspace" })),
            (&["explain", "trust/link"], "packer/explain", json!({ "code": "trust/link" })),
            (&["explain", "no/code"], "packer/explain", json!({ "code": "no/code" })),
        ] {
            let studio = studio.ask(method, params);
            same(method, command_line(arguments, project.path()), studio);
        }
        let checked = command_line(&["doctor"], project.path());
        let validated = studio.ask("packer/validate_pack", json!({}));
        assert_eq!(validated["diagnostics"], checked["diagnostics"]);
        assert_eq!(validated["status"], checked["status"]);
        // There is no command for the summary: what it says of an asset, the list says, too.
        let listed = command_line(&["list"], project.path());
        let summary = studio.ask("packer/pack_summary", json!({}));
        for row in summary["result"]["assets"].as_array().into_iter().flatten() {
            let rows = listed["result"]["assets"].as_array().unwrap();
            let same = rows.iter().find(|listed| listed["asset_id"] == row["asset_id"]).unwrap();
            assert_eq!((&row["name"], &row["family"]), (&same["name"], &same["type"]), "{row} {same}");
        }
    }
}

#[test]
fn what_changes_gives_one_preview_one_report_and_one_project() {
    for (arguments, params) in [
        (
            &["register", "fresh", "--type", "glyph_bank", "--name", "fresh", "--tile-size", "16"][..],
            json!({ "operation": "register", "root": "fresh", "type": "glyph_bank", "name": "fresh", "tile_size": 16 }),
        ),
        (
            &["register", "fresh", "--type", "glyph_bank", "--input", "sprites=sheet.png"],
            json!({ "operation": "register", "root": "fresh", "type": "glyph_bank", "inputs": { "sprites": ["sheet.png"] } }),
        ),
        (
            &["register", "fresh", "--type", "sound_bank"],
            json!({ "operation": "register", "root": "fresh", "type": "sound_bank" }),
        ),
        (
            &["register", "../out", "--type", "sound_bank"],
            json!({ "operation": "register", "root": "../out", "type": "sound_bank" }),
        ),
        (
            &["adopt", "extras/tiles", "--new-identity"],
            json!({ "operation": "adopt", "root": "extras/tiles", "new_identity": true }),
        ),
        (&["adopt", "extras/tiles"], json!({ "operation": "adopt", "root": "extras/tiles" })),
        (&["forget", "2"], json!({ "operation": "forget", "asset": 2 })),
        (&["quarantine", "actors"], json!({ "operation": "quarantine", "asset": "actors" })),
        (&["exclude", "world/tiles"], json!({ "operation": "exclude", "asset": "world/tiles" })),
        (&["include", "drafts/boss"], json!({ "operation": "include", "asset": "drafts/boss" })),
        (
            &["relocate", "burst", "effects/burst2"],
            json!({ "operation": "relocate", "asset": "burst", "root": "effects/burst2" }),
        ),
        (&["rename", "ui_font", "letters"], json!({ "operation": "rename", "asset": "ui_font", "name": "letters" })),
        (&["rename", "ui_font", "No!"], json!({ "operation": "rename", "asset": "ui_font", "name": "No!" })),
        (&["rename", "nobody", "x"], json!({ "operation": "rename", "asset": "nobody", "name": "x" })),
        (
            &["restore", "20260101T000000.000Z-00000000"],
            json!({ "operation": "restore", "id": "20260101T000000.000Z-00000000" }),
        ),
        (
            &["undo", "20260101T000000.000Z-00000000"],
            json!({ "operation": "undo", "id": "20260101T000000.000Z-00000000" }),
        ),
        (&["doctor", "--fix"], json!({ "operation": "fix" })),
        (&["migrate"], json!({ "operation": "migrate" })),
        (&["migrate", "--rollback", "nothing"], json!({ "operation": "rollback", "id": "nothing" })),
    ] {
        let [mine, theirs] = twice(&showcase);
        let mut studio = Studio::open(theirs.path());
        let shown = studio.ask("packer/preview", params.clone());
        // A preview is of one folder at one time: both are asked about the same.
        same(&format!("preview of {params}"), command_line(arguments, theirs.path()), shown.clone());
        let Some(id) = shown["result"]["preview_id"].as_str() else { continue };
        let applied = studio.ask("packer/apply", json!({ "preview_id": id }));
        let report = command_line(&[arguments, &["--apply"]].concat(), mine.path());
        same(&format!("apply of {params}"), report, applied.clone());
        assert_eq!(content(mine.path()), content(theirs.path()), "{params}");
    }
}

#[test]
fn removing_setting_up_migrating_and_building_give_one_project() {
    let [mine, theirs] = twice(&showcase);
    let mut studio = Studio::open(theirs.path());
    let id = studio.ask("packer/preview", json!({ "operation": "remove", "asset": "sfx_ui" }))["result"]["preview_id"]
        .clone();
    for (confirm, consent) in [(&["--confirm", "sfx"][..], json!("sfx")), (&["--confirm", "sfx_ui"], json!("sfx_ui"))] {
        let arguments = [&["remove", "sfx_ui", "--apply"][..], confirm].concat();
        let applied = studio.ask("packer/apply", json!({ "preview_id": id, "confirm": consent }));
        let report = command_line(&arguments, mine.path());
        assert_eq!((&report["status"], &report["summary"]), (&applied["status"], &applied["summary"]));
        assert_eq!(report["diagnostics"], applied["diagnostics"]);
    }
    same("build", command_line(&["build"], mine.path()), studio.ask("packer/build", json!({})));
    assert_eq!(
        fs::read(mine.path().join("build/assets.pa")).unwrap(),
        fs::read(theirs.path().join("build/assets.pa")).unwrap()
    );
    assert_eq!(content(mine.path()), content(theirs.path()));

    let old = fixtures::folder().join("frozen/asset-mixed-index-1");
    let [mine, theirs] = twice(&|folder| fixtures::Files::read(&old).unwrap().write(folder).unwrap());
    let mut studio = Studio::open(theirs.path());
    let shown = studio.ask("packer/preview", json!({ "operation": "migrate" }));
    same("migrate", command_line(&["migrate"], theirs.path()), shown.clone());
    let applied = studio.ask("packer/apply", json!({ "preview_id": shown["result"]["preview_id"] }));
    let report = command_line(&["migrate", "--apply"], mine.path());
    assert_eq!(
        (&report["status"], &report["summary"].as_str().unwrap()[..15]),
        (&json!("ok"), &applied["summary"].as_str().unwrap()[..15])
    );

    let [mine, theirs] = twice(&|_| {});
    let mut studio = Studio::open(theirs.path());
    let shown = studio.ask("packer/preview", json!({ "operation": "init" }));
    let applied = studio.ask("packer/apply", json!({ "preview_id": shown["result"]["preview_id"] }));
    let report = command_line(&["init"], mine.path());
    assert_eq!(applied["result"]["workspace"], report["result"]["workspace"]);
    assert_eq!(fixtures::snapshot(mine.path()).unwrap(), fixtures::snapshot(theirs.path()).unwrap());
}

/// One step of a project's life: the command and what a client asks for, `ID` being what the step before gave.
type Step = (&'static str, Value);
/// How a project is made, and the steps that it goes through.
type Life<'a> = (&'a dyn Fn(&Path), Vec<Step>);

#[test]
fn what_names_an_earlier_change_gives_one_report_and_one_trail() {
    let old = fixtures::folder().join("frozen/asset-mixed-index-1");
    let migrated = |folder: &Path| fixtures::Files::read(&old).unwrap().write(folder).unwrap();
    let behind = |folder: &Path| {
        showcase(folder);
        let registry = folder.join("assets/.prometeu/index.json");
        let text = fs::read_to_string(&registry).unwrap();
        let mut index: Value = serde_json::from_str(&text).unwrap();
        index["next_asset_id"] = json!(1);
        fs::write(registry, index.to_string()).unwrap();
    };
    let undo = || ("undo ID", json!({ "operation": "undo" }));
    let restore = ("restore ID", json!({ "operation": "restore" }));
    let rename = ("rename ui_font letters", json!({ "operation": "rename", "asset": "ui_font", "name": "letters" }));
    let quarantine = ("quarantine actors", json!({ "operation": "quarantine", "asset": "actors" }));
    let rollback = ("migrate --rollback ID", json!({ "operation": "rollback" }));
    let only = "registry/allocator-behind";
    let fix = ("doctor --fix --only registry/allocator-behind", json!({ "operation": "fix", "only": only }));
    let lives: [Life<'_>; 3] = [
        (&showcase, vec![rename, undo(), quarantine, restore, undo()]),
        (&migrated, vec![("migrate", json!({ "operation": "migrate" })), rollback]),
        (&behind, vec![fix]),
    ];
    for (make, steps) in lives {
        let [mine, theirs] = twice(make);
        let mut studio = Studio::open(theirs.path());
        let (mut my_id, mut their_id) = (String::new(), String::new());
        for (line, mut params) in steps {
            params["id"] = json!(their_id);
            let shown = studio.ask("packer/preview", params);
            let (my_line, their_line) = (line.replace("ID", &my_id), line.replace("ID", &their_id));
            let arguments: Vec<&str> = their_line.split(' ').collect();
            same(line, command_line(&arguments, theirs.path()), shown.clone());
            let applied = studio.ask("packer/apply", json!({ "preview_id": shown["result"]["preview_id"] }));
            let arguments: Vec<&str> = my_line.split(' ').collect();
            let shown = command_line(&arguments, mine.path())["result"]["preview_id"].as_str().unwrap().to_owned();
            let report = command_line(&[&arguments[..], &["--apply", &shown]].concat(), mine.path());
            (my_id, their_id) = (made(&report), made(&applied));
            same(line, report, applied);
            // A migration mints identities, which its rollback takes back.
            if line != "migrate" {
                assert_eq!(content(mine.path()), content(theirs.path()), "{line}");
            }
        }
        for trail in [&["history"][..], &["recover"], &["migrate", "--history"], &["doctor"]] {
            same(&trail.join(" "), command_line(trail, mine.path()), command_line(trail, theirs.path()));
        }
    }
}

/// What a change that was carried out is called from then on.
fn made(report: &Value) -> String {
    let result = &report["result"];
    let id = result["transaction_id"].as_str().or(result["migration_id"].as_str());
    id.unwrap_or_else(|| panic!("{report:#}")).to_owned()
}

#[test]
fn a_stale_preview_is_refused_alike() {
    let project = tempfile::tempdir().unwrap();
    showcase(project.path());
    let mut studio = Studio::open(project.path());
    let params = json!({ "operation": "rename", "asset": "ui_font", "name": "letters" });
    let id = studio.ask("packer/preview", params)["result"]["preview_id"].as_str().unwrap().to_owned();
    let declaration = project.path().join("assets/ui/font/asset.json");
    let text = fs::read_to_string(&declaration).unwrap();
    fs::write(declaration, text + "\n").unwrap();
    let refused = studio.ask("packer/apply", json!({ "preview_id": id }));
    assert!(refused["diagnostics"].as_array().unwrap().iter().any(|found| found["code"] == "plan/stale"), "{refused}");
    same("stale", command_line(&["rename", "ui_font", "letters", "--apply", &id], project.path()), refused);
}
