//! `hygiene/duplicate-content`: files with the same bytes.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain hygiene/duplicate-content` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::HygieneDuplicateContent,
    what: "Several files in the folders of registered assets have exactly the same content. They are reported together, \
           at the first of them.",
    why: "Whoever corrects one forgets the other, and the archive may hold the same picture or sound more than once.",
    example: "assets/ui/atlas/ok.png and assets/menu/atlas/confirm.png are the same picture.",
    repair: "Inside one asset, delete one of them and correct `inputs`. Between assets a copy can be right, since \
           inputs cannot lie in another asset's folder: allow the path of the copy in `assets/.prometeu/doctor.toml`, \
           with a reason and an end date.",
};
