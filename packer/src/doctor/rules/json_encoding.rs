//! `json/encoding`: text that is not plain UTF-8.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain json/encoding` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::JsonEncoding,
    what: "The file is not UTF-8 without a byte order mark: it begins with one, is UTF-16, has invalid bytes, or \
           an escape names half a surrogate pair.",
    why: "Other readers drop, replace or misread such bytes, and names change silently on the way into the game.",
    example: "PS> Set-Content asset.json $text -Encoding Unicode",
    repair: "Save the file as UTF-8 without BOM (most editors: *Save with encoding*; PowerShell 7: `-Encoding \
           utf8NoBOM`). For a broken escape such as `\\ud83d`, write the character itself.",
};
