//! `archive/layout`: archive payloads that are not end to end.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain archive/layout` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::ArchiveLayout,
    what: "Payloads do not lie one behind the other in table order: there is a gap, an overlap, or one that begins \
           or ends outside the file.",
    why: "Some asset would be read from another one's bytes.",
    example: "assets.pa: the first entry has offset 0 and size 34816, the second has offset 34000.",
    repair: "Build it again with `{program} build`. `{program} verify FILE --explain-bytes` shows which bytes \
           belong to whom.",
};
