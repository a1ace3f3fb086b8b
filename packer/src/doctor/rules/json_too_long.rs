//! `json/too-long`: a JSON string longer than the limit.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain json/too-long` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::JsonTooLong,
    what: "A string or a member's name is longer than 64 KiB.",
    why: "Limits keep the memory that a file can claim bounded. Strings this long are usually embedded pictures or \
           logs, and declarations are no place for them.",
    example: r#"assets/ui/atlas/asset.json:
  "thumbnail": "iVBORw0KGgoAAAANSUhEUgAA … 200 000 characters""#,
    repair: "Move the data into a file of its own and delete the member. `{program} limits` lists all limits.",
};
