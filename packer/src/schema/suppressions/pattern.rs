//! Which files and folders an entry is about: a path with `*` for any part of a name and `**` for any folders. It covers
//! what it names and everything below.

/// A pattern of paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Box<[Box<str>]>);

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// Why it is none, as a sentence.
    pub fn parse(text: &str) -> Result<Pattern, String> {
        let components: Box<[Box<str>]> = text.strip_suffix('/').unwrap_or(text).split('/').map(Box::from).collect();
        let says = |why: &str| Err(format!("the path `{text}` {why}"));
        if components.iter().any(|component| matches!(&**component, "" | "." | "..")) {
            return says("is not relative, or has a part without a name");
        }
        if components.iter().any(|component| component.contains("**") && &**component != "**") {
            return says("mixes `**` with a name; between slashes it stands alone");
        }
        if text.contains('\\') {
            return says("has a backslash; folders are divided by `/`");
        }
        Ok(Pattern(components))
    }

    /// Whether it covers a path as findings show it, relative to the project; patterns may leave `assets/` out.
    #[must_use]
    pub fn covers(&self, path: &str) -> bool {
        self.leads_to(path) || path.strip_prefix("assets/").is_some_and(|below| self.leads_to(below))
    }

    /// Whether it names `path` or a folder above it. The time is bounded by the product of their lengths.
    fn leads_to(&self, path: &str) -> bool {
        let names: Vec<&str> = path.split('/').collect();
        // How many names of the path the pattern so far may have used up.
        let mut reached = vec![false; names.len() + 1];
        reached[0] = true;
        for component in &self.0 {
            if &**component == "**" {
                let first = reached.iter().position(|&at| at).unwrap_or(reached.len());
                reached[first..].fill(true);
                continue;
            }
            for at in (0..names.len()).rev() {
                reached[at + 1] = reached[at] && fits(component.as_bytes(), names[at].as_bytes());
            }
            reached[0] = false;
        }
        reached.contains(&true)
    }
}

/// Whether a name fits a pattern in which `*` stands for any bytes. Only the last `*` is ever tried again.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n, mut last) = (0, 0, None);
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                last = Some((p + 1, n));
                p += 1;
            }
            Some(byte) if *byte == name[n] => (p, n) = (p + 1, n + 1),
            _ => match last {
                Some((after, from)) => {
                    last = Some((after, from + 1));
                    (p, n) = (after, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn a_pattern_covers_what_it_names_and_everything_below() {
        for (pattern, covered, other) in [
            ("ui/a.psd", "assets/ui/a.psd", "assets/ui/a.psd2"),
            ("assets/ui/a.psd", "assets/ui/a.psd", "assets/ui/b.psd"),
            ("ui/notes", "assets/ui/notes/2026/a.txt", "assets/ui/notes2/a.txt"),
            ("ui/notes/", "assets/ui/notes/a.txt", "assets/ui/a.txt"),
            ("ui/notes/**", "assets/ui/notes/x/a.txt", "assets/ui/a.txt"),
            ("**/*.psd", "assets/ui/deep/a.psd", "assets/ui/deep/a.png"),
            ("**/*.psd", "assets/a.psd", "assets/psd"),
            ("ui/*/draft*.png", "assets/ui/x/draft_2.png", "assets/ui/x/y/draft.png"),
            ("**/a/**/b*c*d", "assets/a/x/y/bccd", "assets/a/x/y/bccde"),
            ("build/.staging/*", "build/.staging/old", "build/.staging2/old"),
            ("**", "assets/x", ""),
        ] {
            let pattern = Pattern::parse(pattern).unwrap();
            assert!(pattern.covers(covered), "{pattern:?} {covered}");
            assert!(other.is_empty() || !pattern.covers(other), "{pattern:?} {other}");
        }
    }

    #[test]
    fn hostile_patterns_end_soon() {
        let deep = vec!["a"; 16].join("/");
        assert!(!Pattern::parse(&"**/a/".repeat(2_000)).unwrap().covers(&deep));
        assert!(!Pattern::parse(&"*a".repeat(2_000)).unwrap().covers(&"a".repeat(120)));
    }

    #[test]
    fn what_leads_elsewhere_is_no_pattern() {
        for text in ["", "/", "/ui", "ui//a", "../x", "ui/./a", "a\\b", "a**/b"] {
            assert!(Pattern::parse(text).is_err(), "{text}");
        }
    }
}
