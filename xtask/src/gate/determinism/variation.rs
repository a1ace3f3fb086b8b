//! What must not matter to a build, one row each. A row says in what it differs from the plain build.

/// One way to build a project that has to give the plain build's bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Variation {
    /// What is different.
    pub(super) name: &'static str,
    /// Where the copy lies, below the folder for temporary files.
    pub(super) folder: &'static str,
    /// Whether files are made in a shuffled order, which most systems then list them in.
    pub(super) shuffled: bool,
    /// Whether every file gets another time.
    pub(super) other_times: bool,
    /// More arguments of the program.
    pub(super) arguments: &'static [&'static str],
    /// What the environment has beside the caller's.
    pub(super) environment: &'static [(&'static str, &'static str)],
    /// The file mode mask, where the system has one.
    pub(super) umask: Option<&'static str>,
    /// Whether the program is started in the project's folder.
    pub(super) from_inside: bool,
    /// How often the same copy is built.
    pub(super) builds: usize,
}

/// Every variation.
pub(super) const VARIATIONS: &[Variation] = &[
    Variation { name: "another folder", folder: "a/b c/d\u{e9}j\u{e0} vu", from_inside: true, ..Variation::PLAIN },
    Variation { name: "another order of files", shuffled: true, ..Variation::PLAIN },
    Variation { name: "other file times", other_times: true, ..Variation::PLAIN },
    Variation { name: "one thread", arguments: &["--threads", "1"], ..Variation::PLAIN },
    Variation { name: "seven threads", arguments: &["--threads", "7"], ..Variation::PLAIN },
    Variation { name: "sixteen threads", arguments: &["--threads", "16"], ..Variation::PLAIN },
    // Turkish folds I to a dotless i; the C locale has no UTF-8.
    Variation {
        name: "a Turkish locale",
        environment: &[("LC_ALL", "tr_TR.UTF-8"), ("LANG", "tr_TR.UTF-8")],
        ..Variation::PLAIN
    },
    Variation { name: "the C locale", environment: &[("LC_ALL", "C"), ("LANG", "C")], ..Variation::PLAIN },
    Variation { name: "a zone a day ahead", environment: &[("TZ", "Pacific/Kiritimati")], ..Variation::PLAIN },
    Variation { name: "a strict umask", umask: Some("077"), ..Variation::PLAIN },
    Variation { name: "an open umask", umask: Some("000"), ..Variation::PLAIN },
    Variation { name: "a build on top of a build", builds: 2, ..Variation::PLAIN },
];

impl Variation {
    /// The build that all others are held against.
    pub(super) const PLAIN: Variation = Variation {
        name: "nothing",
        folder: "plain",
        shuffled: false,
        other_times: false,
        arguments: &[],
        environment: &[],
        umask: None,
        from_inside: false,
        builds: 1,
    };

    /// Whether this system has what is varied.
    pub(super) fn is_possible(&self) -> bool {
        self.umask.is_none() || cfg!(unix)
    }
}
