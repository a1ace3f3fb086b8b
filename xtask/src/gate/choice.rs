//! Which gates run: the flags of `cargo xtask gate`, and what is chosen by them.

use super::{Gate, TABLE};
use camino::Utf8PathBuf;
use clap::ValueEnum;
use std::fmt::Display;
use std::str::FromStr;

/// Whose promise a gate proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Group {
    /// The packer's, without the Studio adapter's server
    Packer,
    /// The way through the Studio adapter
    Studio,
    /// The repository's: style, docs, supply chain
    Repo,
}

impl Group {
    /// Its word on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Group::Packer => "packer",
            Group::Studio => "studio",
            Group::Repo => "repo",
        }
    }
}

/// One of several machines that share the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shard {
    /// From 1.
    index: usize,
    /// How many there are.
    count: usize,
}

impl Shard {
    /// Whether the gate in this place of the choice, from 0, is this machine's. Tests are divided one by one instead.
    fn takes(self, at: usize) -> bool {
        at % self.count + 1 == self.index
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let parts = text.split_once('/').and_then(|(index, count)| Some((index.parse().ok()?, count.parse().ok()?)));
        match parts {
            Some((index, count)) if 1 <= index && index <= count => Ok(Shard { index, count }),
            _ => Err("a shard is I/N with I from 1 to N, such as 2/3".to_owned()),
        }
    }
}

impl Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

/// The flags of `cargo xtask gate`.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Args {
    /// List the gates with what each one proves, and run none
    #[arg(long)]
    pub(crate) list: bool,
    /// Run these gates only
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub(super) only: Vec<String>,
    /// Run the gates of these groups only
    #[arg(long, value_enum, value_delimiter = ',')]
    pub(super) group: Vec<Group>,
    /// Leave these gates out
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub(super) skip: Vec<String>,
    /// Run the remaining gates after one has failed
    #[arg(long)]
    pub(super) keep_going: bool,
    /// Fail where a gate has to be skipped because a tool is missing
    #[arg(long)]
    pub(super) strict: bool,
    /// Run the I-th of N parts: tests are divided one by one, the other gates among the parts
    #[arg(long, value_name = "I/N")]
    pub(super) shard: Option<Shard>,
    /// Write gate.json, gate.md for people and gate.xml for test dashboards into DIR
    #[arg(long, value_name = "DIR")]
    pub(crate) report: Option<Utf8PathBuf>,
}

/// What to run and how.
#[derive(Debug)]
pub(crate) struct GateOptions {
    /// The gates, in the order in which they run.
    pub(super) gates: Vec<&'static Gate>,
    /// Whether the rest runs after a failure.
    pub(super) keep_going: bool,
    /// Whether a gate that had to be skipped has failed.
    pub(super) refuse_skips: bool,
    /// Which part of the work is done here; all of it when absent.
    pub(super) shard: Option<Shard>,
}

impl Args {
    /// What to run.
    ///
    /// # Errors
    /// [`WrongChoice`] when a flag names no gate, or nothing is left to run.
    pub(crate) fn options(&self) -> Result<GateOptions, WrongChoice> {
        let unknown = |name: &&String| !TABLE.iter().any(|gate| gate.name == name.as_str());
        if let Some(name) = self.only.iter().chain(&self.skip).find(unknown) {
            return Err(WrongChoice::UnknownGate(name.clone()));
        }
        let names = |names: &[String], gate: &Gate| names.iter().any(|name| name == gate.name);
        let is_chosen = |gate: &&Gate| {
            (self.only.is_empty() || names(&self.only, gate))
                && (self.group.is_empty() || self.group.contains(&gate.group))
                && !names(&self.skip, gate)
        };
        let (divided, whole): (Vec<&Gate>, Vec<&Gate>) =
            TABLE.iter().filter(is_chosen).partition(|gate| gate.is_divided);
        let here = |at: usize| self.shard.is_none_or(|shard| shard.takes(at));
        let whole: Vec<&Gate> =
            whole.into_iter().enumerate().filter(|(at, _)| here(*at)).map(|(_, gate)| gate).collect();
        let runs = |gate: &&Gate| divided.iter().chain(&whole).any(|chosen| chosen.name == gate.name);
        let gates: Vec<&Gate> = TABLE.iter().filter(runs).collect();
        if gates.is_empty() {
            return Err(WrongChoice::Nothing);
        }
        Ok(GateOptions { gates, keep_going: self.keep_going, refuse_skips: self.strict, shard: self.shard })
    }
}

/// Nothing can be run as it was asked for: wrong usage.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum WrongChoice {
    /// No gate has this name.
    UnknownGate(String),
    /// No gate is left.
    Nothing,
}

impl Display for WrongChoice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            WrongChoice::UnknownGate(name) => {
                let names: Vec<_> = TABLE.iter().map(|gate| gate.name).collect();
                write!(f, "no gate is named `{}`; the gates are {}", name.escape_debug(), names.join(", "))
            }
            WrongChoice::Nothing => f.write_str("no gate is left to run, and nothing run proves nothing"),
        }
    }
}

impl std::error::Error for WrongChoice {}
