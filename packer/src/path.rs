//! The portable path: the one way to name a file or folder of a project. It is relative to the project
//! folder, `/`-separated, NFC, and means the same file on every system. It is not a `std::path::Path`
//! and never touches the disk.

mod name;

pub use name::{NameFault, check_name, fold};
use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

/// Longest path from the project folder, in bytes of UTF-8.
pub const PATH_BYTES_MAX: usize = 240;
/// Most components of a path from the project folder.
pub const DEPTH_MAX: usize = 16;

/// A checked name of a file or folder below the project folder.
///
/// No text is one before it was checked:
///
/// ```compile_fail,E0423
/// use prometeu_packer::path::PortablePath;
/// let _ = PortablePath("../secret".into());
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortablePath(Arc<str>);

/// Why a text is no portable path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathFault {
    /// Absolute in some system's spelling, or it climbs with `..`.
    OutsideRoot(&'static str),
    /// Some system cannot hold the name, or reads it differently.
    NotPortable(String),
    /// The name belongs to the packer or to version control.
    Reserved(String),
}

impl PortablePath {
    /// The folder that holds all asset roots.
    #[must_use]
    pub fn assets() -> PortablePath {
        PortablePath("assets".into())
    }

    /// The folder that a build publishes into.
    #[must_use]
    pub fn build() -> PortablePath {
        PortablePath("build".into())
    }

    /// The folder of the packer's control files.
    #[must_use]
    pub fn control() -> PortablePath {
        PortablePath("assets/.prometeu".into())
    }

    /// A path of the packer's own making below this one, such as a control file. `name` is one component or
    /// several and is not checked: it must never come from a project.
    #[must_use]
    pub fn own(&self, name: &str) -> PortablePath {
        PortablePath([&*self.0, "/", name].concat().into())
    }

    /// The path that `text`, which comes from a project or a client, names below this folder.
    ///
    /// # Errors
    /// As [`check_below`](PortablePath::check_below).
    pub fn join(&self, text: &str) -> Result<PortablePath, PathFault> {
        self.check_below(text)?;
        Ok(self.own(text))
    }

    /// Checks `text`, which comes from a project or a client, as a path below this folder.
    ///
    /// # Errors
    /// The first rule that the text breaks, in the order of the variants of [`PathFault`].
    pub fn check_below(&self, text: &str) -> Result<(), PathFault> {
        outside_root(text)?;
        let depth = self.depth();
        for (at, component) in text.split('/').enumerate() {
            check_name(component).map_err(|fault| PathFault::NotPortable(fault.to_string()))?;
            if depth + at + 1 > DEPTH_MAX {
                return Err(PathFault::NotPortable(format!("is more than {DEPTH_MAX} folders deep")));
            }
        }
        if self.0.len() + 1 + text.len() > PATH_BYTES_MAX {
            return Err(PathFault::NotPortable(format!(
                "is longer than {PATH_BYTES_MAX} bytes from the project folder"
            )));
        }
        match text.split('/').find(|component| name::is_reserved(component)) {
            Some(component) => Err(PathFault::Reserved(component.to_owned())),
            None => Ok(()),
        }
    }

    /// Whether `text` names nothing but what lies below a folder, whichever folder and whichever system that is. It may
    /// still be none that [`check_below`](PortablePath::check_below) accepts.
    #[must_use]
    pub fn leads_below(text: &str) -> bool {
        outside_root(text).is_ok()
    }

    /// A name that a folder was found to hold, as a path below this one; for walking, where the name is
    /// known to be one component. The packer's own folders can be named by it too.
    ///
    /// # Errors
    /// The name is not portable, or the path would be too long or too deep.
    pub fn entry(&self, name: &str) -> Result<PortablePath, PathFault> {
        check_name(name).map_err(|fault| PathFault::NotPortable(fault.to_string()))?;
        if self.depth() + 1 > DEPTH_MAX {
            return Err(PathFault::NotPortable(format!("is more than {DEPTH_MAX} folders deep")));
        }
        if self.0.len() + 1 + name.len() > PATH_BYTES_MAX {
            return Err(PathFault::NotPortable(format!(
                "is longer than {PATH_BYTES_MAX} bytes from the project folder"
            )));
        }
        Ok(self.own(name))
    }

    /// The folder that holds it; `None` for a name directly in the project folder.
    #[must_use]
    pub fn parent(&self) -> Option<PortablePath> {
        self.0.rsplit_once('/').map(|(parent, _)| PortablePath(parent.into()))
    }

