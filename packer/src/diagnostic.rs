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

/// One finding. There may be a hundred thousand that say the same of as many files: clones share their texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What it is about.
    pub code: Code,
    /// Whether it blocks a build of this project. Errors do, unless their asset takes no part in builds.
    pub blocking: bool,
    /// What happened and why: a sentence without a line break, escaped.
    pub message: Arc<str>,
    /// The file or folder, relative to the project, escaped.
    pub path: Option<String>,
    /// Where in that file.
    pub place: Option<Place>,
    /// Whose it is.
    pub asset: Option<Arc<AssetRef>>,
    /// What to do now, escaped.
    pub help: Option<Arc<str>>,
    /// Facts for programs, each key once.
    pub evidence: Arc<[(&'static str, Evidence)]>,
}

impl Diagnostic {
    /// A finding with its code's severity; an error blocks. `message` may hold untrusted text.
    #[must_use]
    pub fn new(code: Code, message: impl AsRef<str>) -> Diagnostic {
        Diagnostic {
            code,
            blocking: code.severity() == Severity::Error,
            message: escape(message.as_ref()).into(),
            path: None,
            place: None,
            asset: None,
            help: None,
            evidence: Arc::default(),
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
        self.help = Some(escape(help.as_ref()).into());
        self
    }

    /// Says which command to run now. `{program}` in the packer's own text stands for the name by which the program was
    /// called.
    #[must_use]
    pub fn help_to_run(mut self, help: &'static str) -> Diagnostic {
        self.help = Some(help.replace("{program}", PROGRAM).into());
        self
    }

    /// The same with `{}` for what the command is to be run on, which may be untrusted text.
    #[must_use]
    pub fn help_to_run_on(mut self, help: &'static str, argument: impl AsRef<str>) -> Diagnostic {
        self.help = Some(help.replace("{program}", PROGRAM).replacen("{}", &escape(argument.as_ref()), 1).into());
        self
    }

    /// Says which command could be run as well, behind what the help says already.
    pub(crate) fn add_help_to_run_on(&mut self, help: &'static str, argument: &str) {
        let more = help.replace("{program}", PROGRAM).replacen("{}", &escape(argument), 1);
        self.help = Some(self.help.take().map_or_else(|| more.clone(), |said| format!("{said}; {more}")).into());
    }

    /// Adds a number for programs.
    #[must_use]
    pub fn number(self, key: &'static str, value: impl TryInto<i64>) -> Diagnostic {
        self.fact(key, Evidence::Number(value.try_into().unwrap_or(i64::MAX)))
    }

    /// Adds numbers for programs, sooner than one by one.
    #[must_use]
    pub(crate) fn numbers<const N: usize>(mut self, numbers: [(&'static str, usize); N]) -> Diagnostic {
        let fact = |(key, value)| (key, Evidence::Number(i64::try_from(value).unwrap_or(i64::MAX)));
        self.evidence = self.evidence.iter().cloned().chain(numbers.map(fact)).collect();
        self
    }

    /// Adds a text for programs.
    #[must_use]
    pub fn text(self, key: &'static str, value: impl AsRef<str>) -> Diagnostic {
        self.fact(key, Evidence::Text(escape(value.as_ref())))
    }

    /// Adds texts for programs.
    #[must_use]
    pub(crate) fn list(self, key: &'static str, values: impl IntoIterator<Item = impl AsRef<str>>) -> Diagnostic {
        self.fact(key, Evidence::List(values.into_iter().map(|value| escape(value.as_ref())).collect()))
    }

    /// Adds a text for programs to a finding that was made elsewhere.
    pub(crate) fn add_text(&mut self, key: &'static str, value: &str) {
        self.add(key, Evidence::Text(escape(value)));
    }

    fn fact(mut self, key: &'static str, value: Evidence) -> Diagnostic {
        self.add(key, value);
        self
    }

    fn add(&mut self, key: &'static str, value: Evidence) {
        self.evidence = self.evidence.iter().cloned().chain([(key, value)]).collect();
    }

    /// How grave it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// The order in which findings are reported: by path, place, code; those without a path first.
    pub fn order(&self) -> impl Ord + '_ {
        (self.path.as_deref(), self.place.as_ref().map(|p| p.span), self.code.as_str(), &*self.message)
    }
}

/// Puts the name by which the program was called where the help of findings has a place for it. What findings in a row
/// share they go on sharing.
pub(crate) fn name_program<'a>(findings: impl Iterator<Item = &'a mut Diagnostic>, program: &str) {
    let mut last: Option<(Arc<str>, Arc<str>)> = None;
    for help in findings.filter_map(|finding| finding.help.as_mut()).filter(|help| help.contains(PROGRAM)) {
        let named = match last.take() {
            Some((open, named)) if open == *help => named,
            _ => help.replace(PROGRAM, program).into(),
        };
        last = Some((std::mem::replace(help, Arc::clone(&named)), named));
    }
}

/// Sorts findings into the order of reports.
pub fn sort(findings: &mut [Diagnostic]) {
    findings.sort_by(|a, b| a.order().cmp(&b.order()));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::{Code, Diagnostic, name_program};
    use std::sync::Arc;

    #[test]
    fn each_help_names_the_program_and_what_is_shared_stays_so() {
        let helped = |help| Diagnostic::new(Code::MigrationPending, "old").help_to_run(help);
        let (one, other) = (helped("run `{program} a`"), helped("run `{program} b`"));
        let mut findings = [one.clone(), one.clone(), other, one, Diagnostic::new(Code::DiskIo, "no help")];
        name_program(findings.iter_mut(), "packer");
        let helps: Vec<_> = findings.iter().filter_map(|finding| finding.help.as_deref()).collect();
        assert_eq!(helps, ["run `packer a`", "run `packer a`", "run `packer b`", "run `packer a`"]);
        assert!(Arc::ptr_eq(findings[0].help.as_ref().unwrap(), findings[1].help.as_ref().unwrap()));
    }
}
