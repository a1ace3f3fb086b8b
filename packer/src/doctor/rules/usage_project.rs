//! `usage/project`: a folder that is no project.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain usage/project` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::UsageProject,
    what: "The folder is not there, or it holds no `assets/`, so it is no project.",
    why: "The packer works on one project and never looks for one in the folders above.",
    example: "$ cd assets/ui
$ {program} build",
    repair: "Change into the folder that holds `assets/`, or name it: `--project DIR`. For a new project, make a \
           folder `assets` there and run `{program} init`.",
};
