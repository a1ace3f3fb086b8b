//! Gate `determinism`: the same input gives the same bytes. It builds several projects with the program as a user
//! would, each under every variation of what must not matter, and compares all four files that a build publishes.

mod project;
mod variation;
mod wide;

use super::random::{Random, SEED, seed};
use super::repository::Repository;
use super::{Gate, Group, Verdict};
use anyhow::{Context, bail};
use camino::{Utf8Path, Utf8PathBuf};
use project::Project;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::io::Read;
use variation::{VARIATIONS, Variation};
use xshell::cmd;

pub(super) const GATE: Gate = Gate {
    name: "determinism",
    why: "one input gives one byte string: in any folder, file order, thread count, locale, zone, umask, file time, and twice",
    group: Group::Packer,
    is_divided: false,
    run,
    repair: "cargo xtask gate --only determinism names project, variation and file; sort what has no order of its own, \
             and take no clock, place or thread into the bytes",
};

/// What a build publishes.
const OUTPUTS: [&str; 4] =
    ["build/assets.pa", "build/asset_table.json", "build/preload.json", "build/asset_table_metadata.json"];
/// Names a list of more projects to build.
const CORPUS: &str = "PROMETEU_CORPUS";

#[derive(Deserialize)]
struct Config {
    determinism: Projects,
}

#[derive(Deserialize)]
struct Projects {
    projects: Vec<String>,
}

/// Builds a copy of a project, under the variation it was made for.
type Build<'a> = &'a dyn Fn(&Utf8Path, &Variation) -> anyhow::Result<()>;

fn run(repository: &Repository) -> anyhow::Result<Verdict> {
    let seed = seed()?;
    let mut notes = vec![format!("{SEED}={seed} repeats this run")];
    let place = repository.shell.create_temp_dir()?;
    let place =
        Utf8Path::from_path(place.path()).context("the folder for temporary files has a name that is not UTF-8")?;
    let program = Utf8PathBuf::try_from(std::env::current_exe()?)?;
    let build = |folder: &Utf8Path, variation: &Variation| variation.build(&repository.shell, &program, folder);
    let mut wrong = Vec::new();
    for project in projects(repository, place, &mut notes)? {
        let found = examine(&project, place, seed, &build)?;
        notes.push(format!("{}: assets.pa has sha256 {}", project.name, found.archive_sha256));
        wrong.extend(found.wrong);
    }
    Ok(if wrong.is_empty() { Verdict::Passed(notes) } else { Verdict::Failed([notes, wrong].concat()) })
}

/// What became of one project.
struct Examined {
    archive_sha256: String,
    wrong: Vec<String>,
}

/// Builds a project plainly and under every variation, each in a fresh copy below `place`.
fn examine(project: &Project, place: &Utf8Path, seed: u64, build: Build<'_>) -> anyhow::Result<Examined> {
    let plain = digests(project, &Variation::PLAIN, place, seed, build)?;
    let mut wrong = Vec::new();
    for variation in VARIATIONS.iter().filter(|variation| variation.is_possible()) {
        let varied = digests(project, variation, place, seed, build)?;
        for ((output, plain), varied) in OUTPUTS.iter().zip(&plain).zip(&varied).filter(|((_, a), b)| a != b) {
            let what = variation.name;
            wrong.push(format!("{}: {output} differs under `{what}`: {varied} instead of {plain}", project.name));
        }
    }
    Ok(Examined { archive_sha256: plain[0].clone(), wrong })
}

/// The digests of what a build publishes, in the order of [`OUTPUTS`].
fn digests(
    project: &Project,
    variation: &Variation,
    place: &Utf8Path,
    seed: u64,
    build: Build<'_>,
) -> anyhow::Result<Vec<String>> {
    let folder = place.join(variation.folder);
    let context = || format!("project {}, variation `{}`", project.name, variation.name);
    project.copy(&folder, variation, &mut Random::new(seed)).with_context(context)?;
    for _ in 0..variation.builds {
        build(&folder, variation).with_context(context)?;
    }
    let digests =
        OUTPUTS.iter().map(|output| digest(&folder.join(output))).collect::<Result<_, _>>().with_context(context)?;
    std::fs::remove_dir_all(&folder).with_context(|| format!("could not remove {folder}"))?;
    Ok(digests)
}

fn digest(path: &Utf8Path) -> anyhow::Result<String> {
    let mut file = std::fs::File::open(path).with_context(|| format!("the build left no {path}"))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()),
            length => hasher.update(&buffer[..length]),
        }
    }
}

/// The repository's own projects, one made here that is wide, and what the caller has beside them.
fn projects(repository: &Repository, place: &Utf8Path, notes: &mut Vec<String>) -> anyhow::Result<Vec<Project>> {
    let path = repository.root.join(".config/gate.toml");
    let text = std::fs::read_to_string(&path).with_context(|| format!("could not read {path}"))?;
    let config: Config = toml::from_str(&text).with_context(|| format!("could not read {path}"))?;
    if config.determinism.projects.is_empty() {
        bail!("{path} names no projects below [determinism]");
    }
    let mut folders: Vec<_> = config.determinism.projects.iter().map(|path| repository.root.join(path)).collect();
    folders.push(wide::make(&place.join("wide"))?);
    match std::env::var_os(CORPUS) {
        Some(list) => {
            for folder in std::env::split_paths(&list) {
                folders.push(repository.root.join(Utf8PathBuf::try_from(folder)?));
            }
        }
        None => notes.push(format!("{CORPUS} is not set, so only the repository's own projects were built")),
    }
    folders.iter().map(|folder| Project::read(folder)).collect()
}

/// One build as a user makes it: `PROGRAM build --project FOLDER`.
impl Variation {
    fn build(&self, shell: &xshell::Shell, program: &Utf8Path, folder: &Utf8Path) -> anyhow::Result<()> {
        let _inside = self.from_inside.then(|| shell.push_dir(folder));
        let project = if self.from_inside { Utf8Path::new(".") } else { folder };
        let arguments = self.arguments;
        let command = match self.umask {
            // A process cannot be started with another umask without unsafe code; the shell can.
            Some(umask) => cmd!(shell, "sh -c 'umask $0 && exec \"$@\"' {umask} {program}"),
            None => cmd!(shell, "{program}"),
        };
        let command = command.args(["build", "--project", project.as_str()]).args(arguments);
        let output = command.envs(self.environment.iter().copied()).quiet().ignore_status().output()?;
        if output.status.success() {
            return Ok(());
        }
        bail!("the build ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
}

#[cfg(test)]
mod tests;
