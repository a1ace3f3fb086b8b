//! A palette of each format.

use crate::project::unmoved;
use fixtures::broken::glyph_project;
use prometeu_packer::ops;

pub(crate) fn body(data: &[u8]) {
    for extension in ["gpl", "pal", "hex"] {
        let name = format!("a.{extension}");
        let files = glyph_project()
            .without("assets/ui/a.gpl")
            .edited("assets/ui/asset.json", "a.gpl", &name)
            .with(&format!("assets/ui/{name}"), data);
        unmoved(&files, |context| ops::doctor(context, ops::Scope::Registered));
    }
}
