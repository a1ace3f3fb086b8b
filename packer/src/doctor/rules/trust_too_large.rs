//! `trust/too-large`: a file over the size limit for its kind.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain trust/too-large` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::TrustTooLarge,
    what: "A file is larger than the limit for its kind: 1 MiB for `asset.json`, 64 MiB for `index.json` and other \
           control files, 512 MiB for an input. It was judged by the size that the file system reports, before a \
           byte was read.",
    why: "Limits keep a broken or hostile file from eating the memory of the machine that builds your game.",
    example: "$ truncate -s 8T assets/sfx/ui/wind.wav",
    repair: "Look whether the right file lies there: a file this large is usually a stray export or recording. \
           Make it smaller or split it. If it is meant, raise the limit that the message names, for one call, with \
           `--limit NAME=VALUE`; `{program} limits` lists all of them.",
};
