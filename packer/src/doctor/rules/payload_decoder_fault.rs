//! `payload/decoder-fault`: an input on which a decoder failed.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain payload/decoder-fault` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::PayloadDecoderFault,
    what: "A decoder ran into a state that it should never reach with this input. The fault was contained: only \
           this asset is affected.",
    why: "The packer cannot vouch for what it would have made of the file. It is a bug in the packer, even if the \
           file is damaged.",
    example: "A damaged file that makes a decoder panic instead of calling it malformed.",
    repair: "Export the file again; most likely that helps. Keep the old one and report it as a bug with the \
           message. To build without this asset meanwhile, run `{program} exclude ASSET --apply`.",
};
