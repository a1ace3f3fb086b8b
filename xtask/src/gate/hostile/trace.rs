//! Watches this program's calls to the system with `strace`, over a part of the kit: nothing is opened outside the project,
//! the folder for temporary files, and what the system itself reads of every program that it starts. And lets `openat2` fail.

use super::kit::{self, Case, Run};
use anyhow::Context;
use camino::Utf8Path;
use std::process::{Command, Stdio};

/// What came of it.
pub(super) enum Traced {
    /// How much was watched, and what was opened elsewhere.
    Done { counted: String, strange: Vec<String> },
    /// Why nothing could be watched.
    Skipped(String),
}

/// What the loader, the C library and Rust's own start read: libraries, locale, the machine's processors and memory.
const SYSTEM: [&str; 12] = [
    "/etc/ld.so",
    "/lib",
    "/usr/lib",
    "/usr/local/lib",
    "/etc/localtime",
    "/usr/share",
    "/proc/self/maps",
    "/proc/self/cgroup",
    "/proc/self/mountinfo",
    "/sys/",
    "/dev/null",
    "/dev/tty",
];
/// What Rust's standard library asks for the number of processors; a project has nothing to say in it.
const PROCESSORS: [&str; 3] = ["/proc/cpuinfo", "/proc/stat", "/proc/self/stat"];
/// Every so many cases are watched, and all those with links.
const EVERY: usize = 12;

pub(super) fn examine(program: &Utf8Path, cases: &[Case], place: &Utf8Path) -> anyhow::Result<Traced> {
    if !Command::new("strace").arg("--version").output().is_ok_and(|output| output.status.success()) {
        let reason = "calls to the system were not watched: strace is missing; get it by your system's package manager \
                      (`apt-get install strace`)";
        return Ok(Traced::Skipped(reason.to_owned()));
    }
    let (mut runs, mut walked, mut strange) = (0, 0, Vec::new());
    for (at, case) in cases.iter().enumerate() {
        // A large file is the same few calls, many times.
        if (at % EVERY != 0 && !case.name.contains("link")) || case.name.contains("weight") {
            continue;
        }
        for run in case.runs.iter().take(3) {
            let project = place.join(&case.name);
            let found = outside(&watch(program, run, &project, place)?, &project);
            strange.extend(
                found
                    .into_iter()
                    .map(|call| format!("{} `{}`: {call}", case.name, run.arguments.join(" ").escape_debug())),
            );
            runs += 1;
        }
    }
    // Kernels before 5.6 have no openat2; whatever it keeps in has to be kept in without it.
    for case in cases.iter().filter(|case| case.name.contains("link")) {
        let project = place.join(&case.name);
        let inject = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "inject=openat2:error=ENOSYS", program.as_str()];
        for run in &case.runs {
            let answer = kit::ask(&inject, run, &project)?;
            let wrong = kit::judge(run, &answer).into_iter();
            let shown = run.arguments.join(" ").escape_debug().to_string();
            strange.extend(wrong.map(|why| format!("{} `{shown}` without openat2: {why}", case.name)));
            walked += 1;
        }
    }
    strange.truncate(50);
    Ok(Traced::Done {
        counted: format!("{runs} runs watched for what they open, {walked} on links without openat2"),
        strange,
    })
}

fn watch(program: &Utf8Path, run: &Run, folder: &Utf8Path, place: &Utf8Path) -> anyhow::Result<String> {
    let log = place.join("calls.log");
    let status = Command::new("strace")
        .args(["-f", "-qq", "-y", "-e", "trace=open,openat,openat2,creat", "-o", log.as_str(), program.as_str()])
        .args(&run.arguments)
        .args(["--format", "json", "--wait", "0"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.context("could not start strace")?;
    std::fs::read_to_string(&log).with_context(|| format!("could not read {log}"))
}

/// The calls that opened something that is neither the project's nor the system's own. `strace -y` writes the path of every
/// file that it opened behind the call, links resolved: that is what counts, not what was asked for.
pub(super) fn outside(calls: &str, project: &Utf8Path) -> Vec<String> {
    let real = std::fs::read_link(project).ok().map(|path| path.display().to_string());
    let project = real.unwrap_or_else(|| project.to_string());
    let opened = calls.lines().filter_map(|line| {
        let (_, answer) = line.rsplit_once(" = ")?;
        let (_, path) = answer.split_once('<')?;
        Some((line, path.rsplit_once('>')?.0.to_owned()))
    });
    let mut strange = Vec::new();
    for (line, path) in opened {
        let is_project = path == project || path.starts_with(&format!("{project}/"));
        let is_system = SYSTEM.iter().chain(&PROCESSORS).any(|start| path.starts_with(start));
        let is_process = path.starts_with("/proc/")
            && SYSTEM
                .iter()
                .chain(&PROCESSORS)
                .any(|known| known.strip_prefix("/proc/self").is_some_and(|end| path.ends_with(end)));
        if !is_project && !is_system && !is_process {
            strange.push(line.escape_debug().to_string());
        }
    }
    strange
}
