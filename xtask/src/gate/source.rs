//! Rust source, read just well enough for house rules: tokens without comments, which of them belong to tests,
//! and every path such as `crate::disk::Disk`, groups spread out. It is no parser; the compiler comes first.

/// One Rust file.
#[derive(Debug)]
pub(crate) struct Source {
    /// Relative to the repository, with `/` between names.
    pub(crate) path: String,
    /// How many lines it has.
    pub(crate) lines: usize,
    /// Whether it begins with a `//!` header.
    pub(crate) has_header: bool,
    /// Its code without comments.
    pub(crate) tokens: Vec<Token>,
}

/// A word, a literal or a sign of the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// Counted from 1.
    pub(crate) line: usize,
    /// What it is.
    pub(crate) kind: Kind,
    /// Its characters; of a literal, those between the quotes.
    pub(crate) text: String,
    /// Whether it stands in code for tests only.
    pub(crate) in_test: bool,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name, a keyword or a number.
    Word,
    /// A string or character.
    Literal,
    /// `::`, or one other character.
    Sign,
}

/// A path of names as the code spells it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Path {
    /// The line of its last name, counted from 1.
    pub(crate) line: usize,
    /// Its names; `*` may be the last one.
    pub(crate) names: Vec<String>,
    /// The modules of this file that it stands in, outermost first.
    pub(crate) inside: Vec<String>,
    /// Whether it stands in code for tests only.
    pub(crate) in_test: bool,
}

impl Source {
    /// Reads a file's text.
    pub(crate) fn new(path: &str, text: &str) -> Source {
        let mut tokens = tokens(text);
        let for_tests = path.split('/').any(|name| matches!(name, "tests" | "tests.rs" | "benches"));
        tokens.iter_mut().for_each(|token| token.in_test = for_tests);
        mark_tests(&mut tokens);
        let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
        let has_header = first.starts_with("//!") && first.trim_end().len() > "//!".len();
        Source { path: path.to_owned(), lines: text.lines().count(), has_header, tokens }
    }

    /// Every path of at least two names.
    pub(crate) fn paths(&self) -> Vec<Path> {
        let mut paths = Vec::new();
        let mut inside: Vec<(String, usize)> = Vec::new();
        let (mut depth, mut at) = (0_usize, 0);
        while at < self.tokens.len() {
            match self.text(at) {
                "{" => depth += 1,
                "}" => {
                    depth = depth.saturating_sub(1);
                    inside.retain(|(_, opened)| *opened <= depth);
                }
                "mod" if self.text(at + 2) == "{" => inside.push((self.text(at + 1).to_owned(), depth + 1)),
                _ if self.is_word(at) && self.text(at + 1) == "::" => {
                    let modules: Vec<String> = inside.iter().map(|(name, _)| name.clone()).collect();
                    at = self.path(at, &[], &modules, &mut paths);
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        paths
    }

    /// Whether the token at `at` begins this sequence.
    pub(crate) fn has(&self, at: usize, sequence: &[&str]) -> bool {
        sequence.iter().enumerate().all(|(offset, text)| self.text(at + offset) == *text)
    }

    /// The text of a token that is no literal; nothing beyond the end.
    pub(crate) fn text(&self, at: usize) -> &str {
        self.tokens.get(at).filter(|token| token.kind != Kind::Literal).map_or("", |token| &token.text)
    }

    fn is_word(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == Kind::Word)
    }

    /// Reads the path that begins at `at`, below `prefix`; gives the first token after it.
    fn path(&self, mut at: usize, prefix: &[String], inside: &[String], out: &mut Vec<Path>) -> usize {
        let mut names = prefix.to_vec();
        loop {
            names.push(self.text(at).to_owned());
            if self.text(at + 1) != "::" {
                break;
            }
            match self.text(at + 2) {
                "{" => return self.group(at + 3, &names, inside, out),
                "*" => at += 2,
                _ if self.is_word(at + 2) => at += 2,
                _ => break,
            }
        }
        let Token { line, in_test, .. } = self.tokens[at];
        out.push(Path { line, names, inside: inside.to_vec(), in_test });
        at + 1
    }

    fn group(&self, mut at: usize, prefix: &[String], inside: &[String], out: &mut Vec<Path>) -> usize {
        while at < self.tokens.len() {
            match self.text(at) {
                "}" => return at + 1,
                "as" => at += 2,
                "*" => at = self.path(at, prefix, inside, out),
                _ if self.is_word(at) => at = self.path(at, prefix, inside, out),
                _ => at += 1,
            }
        }
        at
    }
}

/// Where the item that begins at `at` ends: behind its block, or behind its semicolon.
pub(crate) fn end_of_item(tokens: &[Token], at: usize) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(at).filter(|(_, token)| token.kind == Kind::Sign) {
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => {
                depth = depth.saturating_sub(1);
                if depth == 0 && token.text == "}" {
                    return index + 1;
                }
            }
            ";" if depth == 0 => return index + 1,
            _ => {}
        }
    }
    tokens.len()
}

