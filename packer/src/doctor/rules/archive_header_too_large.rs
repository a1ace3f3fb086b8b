//! `archive/header-too-large`: an archive header over its limit.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain archive/header-too-large` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::ArchiveHeaderTooLarge,
    what: "The archive's header, the table of all assets and their metadata, is over 64 MiB. A build never \
           publishes such an archive; the previous one is untouched.",
    why: "Every game start reads the whole header.",
    example: "80 000 assets with 1 KiB of `output.metadata` each.",
    repair: "Shrink `output.metadata`: long tables belong into payloads or files of your game's own. Or take \
           assets out of the build with `{program} exclude ASSET --apply`. A foreign file with such a claim in its \
           first bytes is damaged or hostile: build your own.",
};
