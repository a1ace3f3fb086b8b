//! `hygiene/unused-file`: a file in an asset's folder that nothing names.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain hygiene/unused-file` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::HygieneUnusedFile,
    what: "A file lies in an asset's folder, and no declaration names it.",
    why: "It is not packed. Perhaps you forgot to list it; perhaps it is a leftover.",
    example: r#"assets/ui/atlas/b_new.png, and "inputs" names only a.png."#,
    repair: "Add it to `inputs` if it belongs into the bank, or delete it. Sources and notes that shall stay may \
           be allowed in `assets/.prometeu/doctor.toml`, with a reason and an end date.",
};