    /// The last component.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&*self.0, |(_, name)| name)
    }

    /// The components from the project folder down; at least one.
    pub fn components(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }

    fn depth(&self) -> usize {
        1 + self.0.bytes().filter(|&byte| byte == b'/').count()
    }

    /// The text, relative to the project folder.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same text, which is not copied for it.
    #[must_use]
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }

    /// The text below `folder`, if it lies there.
    #[must_use]
    pub fn below(&self, folder: &PortablePath) -> Option<&str> {
        self.0.strip_prefix(&*folder.0)?.strip_prefix('/')
    }
}

impl Borrow<str> for PortablePath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PortablePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for PortablePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl fmt::Display for PathFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PathFault::OutsideRoot(why) => write!(f, "points outside: it {why}"),
            PathFault::NotPortable(why) => f.write_str(why),
            PathFault::Reserved(component) => write!(f, "uses the reserved name `{component}`"),
        }
    }
}

/// Refuses every spelling of an absolute path and every climb, whichever system understands it.
fn outside_root(text: &str) -> Result<(), PathFault> {
    let bytes = text.as_bytes();
    if bytes.first().is_some_and(|b| matches!(b, b'/' | b'\\')) {
        return Err(PathFault::OutsideRoot("is absolute"));
    }
    if bytes.len() >= 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' {
        return Err(PathFault::OutsideRoot("names a drive"));
    }
    let climbs = || text.split(['/', '\\']).any(|component| component == "..");
    if bytes.windows(2).any(|two| two == b"..") && climbs() {
        return Err(PathFault::OutsideRoot("climbs with `..`"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(text: &str) -> String {
        match PortablePath::assets().join(text) {
            Ok(path) => path.to_string(),
            Err(PathFault::OutsideRoot(_)) => "outside".into(),
            Err(PathFault::NotPortable(_)) => "not portable".into(),
            Err(PathFault::Reserved(_)) => "reserved".into(),
        }
    }

    #[test]
    fn a_plain_path_is_kept_as_it_is() {
        assert_eq!(verdict("ui/atlas/ä (1).png"), "assets/ui/atlas/ä (1).png");
        assert_eq!(verdict("~/$HOME/%2e%2e"), "assets/~/$HOME/%2e%2e");
        assert_eq!(verdict("console/comet/lpt/.gitignore"), "assets/console/comet/lpt/.gitignore");
    }

    #[test]
    fn names_that_some_system_takes_for_one_have_one_folded_form() {
        let folded =
            [("Ui_2.PNG", "ui_2.png"), ("A\u{308}B", "\u{e4}b"), ("\u{c4}B", "\u{e4}b"), ("Stra\u{df}e", "strasse")];
        for (name, wanted) in folded {
            assert_eq!(fold(name), wanted, "{name}");
            assert_eq!(fold(wanted), wanted, "{name}, twice");
        }
    }

    #[test]
    fn nothing_leads_outside() {
        for text in ["/etc", "\\x", "\\\\?\\C:\\x", "//host/share", "C:/x", "c:x", "..", "a/../b", "a\\..\\b", "../x"] {
            assert_eq!(verdict(text), "outside", "{text}");
        }
    }

    #[test]
    fn what_some_system_cannot_hold_is_refused_everywhere() {
        for text in [
            "",
            "a//b",
            "a/",
            ".",
            "a/./b",
            "a\\b",
            "a\0",
            "a\u{202e}",
            "a\u{ad}b",
            "ab:c",
            "a?",
            "a*",
            "<",
            "|",
            "\"",
            "a.",
            "a ",
            "CON",
            "con.png",
            "Aux.tar.gz",
            "nul",
            "COM1",
            "com¹.txt",
            "LPT0",
            "conin$",
            "CONOUT$",
            "e\u{301}",
            "COM9 .png",
        ] {
            assert_eq!(verdict(text), "not portable", "{text:?}");
        }
        assert_eq!(verdict(&"a".repeat(121)), "not portable");
        assert_eq!(verdict(&"a".repeat(120)), format!("assets/{}", "a".repeat(120)));
        assert_eq!(verdict(&vec!["a"; 16].join("/")), "not portable");
        assert_ne!(verdict(&vec!["a"; 15].join("/")), "not portable");
        let long = format!("{}/{}", "a".repeat(116), "b".repeat(116));
        assert_eq!(verdict(&long).len(), 240);
        assert_eq!(verdict(&format!("{long}b")), "not portable");
    }

    #[test]
    fn the_packers_and_version_controls_names_are_reserved() {
        for text in [".prometeu", "x/.PROMETEU/y", ".git", ".Git/config", "GIT~1", "promet~2", "GI7EBA~1"] {
            assert_eq!(verdict(text), "reserved", "{text}");
        }
    }
}
