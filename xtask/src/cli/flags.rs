//! The flags of the commands that have many, or that share them with others.

use clap::ValueEnum;
use clap::builder::NonEmptyStringValueParser;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct AssetArg {
    /// An id, a uuid, a root or a name
    pub(crate) asset: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct How {
    /// Carry it out; with an id, only if the preview is still exactly that one
    #[arg(long, value_name = "PREVIEW_ID", num_args = 0..=1, value_parser = NonEmptyStringValueParser::new())]
    pub(crate) apply: Option<Option<String>>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Register {
    /// The folder, relative to assets/
    pub(crate) root: String,
    /// What it becomes [default: a glyph bank if it holds pictures, a sound bank if it holds sounds]
    #[arg(long = "type", value_name = "TYPE", value_enum)]
    pub(crate) bank: Option<TypeWord>,
    /// Its name [default: the folder's]
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// A file of the folder and what it is for: sprites, palettes, sources or payload; may be repeated [default: all
    /// that lie in the folder, walk2.png before walk10.png, palettes made from the pictures if there are none]
    #[arg(long, value_name = "ROLE=PATH", value_parser = role_and_path)]
    pub(crate) input: Vec<(String, String)>,
    /// Side of a tile in pixels: 8, 16 or 32 [default: as large as divides all pictures]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub(crate) tile_size: Option<i64>,
    #[command(flatten)]
    pub(crate) how: How,
}

/// The types of assets, as declarations spell them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum TypeWord {
    /// PNG pictures cut into tiles, and palettes
    GlyphBank,
    /// WAV sounds
    SoundBank,
}

fn role_and_path(text: &str) -> Result<(String, String), String> {
    let (role, path) = text.split_once('=').ok_or("an input is written ROLE=PATH, such as sprites=hero.png")?;
    Ok((role.to_owned(), path.to_owned()))
}

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Doctor {
    /// Look at the rest of the workspace as well, for what could be tidier
    #[arg(long)]
    pub(crate) workspace: bool,
    /// Show the safe repairs of what was found; with --apply, make them
    #[arg(long)]
    pub(crate) fix: bool,
    /// Repair what has this code, such as `registry/duplicate-id`, and nothing else
    #[arg(long, value_name = "CODE", requires = "fix")]
    pub(crate) only: Option<String>,
    /// What keeps an id or a name that several claim, or which of two uuids is right [default: what the registry says first]
    #[arg(long, value_name = "UUID", requires = "only")]
    pub(crate) keep: Option<String>,
    /// Make the repairs; with an id, only if the preview is still exactly that one, which all but the safe ones ask for
    #[arg(long, value_name = "PREVIEW_ID", num_args = 0..=1, value_parser = NonEmptyStringValueParser::new(), requires = "fix")]
    pub(crate) apply: Option<Option<String>>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Page {
    /// The project; the same as `--project DIR`
    #[arg(value_name = "PROJECT", conflicts_with = "project")]
    pub(crate) folder: Option<PathBuf>,
    /// Where the page goes; only an earlier page is replaced [default: build/report.html in the project]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Migrate {
    /// For CI: fail when a file is old; writes nothing at all
    #[arg(long, conflicts_with_all = ["apply", "rollback", "history", "forget"])]
    pub(crate) check: bool,
    /// Carry it out; with an id, only if the preview is still exactly that one
    #[arg(long, value_name = "PREVIEW_ID", num_args = 0..=1, value_parser = NonEmptyStringValueParser::new())]
    pub(crate) apply: Option<Option<String>>,
    /// Bring back what a migration changed
    #[arg(long, value_name = "ID", conflicts_with_all = ["history", "forget"])]
    pub(crate) rollback: Option<String>,
    /// List the migrations that are kept
    #[arg(long, conflicts_with_all = ["apply", "forget"])]
    pub(crate) history: bool,
    /// Drop what a rollback would need
    #[arg(long, value_name = "ID", conflicts_with = "apply")]
    pub(crate) forget: Option<String>,
}
