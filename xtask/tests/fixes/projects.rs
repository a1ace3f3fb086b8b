//! For each repair a project that needs it, and nothing else that has one.

use fixtures::broken::{both, cases, glyph_project};
use fixtures::{Files, INDEX};

const UI: &str = "assets/ui/asset.json";
const SFX: &str = "assets/sfx/asset.json";
pub(crate) const CONFIGURATION: &str = "assets/.prometeu/doctor.toml";
const SPRITE: &str = "assets/ui/a.png";

/// One repair.
pub(crate) struct Repair {
    pub(crate) code: &'static str,
    pub(crate) safe: bool,
    /// The path of the finding.
    pub(crate) path: &'static str,
    pub(crate) make: fn() -> Files,
    /// The exit code of the doctor afterwards.
    pub(crate) leaves: i32,
    /// Files that the plan is made from.
    pub(crate) depends: &'static [&'static str],
}

const SAFE: Repair = Repair { code: "", safe: true, path: UI, make: Files::default, leaves: 0, depends: &[UI] };
const ASKS: Repair = Repair { safe: false, path: INDEX, depends: &[INDEX], ..SAFE };

/// All of them.
pub(crate) fn repairs() -> Vec<Repair> {
    let rebuilds = |code, make| Repair { code, make, depends: &[INDEX, UI, SFX], ..ASKS };
    vec![
        Repair { code: "glyph/no-palette", make: without_palettes, depends: &[UI, SPRITE], ..SAFE },
        Repair {
            code: "declaration/name-invalid",
            make: || glyph_project().edited(UI, "\"name\": \"ui\"", "\"name\": \"UI Atlas!\""),
            ..SAFE
        },
        Repair {
            code: "trust/name-not-portable",
            make: || glyph_project().edited(UI, "a.png", r"sub\\a.png").with("assets/ui/sub/a.png", sprite()),
            ..SAFE
        },
        Repair { code: "hygiene/not-canonical", make: || case("hygiene/not-canonical"), ..SAFE },
        Repair {
            code: "cache/dropped",
            path: "assets/.prometeu/cache.json",
            make: || glyph_project().with("assets/.prometeu/cache.json", "no cache"),
            depends: &["assets/.prometeu/cache.json"],
            ..SAFE
        },
        Repair { code: "registry/duplicate-id", make: || case("workspace/id-twice"), ..ASKS },
        Repair { code: "registry/duplicate-uuid", make: || case("workspace/uuid-twice"), ..ASKS },
        Repair { code: "registry/duplicate-root", make: || case("workspace/root-twice"), ..ASKS },
        Repair { code: "registry/allocator-behind", make: || case("workspace/next-id-behind"), ..ASKS },
        Repair {
            code: "registry/uuid-mismatch",
            path: UI,
            make: || case("workspace/uuid-of-another"),
            depends: &[UI],
            ..ASKS
        },
        Repair {
            code: "registry/nested-root",
            make: || case("workspace/root-inside-a-root"),
            depends: &[INDEX, "assets/ui/sfx/asset.json", "assets/ui/sfx/a.wav"],
            ..ASKS
        },
        Repair {
            code: "declaration/name-duplicate",
            path: SFX,
            make: || case("workspace/name-twice"),
            depends: &[SFX],
            ..ASKS
        },
        Repair {
            code: "hygiene/suppression-unused",
            path: CONFIGURATION,
            make: || case("hygiene/suppression-unused"),
            depends: &[CONFIGURATION],
            ..ASKS
        },
        Repair {
            code: "hygiene/suppression-expired",
            path: CONFIGURATION,
            make: || case("hygiene/suppression-expired"),
            depends: &[CONFIGURATION],
            ..ASKS
        },
        Repair { code: "registry/root-missing", path: "assets/music", make: || case("workspace/root-gone"), ..ASKS },
        Repair {
            code: "hygiene/copied-identity",
            path: "assets/ui2/asset.json",
            make: || case("hygiene/copied-identity"),
            depends: &[INDEX, "assets/ui2/asset.json"],
            ..ASKS
        },
        Repair {
            code: "hygiene/unregistered-root",
            path: "assets/logo",
            make: || case("hygiene/unregistered-root"),
            depends: &[INDEX, "assets/logo/asset.json"],
            ..ASKS
        },
        Repair { code: "registry/missing", make: || both().without(INDEX), depends: &[UI, SFX], ..ASKS },
        rebuilds("file/empty", || both().with(INDEX, "")),
        rebuilds("file/zeroed", || both().with(INDEX, [0; 64])),
        rebuilds("file/conflict-markers", conflict),
        rebuilds("json/syntax", || both().edited(INDEX, "  ]\n", "")),
        rebuilds("json/duplicate-key", || both().edited(INDEX, "\"root\":\"ui\"", "\"root\":\"ui\",\"root\":\"ui\"")),
        rebuilds("json/not-an-object", || both().with(INDEX, "[]\n")),
        rebuilds("json/encoding", || both().edited(INDEX, "{\n  \"schema", "\u{feff}{\n  \"schema")),
    ]
}

/// The project of a broken case.
pub(crate) fn case(name: &str) -> Files {
    let case = cases().into_iter().find(|case| case.name == name).unwrap();
    let folder = tempfile::tempdir().unwrap();
    case.write(folder.path()).unwrap();
    Files::read(folder.path()).unwrap()
}

pub(crate) fn sprite() -> Vec<u8> {
    glyph_project().get(SPRITE).unwrap().to_vec()
}

/// The glyph bank without its palette.
pub(crate) fn without_palettes() -> Files {
    let lists = ",\n    \"palettes\": [\n      \"a.gpl\"\n    ]";
    glyph_project().edited(UI, lists, "").without("assets/ui/a.gpl")
}

/// A registry in which two branches each added an asset under one id, the merge not finished.
pub(crate) fn conflict() -> Files {
    let files = both().edited(INDEX, "\"asset_id\":2", "\"asset_id\":1");
    let files = files.edited(
        INDEX,
        "    {\"asset_id\":1,\"asset_uuid\":\"6",
        "<<<<<<< ours\n    {\"asset_id\":1,\"asset_uuid\":\"6",
    );
    let files = files.edited(INDEX, "\"root\":\"ui\"},\n", "\"root\":\"ui\"}\n=======\n");
    files.edited(INDEX, "\"root\":\"sfx\"}\n", "\"root\":\"sfx\"}\n>>>>>>> theirs\n")
}
