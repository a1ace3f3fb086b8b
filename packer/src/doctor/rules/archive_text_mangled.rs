//! `archive/text-mangled`: an archive that was treated as text.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain archive/text-mangled` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::ArchiveTextMangled,
    what: "The file was an archive, but something took it for text: line ends or other bytes were rewritten on the \
           way.",
    why: "The payloads are damaged beyond repair, even if the file is nearly as long as before.",
    example: "The archive was committed without `*.pa binary` in .gitattributes, or sent by FTP in text mode.",
    repair: "Build it again with `{program} build`, or copy it again in binary mode. Put `*.pa binary` into \
           `.gitattributes` if you keep archives in Git.",
};
