//! `version/too-new`: a version newer than this packer knows.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain version/too-new` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::VersionTooNew,
    what: "The file has a version above the newest one that this packer knows. It was not read any further, and it \
           is never written over.",
    why: "Somebody works with a newer packer. Reading on would drop what that version added.",
    example: r#"assets/ui/atlas/asset.json has "schema_version": 4,
and `{program} window` says that asset.json is read up to 3."#,
    repair: "Install a newer packer; whoever changed this file last has one (`git log -- FILE`). Never lower the \
           number by hand: it does not make the content older. To stay on this packer, bring the file back as it \
           was before that change.",
};
