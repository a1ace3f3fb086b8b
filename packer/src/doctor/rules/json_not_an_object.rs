//! `json/not-an-object`: JSON whose top level is no object.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain json/not-an-object` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::JsonNotAnObject,
    what: "The file is JSON, but its top level is a list, a string, a number or a word, not an object.",
    why: "The version that says how to read a file is a member of that object. Without it nothing else can be \
           understood.",
    example: r#"assets/.prometeu/index.json:
  [ {"asset_id": 1, "root": "ui/atlas"} ]"#,
    repair: "Bring back the last good file from version control. If you wrote it by hand: it begins with `{`, its \
           first member is `schema_version`, and the registry's list is the member `assets`.",
};
