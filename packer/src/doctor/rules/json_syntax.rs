//! `json/syntax`: text that is not JSON.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain json/syntax` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::JsonSyntax,
    what: "The file is not JSON by RFC 8259. Comments, trailing commas, single quotes, unquoted names and text \
           after the closing brace are not JSON.",
    why: "Lenient readers each guess differently what was meant. The packer reads strictly, so that everybody's \
           tools see the same project.",
    example: r#"assets/ui/atlas/asset.json:
  "preload": { "enabled": true, }"#,
    repair: "Go to the line and column of the message; the slip is there or just before. Look for a comma too \
           many or too few, a missing quote, a comment. An editor that knows JSON underlines it. A registry \
           that cannot be mended is rebuilt by `{program} doctor --fix --only json/syntax`, which previews it \
           and keeps what its lines still tell.",
};
