//! What the packer has to say about a project: one [`Diagnostic`] for one thing that is wrong or worth
//! knowing. It is a value beside a result, not an error type, and it holds nothing that cannot be shown:
//! its text is escaped when it is made.

mod code;

pub use crate::escape::{escape, escape_bytes, is_unprintable};
use crate::span::Place;
pub use code::Code;

use std::sync::Arc;
use uuid::Uuid;

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Something is wrong.
    Error,
    /// Works, but somebody should look.
    Warning,
    /// Worth knowing.
    Note,
}

/// Which asset a finding belongs to, as far as that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssetRef {
    /// The registry's id, absent for an unregistered root.
    pub asset_id: Option<u32>,
    /// The registry's uuid, else the declaration's.
    pub asset_uuid: Option<Uuid>,
    /// The declared name.
    pub name: Option<Arc<str>>,
    /// The root, relative to `assets/`.
    pub root: Arc<str>,
}

/// A fact beside a message, for programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// A number: a count, an index, a size in bytes.
    Number(i64),
    /// A text, escaped.
    Text(String),
    /// Several texts, escaped.
    List(Vec<String>),
}

/// Where the program's name goes. Escaped text never holds it, so nothing of a project is taken for that place.
const PROGRAM: &str = "\0";

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What it is about.
    pub code: Code,
    /// Whether it blocks a build of this project. Errors do, unless their asset takes no part in builds.
    pub blocking: bool,
    /// What happened and why: a sentence without a line break, escaped.
    pub message: String,
    /// The file or folder, relative to the project, escaped.
    pub path: Option<String>,
    /// Where in that file.
    pub place: Option<Place>,
    /// Whose it is.
    pub asset: Option<Arc<AssetRef>>,
    /// What to do now, escaped.
    pub help: Option<String>,
    /// Facts for programs, each key once.
    pub evidence: Vec<(&'static str, Evidence)>,
}

impl Diagnostic {
    /// A finding with its code's severity; an error blocks. `message` may hold untrusted text.
    #[must_use]
    pub fn new(code: Code, message: impl AsRef<str>) -> Diagnostic {
        Diagnostic {
            code,
            blocking: code.severity() == Severity::Error,
            message: escape(message.as_ref()),
            path: None,
            place: None,
            asset: None,
            help: None,
            evidence: Vec::new(),
        }
    }

    /// Names the file or folder, relative to the project.
    #[must_use]
    pub fn at(mut self, path: impl AsRef<str>) -> Diagnostic {
        self.path = Some(escape(path.as_ref()));
        self
    }

    /// Points into the file's text.
    #[must_use]
    pub fn on(mut self, place: Place) -> Diagnostic {
        self.place = Some(place);
        self
    }

    /// Names the asset.
    #[must_use]
    pub fn of(mut self, asset: &Arc<AssetRef>) -> Diagnostic {
        self.asset = Some(Arc::clone(asset));
        self
    }

    /// Says what to do now. `help` may hold untrusted text.
    #[must_use]
    pub fn help(mut self, help: impl AsRef<str>) -> Diagnostic {
        self.help = Some(escape(help.as_ref()));
        self
    }

    /// Says which command to run now. `{program}` in the packer's own text stands for the name by which the program was
    /// called.
    #[must_use]
    pub fn help_to_run(mut self, help: &'static str) -> Diagnostic {
        self.help = Some(help.replace("{program}", PROGRAM));
        self
    }

    /// The same with `{}` for what the command is to be run on, which may be untrusted text.
    #[must_use]
    pub fn help_to_run_on(mut self, help: &'static str, argument: impl AsRef<str>) -> Diagnostic {
        self.help = Some(help.replace("{program}", PROGRAM).replacen("{}", &escape(argument.as_ref()), 1));
        self
    }

    /// Says which command could be run as well, behind what the help says already.
    pub(crate) fn add_help_to_run_on(&mut self, help: &'static str, argument: &str) {
        let more = help.replace("{program}", PROGRAM).replacen("{}", &escape(argument), 1);
        self.help = Some(self.help.take().map_or_else(|| more.clone(), |said| format!("{said}; {more}")));
    }

    /// Puts the name by which the program was called where the help has a place for it.
    pub(crate) fn name_program(&mut self, program: &str) {
        if let Some(help) = self.help.as_mut().filter(|help| help.contains(PROGRAM)) {
            *help = help.replace(PROGRAM, program);
        }
    }

    /// Adds a number for programs.
    #[must_use]
    pub fn number(self, key: &'static str, value: impl TryInto<i64>) -> Diagnostic {
        self.fact(key, Evidence::Number(value.try_into().unwrap_or(i64::MAX)))
    }

    /// Adds a text for programs.
    #[must_use]
    pub fn text(self, key: &'static str, value: impl AsRef<str>) -> Diagnostic {
        self.fact(key, Evidence::Text(escape(value.as_ref())))
    }

    /// There are few of them in a finding, and there may be a hundred thousand findings: no room is made for more.
    fn fact(mut self, key: &'static str, value: Evidence) -> Diagnostic {
        self.evidence.reserve_exact(1);
        self.evidence.push((key, value));
        self
    }

    /// How grave it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// The order in which findings are reported: by path, place, code; those without a path first.
    pub fn order(&self) -> impl Ord + '_ {
        (self.path.as_deref(), self.place.as_ref().map(|p| p.span), self.code.as_str(), self.message.as_str())
    }
}

/// Sorts findings into the order of reports.
pub fn sort(findings: &mut [Diagnostic]) {
    findings.sort_by(|a, b| a.order().cmp(&b.order()));
}
