//! Watches this program's calls to the system with `strace`, its commands' and the Studio adapter's, over a part of the kit or
//! the whole: nothing is opened outside the project, the folder for temporary files, and what the system itself reads of
//! every program that it starts. And lets `openat2` fail.

use super::super::random::{COMPLETE, is_complete};
use super::adapter;
use super::kit::{self, Case, Ended};
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
const SYSTEM: [&str; 13] = [
    "/etc/ld.so",
    "/lib",
    "/usr/lib",
    "/usr/local/lib",
    "/etc/localtime",
    "/usr/share",
    "/proc/self/maps",
    "/proc/self/cgroup",
    "/proc/self/mountinfo",
    // Glibc's allocator, before it gives memory back.
    "/proc/sys/vm/overcommit_memory",
    "/sys/",
    "/dev/null",
    "/dev/tty",
];
/// What Rust's standard library asks for the number of processors; a project has nothing to say in it.
const PROCESSORS: [&str; 3] = ["/proc/cpuinfo", "/proc/stat", "/proc/self/stat"];
/// Of the whole kit, every so many cases are watched, and all those with links; of each the first commands.
const EVERY: usize = 12;
const COMMANDS: usize = 3;

pub(super) fn examine(program: &Utf8Path, cases: &[Case], place: &Utf8Path) -> anyhow::Result<Traced> {
    if !Command::new("strace").arg("--version").output().is_ok_and(|output| output.status.success()) {
        let reason = "calls to the system were not watched: strace is missing; get it by your system's package manager \
                      (`apt-get install strace`)";
        return Ok(Traced::Skipped(reason.to_owned()));
    }
    let (mut runs, mut sessions, mut walked, mut strange) = (0, 0, 0, Vec::new());
    let complete = is_complete();
    for (at, case) in cases.iter().enumerate() {
        // A large file is the same few calls, many times.
        let is_chosen = (at % EVERY == 0 || case.name.contains("link")) && !case.name.contains("weight");
        if !complete && !is_chosen {
            continue;
        }
        let project = place.join(&case.name);
        let log = place.join("calls.log");
        let mut watched = |shown: &str, end: &dyn Fn(&mut Command) -> anyhow::Result<Ended>| -> anyhow::Result<()> {
            let mut command = Command::new("strace");
            command.args(["-f", "-qq", "-y", "-e", "trace=open,openat,openat2,creat", "-o", log.as_str()]);
            end(command.arg(program).current_dir(&project))?;
            let calls = std::fs::read_to_string(&log).with_context(|| format!("could not read {log}"))?;
            let found = outside(&calls, &project).into_iter();
            strange.extend(found.map(|call| format!("{} `{}`: {call}", case.name, shown.escape_debug())));
            Ok(())
        };
        for run in case.runs.iter().take(if complete { usize::MAX } else { COMMANDS }) {
            watched(&run.arguments.join(" "), &|command| {
                command.args(&run.arguments).args(["--format", "json", "--wait", "0"]).stdin(Stdio::null());
                kit::end(command, kit::whole)
            })?;
            runs += 1;
        }
        let (session, _) = adapter::session(&case.runs, &project);
        watched("serve", &|command| adapter::ask(command.arg("serve"), &session))?;
        sessions += 1;
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
    let sample = if complete { String::new() } else { format!("; {COMPLETE}=1 watches all") };
    let counted = format!(
        "{runs} runs and {sessions} sessions watched for what they open, {walked} runs on links without openat2{sample}"
    );
    Ok(Traced::Done { counted, strange })
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
