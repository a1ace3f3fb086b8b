//! `declaration/metadata-invalid`: metadata that cannot go into an archive.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain declaration/metadata-invalid` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::DeclarationMetadataInvalid,
    what: "`output.metadata` holds a number with a fraction or exponent, a `null`, an integer beyond ±(2^53 − 1), \
           more than 16 levels, or more than 1 024 members in an object; or, with a raw `inputs.payload`, a value \
           that only you can give is missing or cannot be.",
    why: "Metadata goes into the archive's header and has to read the same in every engine. Fractions and huge \
           integers do not.",
    example: r#"assets/ui/atlas/asset.json:
  "metadata": { "tile_size": 16, "speed": 1.5 }"#,
    repair: "Write a fraction as an integer of a smaller unit (`\"speed_permille\": 1500`) or as a string, leave a \
           member out instead of `null`, and keep long tables in a file of their own. With a raw payload write \
           what the message asks for: `palette_authored` (1 to 64) beside `tile_size`, or `sample_rate` (8000 to \
           48000), `channels` (1) and `samples`.",
};
