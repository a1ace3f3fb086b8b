//! A declaration that does not exist yet, and the form in which new ones are written: members in their order, one a
//! line, two spaces a level. Rewriting existing ones is not done here.

use super::{BankType, Role};
use crate::envelope::Artifact;
use serde_json::Value;

/// What a new declaration says.
#[derive(Clone, Debug)]
pub struct DeclarationDraft {
    /// `name`.
    pub name: String,
    /// `type`, from which format and codec follow.
    pub bank: BankType,
    /// `inputs`: for each role its paths relative to the root; a role without any is left out.
    pub inputs: Vec<(Role, Vec<String>)>,
    /// `output.metadata.tile_size`.
    pub tile_size: Option<i64>,
    /// `preload.enabled`.
    pub preload: bool,
    /// `build.alpha_threshold`.
    pub alpha_threshold: Option<u8>,
    /// Whether `build.channel_mix` is `"average"`.
    pub average_channels: bool,
}

impl DeclarationDraft {
    /// The text of the file, with this uuid.
    #[must_use]
    pub fn text(&self, asset_uuid: &str) -> String {
        let inputs = self.inputs.iter().filter(|(_, paths)| !paths.is_empty());
        let inputs = inputs.map(|(role, paths)| member(role.name(), enclosed(2, '[', paths.iter().map(text), ']')));
        let metadata = self.tile_size.map(|size| member("tile_size", size.to_string()));
        let output = [
            member("format", text(self.bank.format())),
            member("codec", text("NONE")),
            member("metadata", enclosed(2, '{', metadata, '}')),
        ];
        let threshold = self.alpha_threshold.map(|threshold| member("alpha_threshold", threshold.to_string()));
        let mix = self.average_channels.then(|| member("channel_mix", text("average")));
        let build: Vec<String> = threshold.into_iter().chain(mix).collect();
        let mut members = vec![
            member("schema_version", Artifact::Declaration.written().to_string()),
            member("asset_uuid", text(asset_uuid)),
            member("name", text(&self.name)),
            member("type", text(self.bank.name())),
            member("inputs", enclosed(1, '{', inputs, '}')),
            member("output", enclosed(1, '{', output, '}')),
            member("preload", enclosed(1, '{', [member("enabled", self.preload.to_string())], '}')),
        ];
        if !build.is_empty() {
            members.push(member("build", enclosed(1, '{', build, '}')));
        }
        enclosed(0, '{', members, '}') + "\n"
    }
}

fn member(key: &str, json: String) -> String {
    format!("\"{key}\": {json}")
}

fn text(text: impl AsRef<str>) -> String {
    Value::from(text.as_ref()).to_string()
}

/// An object or list that stands `level` levels deep.
fn enclosed(level: usize, open: char, items: impl IntoIterator<Item = String>, close: char) -> String {
    let (outer, inner) = ("  ".repeat(level), "  ".repeat(level + 1));
    let items: Vec<String> = items.into_iter().map(|item| format!("{inner}{item}")).collect();
    if items.is_empty() { format!("{open}{close}") } else { format!("{open}\n{}\n{outer}{close}", items.join(",\n")) }
}
