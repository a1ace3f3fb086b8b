//! A declaration in a project without another fault: examined, listed, shown, previewed for migration.

use crate::project::unmoved;
use fixtures::broken::glyph_project;
use prometeu_packer::ops;
use serde_json::Value;

pub(crate) fn body(data: &[u8]) {
    let files = glyph_project().with("assets/ui/asset.json", data);
    let report = unmoved(&files, |context| ops::doctor(context, ops::Scope::Registered));
    unmoved(&files, ops::list);
    unmoved(&files, |context| ops::show(context, "1"));
    unmoved(&files, |context| ops::migrate(context, ops::MigrateMode::Check));
    if report.findings.is_empty() {
        let text: Value = serde_json::from_slice(data).expect("a declaration without a fault is JSON");
        assert_eq!(text["schema_version"], 3);
        assert_eq!(text["asset_uuid"], "6f0f7f0e-5b0c-4b54-9c1f-0d5f4f3f9c55");
        let name = text["name"].as_str().expect("a name");
        assert!((1..=64).contains(&name.len()) && name.is_ascii() && name == name.to_lowercase(), "{name}");
        assert!(text["preload"]["enabled"].is_boolean());
        assert_eq!(text["output"]["codec"], "NONE");
    }
}
