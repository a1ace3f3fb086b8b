//! `trust/name-not-portable`: a name that some system cannot hold, or would show as another.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain trust/name-not-portable` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::TrustNameNotPortable,
    what: "A path has a spelling that does not work everywhere: an empty part, `.`, a doubled or trailing slash, a \
           backslash, one of `< > : \" | ? *`, a control or invisible character, a dot or space at the end of a \
           part, a device name (`CON`, `aux.png`, `com1`), or text that is not in Unicode's NFC form. A part may \
           have 120 bytes, a path 240 bytes and 16 levels, counted from the project folder.",
    why: "A file that Windows cannot create is a file that your teammate does not have. The packer judges names \
           alike on all systems, so that you hear of it first.",
    example: r#"assets/enemies/aux.png             a device on Windows
assets/enemies/walk?.png           `?` cannot be in a Windows name
"sprites": ["tiles\\a.png"]        folders are separated by `/`"#,
    repair: "Rename the file or folder with plain letters, digits, `-` and `_`, and write the new name, with \
           `/` between folders, wherever the declaration or the registry names it. If the name looks right, \
           an invisible character or a decomposed accent is in it: the message shows it; type the name anew. \
           For an input, `{program} doctor --fix --only trust/name-not-portable` shows a portable name, and a \
           copy of the file where it needs one; add `--apply` to write both, and delete the old file then.",
};
