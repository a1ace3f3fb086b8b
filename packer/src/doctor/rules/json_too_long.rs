//! `json/too-long`: a JSON string or object longer than the limit.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain json/too-long` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::JsonTooLong,
    what: "A string or a member's name is longer than 64 KiB, or an object has more than 4 096 members.",
    why: "Limits keep the memory that a file can claim bounded. What is this long is usually an embedded picture, \
           a log or a table, and control files are no place for them.",
    example: r#"assets/ui/atlas/asset.json:
  "thumbnail": "iVBORw0KGgoAAAANSUhEUgAA … 200 000 characters""#,
    repair: "Move the data into a file of its own and delete the member. `{program} limits` lists all limits, and \
           `--limit NAME=VALUE` raises one for one call.",
};
