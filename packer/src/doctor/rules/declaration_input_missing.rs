//! `declaration/input-missing`: a named input that is not there.

use crate::diagnostic::Code;
use crate::doctor::rule::Rule;

/// What `explain declaration/input-missing` says.
pub(crate) const RULE: Rule = Rule {
    code: Code::DeclarationInputMissing,
    what: "`inputs` names a file that is not in the asset's folder, or is there under a name that differs in upper \
           and lower case or in Unicode form.",
    why: "The bank cannot be made without it. `Tile.png` for `tile.png` works on your machine and fails on the \
           next one, so the packer says so everywhere.",
    example: r#"assets/ui/atlas/asset.json names "tiles/a.png"; the folder holds assets/ui/atlas/tiles/A.png."#,
    repair: "If the help of the message shows the right name, write exactly that into `inputs`. Else put the file \
           there (is it committed?), or take its name out; the order of the list gives the tile and sample ids, so \
           those after it move up.",
};
