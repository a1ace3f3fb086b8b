//! Every command of the program, on one screen.

mod flags;

use crate::{bench, formats, gate};
use clap::builder::NonEmptyStringValueParser;
use clap::{Args as _, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
pub(crate) use flags::{AssetArg, Doctor, How, Migrate, Page, Register, TypeWord};
use std::path::PathBuf;

/// Packs a game project's assets folder into one deterministic archive, assets.pa
#[derive(Debug, Parser)]
#[command(name = "prometeu-packer", version, arg_required_else_help = true, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) global: Global,
}

/// Who a program is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Who works on the packer, in its repository.
    Maintainers,
    /// Who makes games with it.
    GameMakers,
}

/// Commands that work on the packer's repository, or are about it.
const MAINTAINING: [&str; 9] =
    ["gate", "bench", "fuzz", "mutants", "hostile", "schemas", "docs", "new-step", "completions"];

impl Cli {
    /// The command line that an audience has.
    pub(crate) fn for_audience(audience: Audience) -> clap::Command {
        let all = Cli::command();
        if audience == Audience::Maintainers {
            return all;
        }
        let kept = all.get_subcommands().filter(|command| !MAINTAINING.contains(&command.get_name())).cloned();
        let alone = clap::Command::new("prometeu-packer")
            .version(env!("CARGO_PKG_VERSION"))
            .about(all.get_about().cloned().unwrap_or_default())
            .arg_required_else_help(true)
            .subcommand_required(true)
            .propagate_version(true);
        Global::augment_args(alone).subcommands(kept)
    }

    /// Reads a command line.
    pub(crate) fn read<W: Into<std::ffi::OsString> + Clone>(
        audience: Audience,
        arguments: impl IntoIterator<Item = W>,
    ) -> Result<Cli, clap::Error> {
        let mut command = Cli::for_audience(audience);
        let matches = command.try_get_matches_from_mut(arguments)?;
        Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct Global {
    /// The project: the folder that holds assets/
    #[arg(long, global = true, value_name = "DIR", default_value = ".")]
    pub(crate) project: PathBuf,
    /// How the answer is written
    #[arg(long, global = true, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
    /// Change a limit for this run; `limits` lists them
    #[arg(long, global = true, value_name = "NAME=VALUE")]
    pub(crate) limit: Vec<String>,
    /// For maintainers: read no older versions of a format than this one, as a later packer might; `window` lists them
    #[arg(long, global = true, hide = true, value_name = "ARTIFACT=N")]
    pub(crate) window_floor: Vec<String>,
    /// Threads that read and decode [default: one for each processor]
    #[arg(long, global = true, value_name = "N")]
    pub(crate) threads: Option<u16>,
    /// How many seconds to wait for another writer
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 5)]
    pub(crate) wait: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Human,
    /// One JSON document
    Json,
    /// SARIF 2.1.0, for code scanning; of `doctor`, `build`, `migrate`, `verify` and `gate`, as the next two
    Sarif,
    /// Workflow commands, which GitHub shows as annotations
    Github,
    /// JUnit XML, for test dashboards
    Junit,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make the registry of a new project
    Init,
    /// List every root and how it is
    List,
    /// Show everything about one asset
    Show {
        /// An id, a uuid, a root or a name
        asset: String,
    },
    /// Examine everything that a build would look at
    Doctor(Doctor),
    /// Make an asset of a folder of PNG pictures or WAV sounds: write its declaration and register it
    Register(Register),
    /// Register a root that has a declaration
    Adopt {
        /// Relative to assets/
        root: String,
        /// Give a copied folder an identity of its own
        #[arg(long)]
        new_identity: bool,
        #[command(flatten)]
        how: How,
    },
    /// Drop an asset's entry and leave its files
    Forget {
        #[command(flatten)]
        asset: AssetArg,
        #[command(flatten)]
        how: How,
    },
    /// Delete an asset's folder and its entry
    Remove {
        #[command(flatten)]
        asset: AssetArg,
        /// The asset's name, typed to agree
        #[arg(long, value_name = "NAME")]
        confirm: Option<String>,
        #[command(flatten)]
        how: How,
    },
    /// Take an asset out of the way, folder and entry together
    Quarantine {
        #[command(flatten)]
        asset: AssetArg,
        #[command(flatten)]
        how: How,
    },
    /// Bring a quarantined asset back under the same id
    Restore {
        /// As `list` shows it
        id: String,
        #[command(flatten)]
        how: How,
    },
    /// Move an asset's folder; its identity stays
    Relocate {
        #[command(flatten)]
        asset: AssetArg,
        /// The new root, relative to assets/
        root: String,
        #[command(flatten)]
        how: How,
    },
    /// Give an asset another name; its identity stays
    Rename {
        #[command(flatten)]
        asset: AssetArg,
        /// The new name
        name: String,
        #[command(flatten)]
        how: How,
    },
    /// Let an asset take part in builds
    Include {
        #[command(flatten)]
        asset: AssetArg,
        #[command(flatten)]
        how: How,
    },
    /// Keep an asset out of builds
    Exclude {
        #[command(flatten)]
        asset: AssetArg,
        #[command(flatten)]
        how: How,
    },
    /// Undo one transaction, as one more
    Undo {
        /// As `history` shows it
        id: String,
        #[command(flatten)]
        how: How,
    },
    /// Pack the project into build/assets.pa
    Build {
        /// Plan and validate, write nothing
        #[arg(long)]
        check: bool,
        /// Make every payload anew
        #[arg(long)]
        full: bool,
    },
    /// Check that an archive is exactly what a build could have written
    Verify {
        /// The archive
        file: PathBuf,
        /// Account for every byte
        #[arg(long)]
        explain_bytes: bool,
    },
    /// Make one HTML page about the project: what is in the archive, what is wrong, what changed since the last build
    Report(Page),
    /// Bring the project's own files to current versions: a preview, unless told to apply it
    Migrate(Migrate),
    /// List every kept transaction
    History,
    /// Show and settle what was left unfinished
    Recover {
        /// Keep files that were edited since, bring the others back
        #[arg(long)]
        keep_edited: bool,
        /// Carry it out; with an id, only if the preview is still exactly that one
        #[arg(long, value_name = "PREVIEW_ID", num_args = 0..=1, value_parser = NonEmptyStringValueParser::new())]
        apply: Option<Option<String>>,
    },
    /// Print the versions of each format that are written and read
    Window,
    /// Print the limits that projects are held to
    Limits,
    /// Explain a diagnostic code
    Explain {
        /// Such as `trust/link`
        code: String,
    },
    /// Speak to Studio on standard input and output (JSON-RPC), for the project that it names
    Serve,
    /// Run the production gates
    Gate(gate::Args),
    /// Write the JSON Schemas of all formats
    Schemas {
        /// Write nothing; fail when a schema is not as the code says
        #[arg(long)]
        check: bool,
    },
    /// Write the generated parts of the docs
    Docs {
        /// Write nothing; fail when a page is not as the code says
        #[arg(long)]
        check: bool,
    },
    /// Begin a new version of a format: the step, the tables, the fixtures
    NewStep(formats::NewStep),
    /// Measure the commands against what the machine needs at least
    Bench(bench::Args),
    /// Write the hostile kit, with kit.json as its index
    Hostile {
        /// Where to; it is made
        folder: camino::Utf8PathBuf,
    },
    /// Fuzz one target, or each in turn
    Fuzz {
        /// As in fuzz/fuzz_targets
        target: Option<String>,
        /// For how long each
        #[arg(long, value_name = "N", default_value_t = 60)]
        seconds: u32,
        /// What watches its memory
        #[arg(long, value_enum, default_value_t)]
        sanitizer: gate::fuzz::Sanitizer,
    },
    /// Change the code bit by bit, and list what no test notices
    Mutants {
        /// Whole files, as patterns [default: what changed, in any]
        #[arg(value_name = "FILE")]
        files: Vec<String>,
        /// What version control calls the state before the changes
        #[arg(long, value_name = "COMMIT", default_value = "main")]
        since: String,
    },
    /// Print what lets a shell complete `prometeu-packer`
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Merge the registry of two branches; for version control, which names three files and takes the second as result
    MergeRegistry {
        /// What both branches began with
        base: PathBuf,
        /// This branch's; the result is written there
        ours: PathBuf,
        /// The other branch's
        theirs: PathBuf,
    },
}

