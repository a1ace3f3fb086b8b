//! `usage/project`: a folder that is no project.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain usage/project` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::UsageProject,
    what: "The folder that is to be the project is not there, or cannot be opened.",
    why: "The packer works on one project and never looks for one in the folders above.",
    example: "$ {program} build --project nowhere",
    repair: "Change into the folder that holds `assets/`, or name it: `--project DIR`. For a new project, make a \
           folder `assets` there and run `{program} init`.",
};
