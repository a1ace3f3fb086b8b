//! `file/lfs-pointer`: a Git LFS pointer in place of the real file.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain file/lfs-pointer` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::FileLfsPointer,
    what: "The file is a Git LFS pointer: a few lines of text that name the real content, which was not downloaded.",
    why: "The picture or sound is not on this machine, so there is nothing to pack. Fresh clones and CI jobs are \
           where it happens.",
    example: "assets/ui/atlas/a.png:
  version https://git-lfs.github.com/spec/v1
  oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
  size 12345",
    repair: "Run `git lfs install` once, then `git lfs pull`. In CI, switch LFS on in the checkout step.",
};