impl Command {
    /// Whether it checks something, so that its answer can be had in the formats of checkers.
    pub(crate) fn is_check(&self) -> bool {
        matches!(
            self,
            Command::Doctor(_)
                | Command::Build { .. }
                | Command::Verify { .. }
                | Command::Migrate(_)
                | Command::Gate(_)
        )
    }

    /// The operation's name in reports.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Command::Init => "init",
            Command::List => "list",
            Command::Show { .. } => "show",
            Command::Doctor(_) => "doctor",
            Command::Register(_) => "register",
            Command::Adopt { .. } => "adopt",
            Command::Forget { .. } => "forget",
            Command::Remove { .. } => "remove",
            Command::Quarantine { .. } => "quarantine",
            Command::Restore { .. } => "restore",
            Command::Relocate { .. } => "relocate",
            Command::Rename { .. } => "rename",
            Command::Include { .. } => "include",
            Command::Exclude { .. } => "exclude",
            Command::Undo { .. } => "undo",
            Command::Build { .. } => "build",
            Command::Verify { .. } => "verify",
            Command::Report(_) => "report",
            Command::Migrate(_) => "migrate",
            Command::History => "history",
            Command::Recover { .. } => "recover",
            Command::Window => "window",
            Command::Limits => "limits",
            Command::Explain { .. } => "explain",
            Command::Serve => "serve",
            Command::Gate(_) => "gate",
            Command::Bench(_) => "bench",
            Command::Hostile { .. } => "hostile",
            Command::Fuzz { .. } => "fuzz",
            Command::Mutants { .. } => "mutants",
            Command::Schemas { .. } => "schemas",
            Command::Docs { .. } => "docs",
            Command::NewStep(_) => "new-step",
            Command::Completions { .. } => "completions",
            Command::MergeRegistry { .. } => "merge-registry",
        }
    }
}