fn mark_tests(tokens: &mut [Token]) {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    for at in 0..tokens.len().saturating_sub(MARK.len()) {
        if MARK.iter().zip(&tokens[at..]).all(|(text, token)| token.text == *text) {
            let end = end_of_item(tokens, at + MARK.len());
            tokens[at..end].iter_mut().for_each(|token| token.in_test = true);
        }
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    let mut line = 1;
    while let Some(first) = rest.chars().next() {
        let (kind, length, inner) = next(rest, first);
        if let Some(kind) = kind {
            tokens.push(Token { line, kind, text: inner.to_owned(), in_test: false });
        }
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    tokens
}

/// The next token: what it is (nothing for spaces and comments), its length in bytes, the text to keep.
fn next(rest: &str, first: char) -> (Option<Kind>, usize, &str) {
    let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    if rest.starts_with("//") {
        return (None, rest.find('\n').unwrap_or(rest.len()), "");
    }
    if rest.starts_with("/*") {
        return (None, block_comment(rest), "");
    }
    if let Some((length, inner)) = raw_string(rest) {
        return (Some(Kind::Literal), length, inner);
    }
    let prefix = if matches!(&rest[..word], "b" | "c") { 1 } else { 0 };
    if rest[prefix..].starts_with('"') {
        return quoted(rest, prefix, '"');
    }
    if rest[prefix..].starts_with('\'') && is_character(&rest[prefix..]) {
        return quoted(rest, prefix, '\'');
    }
    if word > 0 {
        return (Some(Kind::Word), word, &rest[..word]);
    }
    if rest.starts_with("::") {
        return (Some(Kind::Sign), 2, "::");
    }
    let length = first.len_utf8();
    (if first.is_whitespace() { None } else { Some(Kind::Sign) }, length, &rest[..length])
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        if rest.as_bytes()[at..].starts_with(b"/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest.as_bytes()[at..].starts_with(b"*/") {
            (depth, at) = (depth - 1, at + 2);
        } else {
            at += 1;
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// `r"…"`, `br#"…"#` and the like: the length of the whole and what is between the quotes.
fn raw_string(rest: &str) -> Option<(usize, &str)> {
    let letters = ["br", "cr", "r"].iter().find(|letters| rest.starts_with(**letters))?.len();
    let hashes = rest[letters..].bytes().take_while(|byte| *byte == b'#').count();
    let opened = letters + hashes + 1;
    let inner = rest[letters + hashes..].strip_prefix('"')?;
    let closing = format!("\"{}", "#".repeat(hashes));
    let length = inner.find(&closing).unwrap_or(inner.len());
    Some(((opened + length + closing.len()).min(rest.len()), &inner[..length]))
}

fn quoted(rest: &str, prefix: usize, quote: char) -> (Option<Kind>, usize, &str) {
    let start = prefix + 1;
    let mut escaped = false;
    for (at, character) in rest[start..].char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return (Some(Kind::Literal), start + at + 1, &rest[start..start + at]),
            _ => {}
        }
    }
    (Some(Kind::Literal), rest.len(), &rest[start..])
}

/// Tells `'a'` and `'\n'` from the lifetime `'a`.
fn is_character(rest: &str) -> bool {
    let mut characters = rest.chars().skip(1);
    match characters.next() {
        Some('\\') => true,
        Some(_) => characters.next() == Some('\''),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::{Kind, Source};

    fn words(text: &str) -> Vec<String> {
        Source::new("x.rs", text).tokens.into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn comments_vanish_and_literals_stay_whole() {
        assert_eq!(words("a // crate::b\n/* c /* d */ e */ f"), ["a", "f"]);
        assert_eq!(
            words(r##"x("a \" // b", 'c', '\'', b"d", r#"e " f"#)"##),
            ["x", "(", "a \\\" // b", ",", "c", ",", "\\'", ",", "d", ",", "e \" f", ")"]
        );
        assert_eq!(words("&'a str"), ["&", "'", "a", "str"]);
    }

    #[test]
    fn unfinished_text_is_read_to_its_end() {
        for text in ["\"", "'", "'\\", "r#\"", "/*", "b'", "use a::{", "mod x {", "crate::"] {
            Source::new("x.rs", text).paths();
        }
    }

    #[test]
    fn lines_are_counted_through_literals_and_comments() {
        let source = Source::new("x.rs", "/*\n*/ a \"\n\" b");
        assert_eq!(source.tokens.iter().map(|token| token.line).collect::<Vec<_>>(), [2, 2, 3]);
        assert_eq!(source.tokens[1].kind, Kind::Literal);
    }

    #[test]
    fn groups_are_spread_out() {
        let source = Source::new("x.rs", "use crate::{a::{b as c, *}, d, e::f as g};");
        let names: Vec<String> = source.paths().iter().map(|path| path.names.join("::")).collect();
        assert_eq!(names, ["crate::a::b", "crate::a::*", "crate::d", "crate::e::f"]);
    }

    #[test]
    fn paths_know_their_module_and_whether_they_are_tests() {
        let text = "a::b; #[cfg(test)] mod tests { mod inner { c::d; } e::f; } g::h;";
        let source = Source::new("x.rs", text);
        let seen: Vec<_> =
            source.paths().into_iter().map(|p| (p.names.concat(), p.inside.concat(), p.in_test)).collect();
        let expected = [("ab", "", false), ("cd", "testsinner", true), ("ef", "tests", true), ("gh", "", false)];
        assert_eq!(seen, expected.map(|(names, inside, test)| (names.to_owned(), inside.to_owned(), test)));
    }

    #[test]
    fn a_header_says_something() {
        assert!(Source::new("x.rs", "\n//! What it is.\nfn a() {}").has_header);
        assert!(!Source::new("x.rs", "//!\nfn a() {}").has_header);
        assert!(!Source::new("x.rs", "fn a() {}\n//! late").has_header);
    }
}
