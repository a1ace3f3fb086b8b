//! The shape of a rule: a code and the text that explains it to the people who make the game.
//! Nothing here finds anything.

use crate::diagnostic::{Code, Severity};

/// The explanation of one code. In all texts `{program}` stands for the name by which the program was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The code that is explained.
    pub code: Code,
    /// What was found, in one to three sentences.
    pub what: &'static str,
    /// Why it matters to a game.
    pub why: &'static str,
    /// Something small that fires it: lines of a file, a path, a command. Lines are meant as they stand.
    pub example: &'static str,
    /// What to do now.
    pub repair: &'static str,
}

impl Rule {
    /// The whole explanation as plain text without a final line feed. A paragraph is one line, for the caller to wrap;
    /// lines of the example are indented by four spaces and are not to be wrapped.
    #[must_use]
    pub fn text(&self, program: &str) -> String {
        let code = self.code.as_str();
        let gravity = self.gravity();
        let example = named(self.example, program).replace('\n', "\n    ");
        let [what, why, repair] = [self.what, self.why, self.repair].map(|text| named(text, program));
        format!(
            "{code} ({gravity})\n\n{what}\n\nWhy it matters\n{why}\n\nAn example\n    {example}\n\nWhat to do now\n{repair}"
        )
    }

    /// The same as a section of a page in Markdown, with a final line feed.
    #[must_use]
    pub fn markdown(&self, program: &str) -> String {
        let code = self.code.as_str();
        let gravity = self.gravity();
        let [what, why, example, repair] =
            [self.what, self.why, self.example, self.repair].map(|text| named(text, program));
        format!(
            "### `{code}`\n\n*{gravity}*\n\n{what}\n\n**Why it matters.** {why}\n\n```text\n{example}\n```\n\n\
             **What to do now.** {repair}\n"
        )
    }

    /// The exit code that a finding of this code leads to: 0 for warnings and notes. `migrate --check` alone makes
    /// 1 of `migration/pending`.
    #[must_use]
    pub fn exit(&self) -> u8 {
        if self.code.severity() != Severity::Error {
            return 0;
        }
        match (self.code, self.code.family()) {
            (Code::PlanBlocked, _) => 1,
            (Code::UsageInterrupted, _) => 130,
            (_, "usage") => 2,
            (_, "version") => 3,
            (_, "trust" | "json" | "file") => 4,
            (_, "plan" | "lock") => 5,
            (_, "disk") => 6,
            _ => 1,
        }
    }

    fn gravity(&self) -> String {
        match self.code.severity() {
            Severity::Error => format!("error, exit code {}", self.exit()),
            Severity::Warning => "warning, exit code unchanged".to_owned(),
            Severity::Note => "note, exit code unchanged".to_owned(),
        }
    }
}

fn named(text: &str, program: &str) -> String {
    text.replace("{program}", program)
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    const RULE: Rule = Rule {
        code: Code::TrustLink,
        what: "A link.",
        why: "It leads away.",
        example: "$ ln -s a b\n$ {program} build",
        repair: "Run `{program} build` without it.",
    };

    #[test]
    fn the_text_can_be_wrapped_line_by_line() {
        expect![[r#"
            trust/link (error, exit code 4)

            A link.

            Why it matters
            It leads away.

            An example
                $ ln -s a b
                $ pack build

            What to do now
            Run `pack build` without it."#]]
        .assert_eq(&RULE.text("pack"));
    }

    #[test]
    fn only_errors_change_the_exit_code() {
        let exit = |code| Rule { code, ..RULE }.exit();
        assert_eq!(exit(Code::GlyphPartialAlpha), 1);
        assert_eq!(exit(Code::GlyphFragileIndex), 0);
        assert_eq!(exit(Code::CacheDropped), 0);
        assert_eq!((exit(Code::PlanBlocked), exit(Code::PlanStale)), (1, 5));
        assert_eq!((exit(Code::UsageArguments), exit(Code::UsageInterrupted)), (2, 130));
    }
}
