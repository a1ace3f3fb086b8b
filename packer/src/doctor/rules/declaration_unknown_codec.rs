//! `declaration/unknown-codec`: an output codec that does not exist.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain declaration/unknown-codec` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::DeclarationUnknownCodec,
    what: "`output.codec` is not `NONE`, the only codec there is.",
    why: "The codec says how the game unpacks the bytes. One that it does not know is a game that does not load.",
    example: r#"assets/ui/atlas/asset.json, "schema_version": 3:
  "codec": "ZSTD""#,
    repair: "Write `\"codec\": \"NONE\"`. `RAW` is an older word for the same: if only the version was changed by \
           hand, bring the older file back and run `{program} migrate`.",
};
