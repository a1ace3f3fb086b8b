//! What `build` publishes equals, byte for byte, what a second reader makes of the same files: for the projects that
//! are made here, and for those in the folders that `PROMETEU_CORPUS` lists, separated as in `PATH`.

mod independent;
mod program;

use anyhow::{Context, Result, ensure};
use fixtures::Files;
use libtest_mimic::{Arguments, Failed, Trial};
use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const CORPUS: &str = "PROMETEU_CORPUS";

type Make = fn() -> Files;

const MADE: [(&str, Make); 3] =
    [("showcase", fixtures::showcase), ("encodings", fixtures::encodings), ("both", fixtures::broken::both)];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for (name, make) in MADE {
        trials.push(Trial::test(format!("made::{name}"), move || said(compare(|folder| Ok(make().write(folder)?)))));
        trials.push(Trial::test(format!("reader::{name}"), move || said(readable(make))));
    }
    let corpus: Vec<PathBuf> = env::var_os(CORPUS).iter().flat_map(env::split_paths).collect();
    if corpus.is_empty() && !arguments.list {
        // A note, not a failure: real projects are not part of the repository.
        let note = format!("{CORPUS} lists no projects: only those made here are compared");
        let _ = writeln!(io::stderr(), "{note}");
    }
    for project in corpus {
        let name = project.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        trials.push(Trial::test(format!("corpus::{name}"), move || {
            said(compare(|folder| copy(&project.join("assets"), &folder.join("assets"))))
        }));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn said(result: Result<()>) -> Result<(), Failed> {
    result.map_err(|error| Failed::from(format!("{error:#}")))
}

/// Builds a project, compares what comes out, and has the program verify it.
fn compare(write: impl Fn(&Path) -> Result<()>) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let project = folder.path();
    write(project)?;
    let build = program::run(&["build"], project)?;
    ensure!(build.exit == 0, "build gave {}: {:#}", build.exit, build.report["diagnostics"]);
    let assets = independent::check(project)?;
    let result = &build.report["result"];
    ensure!(result["assets"] == assets, "the report counts {} assets of {assets}", result["assets"]);
    let archive = project.join("build/assets.pa");
    ensure!(result["archive"]["bytes"] == fs::metadata(&archive)?.len(), "the report has another size: {result:#}");
    let verify = program::run(&["verify", archive.to_str().context("a UTF-8 path")?], project)?;
    ensure!(verify.exit == 0, "verify gave {}: {:#}", verify.exit, verify.report["diagnostics"]);
    Ok(())
}

/// The second reader reads a project without an archive at hand.
fn readable(make: Make) -> Result<()> {
    let folder = tempfile::tempdir()?;
    make().write(folder.path())?;
    ensure!(independent::measure(folder.path())? > 0, "no payload");
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for item in fs::read_dir(from).with_context(|| format!("{}", from.display()))? {
        let item = item?;
        let (source, target) = (item.path(), to.join(item.file_name()));
        if item.file_type()?.is_dir() {
            copy(&source, &target)?;
        } else {
            fs::copy(source, target)?;
        }
    }
    Ok(())
}
